#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "projections/runtime/packed_strings.hpp"
#include "projections/runtime/resource_table.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery {

/// Values that many VMs share, each once. An index into `VmEntry::shared`.
enum class SharedText : std::uint8_t {
  type,
  location,
  image,
  cluster,
  gpu_model,
  subnet,
  network,
  reservation,
};
inline constexpr std::size_t shared_text_count = 8;

/// The data disks that a VM has, and had.
struct VmDisks {
  std::vector<AttachedDisk> attached;
  std::vector<std::string> former_ids;
  BOOST_DESCRIBE_CLASS(VmDisks, (), (attached, former_ids), (), ())
};

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
  /// Replaced as a whole; null where it never had one.
  std::shared_ptr<const VmDisks> disks;
  std::uint64_t fence = 0;
  Time created_at{};
  Time updated_at{};
  Time started_at{};
  std::uint32_t gpu_count = 0;
  std::uint32_t started_version = 0;
  /// Events of its disks that changed it: they count into the version.
  std::uint32_t disk_event_count = 0;
  VmState state = VmState::waiting;
  PublicAddress public_address = PublicAddress::dynamic;
  bool nested_virtualization = false;

  std::string_view id() const { return own[id_text]; }
  bool shown() const { return state != VmState::deleted; }
  std::string_view text(SharedText which) const {
    return shared[static_cast<std::size_t>(which)]->text;
  }
  void set(SharedText which, const PooledString* text) {
    shared[static_cast<std::size_t>(which)] = text;
  }
  bool has_run() const { return started_version != 0; }
  VmSummary summary() const;
  VmDetails details() const;

  void describe(std::string_view id, const VmRequested& requested, StringPool& pool);
  void set_placement(const VmPlaced& placed);
  void set_addresses(std::string_view private_ipv4, std::string_view public_ipv4);
  /// Why it failed; with that it gives its addresses back.
  void set_failure(const VmFailed& failed);

  void save(ByteWriter& writer) const;
  void load(ByteReader& reader, const StringPool& pool);
};

}  // namespace orrery
