#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <caf/all.hpp>

#include "events/envelope.hpp"
#include "events/instance_events.hpp"
#include "events/job_events.hpp"
#include "events/node_events.hpp"
#include "events/service_events.hpp"

namespace orrery {

/// Who the messages below are from, in their origin.
inline constexpr std::string_view driver_origin_name = "driver";

/// The contract of every driver (hands: simulated, local processes, Slurm). A driver is an actor
/// that takes these messages and reports what happened as commands to the aggregates. Each message
/// may come again (after a crash, or on a retry) and must then do nothing twice; each carries the
/// fence of its lease, and work with an older fence than one that the node has seen is refused.

/// Boot a node. Reported by `Node::ReportReady`, or `Node::ReportLost`.
struct BootNode {
  std::string node_id;
  Origin origin;
};

/// Start the VM on the node. Reported by `Vm::ReportStarted` or `Vm::ReportFailed`. Where the VM
/// still runs with an older fence, or is being stopped, that ends first.
struct StartVm {
  std::string vm_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// The VM's addresses, in dotted form; the public one is empty where it has none.
  std::string private_ipv4;
  std::string public_ipv4;
  Origin origin;
};

/// Boot the running VM anew, where it is. Reported by `Vm::ReportReset` with the number, or
/// `Vm::ReportFailed`.
struct RebootVm {
  std::string vm_id;
  std::string node_id;
  std::uint64_t fence = 0;
  /// The VM's resets are counted from 1.
  std::uint64_t number = 0;
  Origin origin;
};

/// Stop the VM wherever it is; one that doesn't run is stopped at once. What it has on disks stays.
/// Reported by `Vm::ReportStopped` with the fence.
struct StopVm {
  std::string vm_id;
  /// Empty, with fence 0, where the VM was never placed.
  std::string node_id;
  std::uint64_t fence = 0;
  Origin origin;
};

/// Start the container instance on the node. Reported by `Instance::ReportStarted` or
/// `Instance::ReportFailed`. Where it still runs with an older fence, or is being stopped, that
/// ends first.
struct StartInstance {
  std::string instance_id;
  /// Part of the addresses by which it is reached.
  std::string uid;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  std::string image;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_gib = 0;
  std::vector<VolumeMount> volumes;
  Origin origin;
};

/// Stop the instance wherever it is; one that doesn't run is stopped at once. Its processes are
/// told to end, and killed after the grace period; told again with a shorter one, the driver may
/// let the first run out. Reported by `Instance::ReportStopped` with the fence; where a snapshot is
/// wished, by `Instance::ReportSnapshot` before that. One whose machine is gone has none.
struct StopInstance {
  std::string instance_id;
  /// Empty, with fence 0, where the instance was never placed.
  std::string node_id;
  std::uint64_t fence = 0;
  std::uint32_t grace_period_s = 0;
  std::optional<SnapshotWish> snapshot;
  Origin origin;
};

/// Start the service on the node, and see it through: reported by `Service::ReportBuilding`,
/// `ReportLaunched` and `ReportReady` as it gets on, `ReportFailed` where it can't be started, and
/// `ReportExited` when it is over. It runs once: where it has run with this fence, it isn't started
/// again.
struct StartService {
  std::string service_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  ServiceSpecification specification;
  /// Which of its group it is; absent where it stands alone.
  std::optional<ServiceReplica> replica;
  Origin origin;
};

/// Stop the service wherever it is, within its grace period; one that doesn't run is stopped at
/// once. Reported by `Service::ReportExited` with the fence.
struct StopService {
  std::string service_id;
  std::string node_id;
  std::uint64_t fence = 0;
  std::uint32_t grace_period_s = 0;
  Origin origin;
};

/// The tasks of an array, as the user counts.
struct JobArrayExtent {
  std::uint32_t task_count = 0;
  std::uint32_t task_id_min = 0;
  std::uint32_t task_id_max = 0;
  /// Between one and the next; 0 where there is but one.
  std::uint32_t task_id_step = 0;
};

/// Run the job's script on the first of its places, and see it through: reported by
/// `Job::ReportStarted` once it runs, `ReportUtilisation` where what its GPUs do has changed, and
/// `ReportExited` when it is over, or could not be started. It comes anew as long as the job hasn't
/// exited: where the script runs or has run with this fence, it isn't started again, but what is
/// known of it is reported again.
struct StartJob {
  std::string job_id;
  /// Of `places`, the first one's.
  std::string node_id;
  std::vector<JobPlace> places;
  std::uint64_t fence = 0;
  std::uint32_t attempt = 0;
  /// What it was sent to.
  std::string partition;
  std::uint32_t time_limit_min = 0;
  /// Absent where it isn't known to have started.
  std::optional<Time> started_at;
  /// As the job stood when this was said, with all changes; what is sealed is the driver's to open.
  JobSpecification specification;
  /// Absent where it stands alone.
  std::optional<JobArrayTask> task;
  std::optional<JobArrayExtent> array;
  Origin origin;
};

/// A signal for what runs of the job, which goes on; nothing where nothing runs with this fence.
struct SignalJob {
  std::string job_id;
  std::string node_id;
  std::uint64_t fence = 0;
  /// Grows; a driver that has sent this one, or a later one, doesn't send it again.
  std::uint64_t number = 0;
  std::uint32_t signal = 0;
  bool to_script_only = false;
  Origin origin;
};

/// Stop the job wherever it is; one that doesn't run is stopped at once. Its processes get `signal`
/// where there is one, then SIGTERM, and are killed after the grace period; at once where the
/// signal is SIGKILL. Reported by `Job::ReportExited` with the fence.
struct StopJob {
  std::string job_id;
  std::string node_id;
  std::uint64_t fence = 0;
  std::uint32_t grace_period_s = 0;
  /// 0: none.
  std::uint32_t signal = 0;
  JobStopReason reason = JobStopReason::cancelled;
  Origin origin;
};

/// Repair the GPU, which is in quarantine and has no lease. Reported by `Gpu::BeginVerification`
/// once that is done.
struct MendGpu {
  std::string node_id;
  std::uint32_t gpu_index = 0;
  /// Another one each time that the GPU is repaired or verified.
  std::uint64_t number = 0;
  Origin origin;
};

/// Test the GPU that was repaired. Reported by `Gpu::ReportRepaired`, or by
/// `Gpu::ReportVerificationFailed`: then it is repaired once more.
struct VerifyGpu {
  std::string node_id;
  std::uint32_t gpu_index = 0;
  std::uint64_t number = 0;
  Origin origin;
};

/// What a driver is told.
using DriverMessage =
    std::variant<BootNode, StartVm, RebootVm, StopVm, StartInstance, StopInstance, StartService,
                 StopService, StartJob, SignalJob, StopJob, MendGpu, VerifyGpu>;

/// A message with the driver that it is for: the one of the node that it is about.
struct DriverOrder {
  NodeDriver driver = NodeDriver::simulated;
  DriverMessage message;
};

/// The actor of each driver.
struct DriverActors {
  caf::actor simulated;
  /// Null where this server has none. What is for it is dropped then: nothing of it runs here, and
  /// no node of it becomes ready.
  caf::actor local_process;
  /// Likewise.
  caf::actor slurm;

  const caf::actor& of(NodeDriver driver) const {
    switch (driver) {
      case NodeDriver::local_process:
        return local_process;
      case NodeDriver::slurm:
        return slurm;
      default:
        return simulated;
    }
  }
};

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::BootNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StartVm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RebootVm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StopVm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StartInstance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StopInstance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StartService)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StopService)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StartJob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::SignalJob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StopJob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::MendGpu)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::VerifyGpu)
