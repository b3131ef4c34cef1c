#include "http/mkinf/unsupported_options.hpp"

#include <array>
#include <limits>

#include <fmt/format.h>

namespace orrery::mkinf {

namespace {

constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

constexpr std::string_view adapters_sentence =
    "must be empty: this server has no InfiniBand adapters";
constexpr std::string_view commitment_sentence =
    "must be 0: commitments are made as reservations, see reservation_specification";

/// Texts that must be absent or empty.
constexpr std::array texts{
    std::pair{"custom_image", "is not supported: name one of the images"},
    std::pair{"custom_image_id", "is not supported: name one of the images"},
    std::pair{"snapshot_id", "is not supported: there are no snapshots"},
    std::pair{"instance_template_id", "is not supported: there are no templates"},
    std::pair{"instance_group_id", "is not supported: there are no instance groups"},
    std::pair{"nvlink_domain_id", "is not supported: there are no NVLink domains"},
    std::pair{"ib_partition_id", "is not supported: this server has no InfiniBand adapters"},
    std::pair{"maintenance_policy", "is not supported"},
};

}  // namespace

void refuse_unsupported(JsonFields& fields) {
  for (const auto& [name, sentence] : texts) {
    const auto text = fields.optional_string(name, any_size);
    if (text && !text->empty()) fields.refuse(name, sentence);
  }
  const auto adapters = fields.optional_objects("host_channel_adapters", any_size);
  if (adapters && !adapters->empty()) fields.refuse("host_channel_adapters", adapters_sentence);
  const auto commitment =
      fields.optional_integer("commitment_period", 0, std::numeric_limits<std::int64_t>::max());
  if (commitment && *commitment != 0) fields.refuse("commitment_period", commitment_sentence);
}

}  // namespace orrery::mkinf
