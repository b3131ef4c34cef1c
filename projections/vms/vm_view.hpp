#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// waiting: wants GPUs; provisioning: has them and is being started. starting: both, of one that
/// has run before. resetting: runs, and boots anew.
BOOST_DEFINE_FIXED_ENUM_CLASS(VmState, std::uint8_t, waiting, provisioning, running, deleting,
                              failed, deleted, stopping, stopped, starting, resetting)
inline constexpr std::size_t vm_state_count = 10;

/// A data disk as a VM has it.
struct AttachedDisk {
  std::string id;
  /// With its size as it is now.
  DiskSpecification specification;
  std::string serial_number;
  DiskMode mode = DiskMode::read_write;
  Time created_at{};
  Time updated_at{};

  bool operator==(const AttachedDisk&) const = default;
  BOOST_DESCRIBE_CLASS(AttachedDisk, (),
                       (id, specification, serial_number, mode, created_at, updated_at), (), ())
};

/// All that is known about one VM at one moment.
struct VmDetails {
  std::string id;
  /// With type, network and reservation as they are now. Without the credentials: views hold no
  /// personal data, sealed or not; and without the disks that it was to get first.
  VmSpecification specification;
  /// Of the subnet in the specification; empty where nobody has told of that subnet.
  std::string network_id;
  VmIdentity identity;
  VmState state = VmState::waiting;
  std::optional<VmPlaced> placement;
  /// The data disks that it has, in the order in which they were attached.
  std::vector<AttachedDisk> disks;
  /// Ids of those that it had and has no more.
  std::vector<std::string> former_disk_ids;
  /// Empty until the VM has started; and what it gives back when it stops or fails.
  std::string private_ipv4;
  std::string public_ipv4;
  /// Set where the VM failed.
  std::string failure_code;
  std::string failure_message;
  Time created_at{};
  Time updated_at{};
  /// When it began to run for the first time, and the version it had then.
  std::optional<Time> started_at;
  Version started_version = 0;
  /// Counts what changed the VM, its own events and those of its disks: its ETag.
  Version version = 0;
};

/// What a list can be filtered by. Views into the view's own memory: good during the call only.
struct VmSummary {
  std::string_view id;
  std::string_view name;
  std::string_view type;
  std::string_view location;
  VmState state = VmState::waiting;
  Time created_at{};
};

/// Every VM, from the moment its creation is accepted (with version 0 until its own stream begins).
/// Deleted ones are kept for the answers of their operations, but are in no list and not found by
/// id.
///
/// Each VM has room for one prepared answer. It is rendered on the first read after a change and
/// dropped on the next, so a GET copies a shared pointer. One is enough: a project belongs to one
/// dialect, so a VM is always shown by the same one. `prepared_bytes_max` bounds what all of them
/// take; beyond it the ones prepared first are dropped.
class VmView : public View {
 public:
  using Render = std::function<std::string(const VmDetails&)>;
  using Filter = std::function<bool(const VmSummary&)>;

  static constexpr std::size_t default_prepared_bytes_max = 256u << 20;

  explicit VmView(std::size_t prepared_bytes_max = default_prepared_bytes_max);
  ~VmView() override;

  /// The hot path of GET: no allocation where the answer is prepared. Empty where the project has
  /// no such VM (any more). `render` runs on the calling thread, without a lock.
  PreparedAnswer prepared(std::string_view project_id, std::string_view vm_id,
                          const Render& render) const;

  /// The VMs of a project in order of creation. `filter` may be empty; it must not call the view.
  Page<PreparedAnswer> list(std::string_view project_id, const PageRequest& request,
                            const Filter& filter, const Render& render) const;

  /// Calls `see` for the VMs of a project, in order of creation. It must not call the view.
  void each(std::string_view project_id, const std::function<void(const VmSummary&)>& see) const;

  /// The same without prepared answers. Null where the project has no such VM (any more).
  std::optional<VmDetails> find(std::string_view project_id, std::string_view vm_id) const;

  /// Deleted ones too, of any project: for the result of an operation that the caller may see.
  std::optional<VmDetails> find_with_deleted(std::string_view vm_id) const;

  /// VMs that aren't deleted, in all and in each state; for metrics.
  std::size_t count(VmState state) const;

  std::string_view name() const override { return "vms.2"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<VmView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::size_t prepared_bytes_max_;
};

}  // namespace orrery
