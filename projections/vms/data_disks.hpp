#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/archive.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery {

/// The data disks and who has them, as far as VMs show it. Not guarded: its view is.
class DataDisks {
 public:
  /// Each returns the VMs that show the disk, or have shown it until now.
  using VmIds = std::vector<std::string>;
  VmIds fold(const DiskCreated& created, const RecordedEvent& recorded);
  VmIds fold(const DiskResized& resized, const RecordedEvent& recorded);
  VmIds fold(const DiskAttached& attached, const RecordedEvent& recorded);
  VmIds fold(const DiskDetached& detached, const RecordedEvent& recorded);
  VmIds fold(const DiskDeleted&, const RecordedEvent& recorded);

  /// `before` with this disk as the VM has it now: at its old place, at the end, or gone.
  std::vector<AttachedDisk> with_disk(std::vector<AttachedDisk> before, std::string_view disk_id,
                                      std::string_view vm_id) const;

  void save(ByteWriter& writer) const { writer(disks_); }
  void load(ByteReader& reader) { reader(disks_); }

 private:
  struct User {
    std::string vm_id;
    DiskMode mode = DiskMode::read_write;
    BOOST_DESCRIBE_CLASS(User, (), (vm_id, mode), (), ())
  };
  struct Disk {
    DiskSpecification specification;
    std::string serial_number;
    Time created_at{};
    Time updated_at{};
    std::vector<User> users;
    BOOST_DESCRIBE_CLASS(Disk, (), (specification, serial_number, created_at, updated_at, users),
                         (), ())
  };

  /// Runs `what(disk)` where there is such a disk, and names its users.
  template <class What>
  VmIds change(const RecordedEvent& recorded, const What& what);

  std::map<std::string, Disk, std::less<>> disks_;
};

}  // namespace orrery
