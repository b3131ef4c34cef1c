#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "http/neolink/cost_time.hpp"

namespace orrery::neolink {

/// Data volumes of one instance.
inline constexpr std::size_t volume_count_max = 8;
/// The largest data volume, in GB.
inline constexpr std::int64_t volume_size_gb_max = 100'000;
/// The longest name of an instance.
inline constexpr std::size_t display_name_bytes_max = 128;

/// A data volume as a create wants it: a new one, or one that exists.
struct VolumeWish {
  std::string path;
  /// The SKU's default where nothing is said.
  std::optional<std::uint32_t> size_gb;
  /// `PVCName`, of a volume that exists; empty for a new one.
  std::string volume_id;

  bool operator==(const VolumeWish&) const = default;
};

/// The words of a create, and of a renewal, which is a create whose `CostTime` begins with "+".
struct InstanceRequest {
  SellingType selling_type = SellingType::pay_as_you_go;
  std::string coupon_id;
  std::string disk_sku_id;
  std::string sku_id;
  /// As the customer wrote it.
  std::string cost_time_text;
  /// Nothing for pay-as-you-go.
  std::optional<CostTime> cost_time;
  /// None in a renewal, whatever it says.
  std::vector<VolumeWish> volumes;
  std::string namespace_id;
  std::string display_name;
  std::string image;
  std::string region;
  /// Which instance to renew, for who has several with one name; `display_name` says it else.
  std::string name;

  bool is_renewal() const { return cost_time && cost_time->extends; }
};

/// The body of POST …/instances, with every word checked as far as it can be by itself. The problem
/// names the field.
boost::system::result<InstanceRequest, JsonProblem> read_instance_request(std::string_view body);

}  // namespace orrery::neolink
