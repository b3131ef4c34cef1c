#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/tailer.hpp"
#include "drivers/driver.hpp"
#include "drivers/gpu_duties.hpp"
#include "drivers/instance_duties.hpp"
#include "drivers/job_duties.hpp"
#include "drivers/service_duties.hpp"
#include "events/archive.hpp"

namespace orrery {

/// What the fleet owes the world: nodes that shall be up and aren't, VMs that shall run and don't,
/// VMs that shall be gone; and the same of container instances (`InstanceDuties`), services
/// (`ServiceDuties`) and batch jobs (`JobDuties`); GPUs that are to be repaired (`GpuDuties`).
/// Pure; folds all of them from the log.
///
/// Each order is for the driver of the node that it is about; what was never placed is the
/// simulated one's. A node of which its owner takes care is nobody's duty.
///
/// A node that is not ready is to be booted; a VM that is placed is to be started, and one that is
/// being reset to be rebooted, until somebody reports how that ended; one that is being stopped or
/// deleted, or failed after it was placed, is to be stopped. Nobody reports the end of a failed VM,
/// or of a start that failed, so after a restart it is stopped again until it is deleted, or
/// started anew.
class DriverDuties {
 public:
  static constexpr std::string_view name = "driver.6";
  using Owed = DriverOrder;

  void apply(const RecordedEvent& recorded);
  std::vector<DriverOrder> due();
  std::vector<DriverOrder> resume();
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  struct NodeDuty {
    bool ready = false;
    NodeDriver driver = NodeDriver::simulated;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(NodeDuty, (), (ready, driver, causation, correlation), (), ())
  };
  enum class Aim : std::uint8_t { start, leave, reboot, stop };
  struct VmDuty {
    Aim aim = Aim::start;
    VmPlaced placement;
    /// Of the last reset.
    std::uint64_t reset_number = 0;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(VmDuty, (), (aim, placement, reset_number, causation, correlation), (), ())
  };

  void on_node(std::string_view id, const RecordedEvent& recorded);
  void on_vm(std::string_view id, const RecordedEvent& recorded);
  void on_service(std::string_view id, const RecordedEvent& recorded);
  void on_job(std::string_view id, const RecordedEvent& recorded);
  void note_node(std::string_view id, const RecordedEvent& recorded, NodeDuty& node, bool ready);
  void aim_at(std::string_view id, const RecordedEvent& recorded, Aim aim);
  void note_vm(std::string_view id, const RecordedEvent& recorded, VmDuty& vm, Aim aim);
  void forget_vm(std::string_view id);
  void owe_node(std::string_view id, std::vector<DriverMessage>& owed) const;
  void owe_vm(std::string_view id, std::vector<DriverMessage>& owed) const;
  StartVm start_of(std::string_view id, const VmDuty& vm) const;
  /// With whose hands each is to be done.
  std::vector<DriverOrder> routed(std::vector<DriverMessage> owed) const;

  std::map<std::string, NodeDuty, std::less<>> nodes_;
  std::map<std::string, VmDuty, std::less<>> vms_;
  InstanceDuties instances_;
  ServiceDuties services_;
  JobDuties jobs_;
  GpuDuties gpus_;

  /// What `due` looks at; never saved.
  std::set<std::string, std::less<>> noted_nodes_;
  std::set<std::string, std::less<>> noted_vms_;
};

}  // namespace orrery
