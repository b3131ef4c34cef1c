#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// persistent_ssd: for one VM that writes, or for many that read. shared_volume: for many at once.
BOOST_DEFINE_FIXED_ENUM_CLASS(DiskType, std::uint8_t, persistent_ssd, shared_volume)

BOOST_DEFINE_FIXED_ENUM_CLASS(DiskMode, std::uint8_t, read_only, read_write)

/// A data disk that a VM is to get.
struct DiskAttachment {
  std::string disk_id;
  DiskMode mode = DiskMode::read_write;

  bool operator==(const DiskAttachment&) const = default;
  BOOST_DESCRIBE_CLASS(DiskAttachment, (), (disk_id, mode), (), ())
};

struct DiskSpecification {
  std::string project_id;
  std::string name;
  DiskType type = DiskType::persistent_ssd;
  std::uint64_t size_gib = 0;
  std::string location;
  /// Bytes: 512 or 4096.
  std::uint32_t block_size = 0;

  bool operator==(const DiskSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(DiskSpecification, (),
                       (project_id, name, type, size_gib, location, block_size), (), ())
};

/// A data disk exists. Stream: disk/<id>. The disk of a VM's operating system has no stream: it is
/// part of its VM, from `VmRequested` to `VmDeleted`.
struct DiskCreated {
  DiskSpecification specification;
  std::string serial_number;

  bool operator==(const DiskCreated&) const = default;
  BOOST_DESCRIBE_CLASS(DiskCreated, (), (specification, serial_number), (), ())
};

/// Disks only grow.
struct DiskResized {
  std::uint64_t size_gib = 0;

  bool operator==(const DiskResized&) const = default;
  BOOST_DESCRIBE_CLASS(DiskResized, (), (size_gib), (), ())
};

/// The disk is the VM's to use, until it is detached.
struct DiskAttached {
  std::string vm_id;
  DiskMode mode = DiskMode::read_write;

  bool operator==(const DiskAttached&) const = default;
  BOOST_DESCRIBE_CLASS(DiskAttached, (), (vm_id, mode), (), ())
};

struct DiskDetached {
  std::string vm_id;

  bool operator==(const DiskDetached&) const = default;
  BOOST_DESCRIBE_CLASS(DiskDetached, (), (vm_id), (), ())
};

/// The disk is gone for good. It was attached to nothing.
struct DiskDeleted {
  bool operator==(const DiskDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(DiskDeleted, (), (), (), ())
};

using DiskEvent = std::variant<DiskCreated, DiskResized, DiskAttached, DiskDetached, DiskDeleted>;

}  // namespace orrery
