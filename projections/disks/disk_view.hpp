#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/disk_events.hpp"
#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A VM that has a disk.
struct DiskUser {
  std::string vm_id;
  DiskMode mode = DiskMode::read_write;

  bool operator==(const DiskUser&) const = default;
  BOOST_DESCRIBE_CLASS(DiskUser, (), (vm_id, mode), (), ())
};

/// All that is known about one disk at one moment.
struct DiskDetails {
  std::string id;
  /// With its size as it is now.
  DiskSpecification specification;
  std::string serial_number;
  /// The disk of a VM's operating system: it comes and goes with the VM, which is its only user.
  bool is_os_disk = false;
  /// In the order in which they were attached.
  std::vector<DiskUser> users;
  bool deleted = false;
  Time created_at{};
  Time updated_at{};
  /// Version of its stream, its ETag; of an OS disk that of its VM's stream when it changed last.
  Version version = 0;
};

/// Every disk, OS disks included. Deleted ones are kept for the answers of their operations, but
/// are in no list and not found by id.
class DiskView : public View {
 public:
  using Filter = std::function<bool(const DiskDetails&)>;

  /// An OS disk has no size of its own in the log.
  static constexpr std::uint64_t os_disk_size_gib = 128;

  DiskView();
  ~DiskView() override;

  /// Nothing where the project has no such disk (any more).
  std::optional<DiskDetails> find(std::string_view project_id, std::string_view disk_id) const;

  /// Deleted ones too, of any project: for the result of an operation that the caller may see.
  std::optional<DiskDetails> find_with_deleted(std::string_view disk_id) const;

  /// The disks of a project in order of creation. `filter` may be empty; it must not call the view.
  Page<DiskDetails> list(std::string_view project_id, const PageRequest& request,
                         const Filter& filter) const;

  /// The data disks that a VM has, in the order in which they were created. Its OS disk is found by
  /// the id in its `VmIdentity`.
  std::vector<DiskDetails> disks_of(std::string_view vm_id) const;

  std::string_view name() const override { return "disks"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<DiskView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
