#include "actors/processes/instance_holdings.hpp"

namespace orrery {
namespace {

using Phase = InstanceRecord::Phase;
using LeasePhase = InstanceRecord::LeasePhase;
using Trouble = InstanceRecord::Trouble;

InstanceStep step_while_ordered(const InstanceRecord& instance) {
  if (instance.order_ended) return InstanceStep::nothing;
  return is_set(instance.obstacle) ? InstanceStep::refund_order : InstanceStep::create_instance;
}

/// Volumes that are there are mounted first, so that nobody deletes them meanwhile; those to be
/// made are made last, once there are GPUs.
InstanceStep step_while_waiting(const InstanceRecord& instance) {
  if (is_set(instance.obstacle)) return InstanceStep::report_failed;
  if (volume_to_mount(instance) != nullptr) return InstanceStep::mount_volume;
  switch (instance.lease) {
    case LeasePhase::surplus:  // Of the time before it was off, or lost its GPUs.
      return InstanceStep::release_lease;
    case LeasePhase::none:
      return InstanceStep::request_lease;
    case LeasePhase::requested:
      return InstanceStep::nothing;
    case LeasePhase::refused:
      return InstanceStep::report_failed;
    case LeasePhase::ended:
      return instance.has_run ? InstanceStep::request_lease : InstanceStep::report_failed;
    case LeasePhase::granted:
      break;
  }
  if (instance.trouble != Trouble::none)
    return instance.has_run ? InstanceStep::release_lease : InstanceStep::report_failed;
  if (volume_to_create(instance) != nullptr) return InstanceStep::create_volume;
  return InstanceStep::place_instance;
}

/// On a lost node nothing runs, and no driver can say so.
InstanceStep step_while_ending(const InstanceRecord& instance) {
  return runs_nowhere(instance) ? InstanceStep::report_stopped
                                : InstanceStep::nothing;  // The driver's turn.
}

InstanceStep step_after_the_end(const InstanceRecord& instance) {
  if (has_surplus_lease(instance)) return InstanceStep::release_lease;
  if (volume_to_unmount(instance) != nullptr) return InstanceStep::unmount_volume;
  if (volume_to_delete(instance) != nullptr) return InstanceStep::delete_volume;
  return volume_to_finish(instance) != nullptr ? InstanceStep::finish_volume
                                               : InstanceStep::nothing;
}

}  // namespace

InstanceStep owed_step(const InstanceRecord& instance) {
  if (!instance.surplus_orders.empty()) return InstanceStep::refund_surplus_order;
  if (snapshot_to_save(instance) != nullptr) return InstanceStep::save_image;
  switch (instance.phase) {
    case Phase::ordered:
      return step_while_ordered(instance);
    case Phase::waiting:
      return step_while_waiting(instance);
    case Phase::placed:
    case Phase::running:
      return lost_its_gpus(instance) ? InstanceStep::interrupt : InstanceStep::nothing;
    case Phase::stopped:
      return has_surplus_lease(instance) ? InstanceStep::release_lease : InstanceStep::nothing;
    case Phase::stopping:
    case Phase::deleting:
      return step_while_ending(instance);
    case Phase::failed:
    case Phase::deleted:
    case Phase::unknown:
      return step_after_the_end(instance);
  }
  return InstanceStep::nothing;
}

bool is_finished(const InstanceRecord& instance) {
  const bool is_over = instance.phase == Phase::unknown || instance.phase == Phase::deleted ||
                       (instance.phase == Phase::ordered && instance.order_ended);
  return is_over && instance.surplus_orders.empty() && instance.snapshots.empty() &&
         !has_surplus_lease(instance) && leaves_no_volumes(instance);
}

Failure failure_of(const InstanceRecord& instance) {
  if (is_set(instance.obstacle)) return instance.obstacle;
  switch (instance.trouble) {
    case Trouble::node_lost:
      return {"node_lost", "The node " + instance.node_id + " is lost."};
    case Trouble::gpu_fault:
      return {"gpu_fault",
              "A GPU of the instance on the node " + instance.node_id + " has a fault."};
    case Trouble::none:
      break;
  }
  if (is_set(instance.lease_failure)) return instance.lease_failure;
  return {"lease_lost", "The instance's GPUs were given to others."};
}

}  // namespace orrery
