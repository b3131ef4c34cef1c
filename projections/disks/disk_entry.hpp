#pragma once

#include <string_view>
#include <vector>

#include "projections/disks/disk_view.hpp"
#include "projections/runtime/packed_strings.hpp"
#include "projections/runtime/resource_table.hpp"

namespace orrery {

/// A disk as the view keeps it: there is one for every VM, so it is small.
struct DiskEntry : Resource {
  using Details = DiskDetails;

  enum Own { id_text, name_text, serial_text, os_vm_text };

  PackedStrings<4> own;
  const PooledString* location = nullptr;
  /// Of a data disk.
  std::vector<DiskUser> users;
  std::uint64_t size_gib = 0;
  Time created_at{};
  Time updated_at{};
  std::uint32_t block_size = 0;
  DiskType type = DiskType::persistent_ssd;
  bool deleted = false;
  /// Whether the VM of an OS disk has run.
  bool has_run = false;

  std::string_view id() const { return own[id_text]; }
  /// The VM whose OS disk it is; empty for a data disk.
  std::string_view os_vm() const { return own[os_vm_text]; }
  bool shown() const { return !deleted; }
  DiskDetails details() const;

  void describe(std::string_view id, const DiskCreated& created, StringPool& pool);
  void describe_os_disk(std::string_view vm_id, const VmRequested& requested, StringPool& pool);

  void save(ByteWriter& writer) const;
  void load(ByteReader& reader, const StringPool& pool);
};

}  // namespace orrery
