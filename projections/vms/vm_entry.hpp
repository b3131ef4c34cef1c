#pragma once

#include <array>
#include <string_view>

#include "projections/runtime/packed_strings.hpp"
#include "projections/runtime/resource_table.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery {

/// Values that many VMs share, each once. An index into `VmEntry::shared`.
enum class SharedText : std::uint8_t { type, location, image, cluster, gpu_model };
inline constexpr std::size_t shared_text_count = 5;

/// A VM as the view keeps it: about 0.5 KB, so a million fit well. Strings of its own are packed
/// into few blocks, the rest is pooled.
struct VmEntry : Resource {
  using Details = VmDetails;

  enum Own { id_text, name_text, disk_text, serial_text, interface_text, mac_text, ip_text };
  enum Placement { lease_text, node_text, gpu_indices_text };
  enum Outcome { private_ipv4_text, public_ipv4_text, code_text, message_text };

  std::array<const PooledString*, shared_text_count> shared{};
  PackedStrings<7> own;
  PackedStrings<3> placement;
  PackedStrings<4> outcome;
  std::uint64_t fence = 0;
  Time created_at{};
  Time updated_at{};
  Time started_at{};
  std::uint32_t gpu_count = 0;
  std::uint32_t started_version = 0;
  VmState state = VmState::waiting;

  std::string_view id() const { return own[id_text]; }
  bool shown() const { return state != VmState::deleted; }
  std::string_view text(SharedText which) const {
    return shared[static_cast<std::size_t>(which)]->text;
  }
  VmSummary summary() const;
  VmDetails details() const;

  void describe(std::string_view id, const VmRequested& requested, StringPool& pool);
  void set_placement(const VmPlaced& placed);

  void save(ByteWriter& writer) const;
  void load(ByteReader& reader, const StringPool& pool);
};

}  // namespace orrery
