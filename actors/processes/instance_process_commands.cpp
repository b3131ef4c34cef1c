#include <cassert>

#include "actors/processes/instance_holdings.hpp"
#include "actors/processes/instance_process_state.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

/// A create asks as the cluster's policy says; who has run before waits as long as it takes.
To<Lease> lease_request(const std::string& id, const InstanceRecord& instance) {
  const auto& wish = instance.specification;
  const auto when_full = instance.has_run ? WhenFull::queue : wish.when_full;
  return {lease_id(id, instance.lease_number + 1),
          Lease::Request{{stream_name(Instance::stream_prefix, id), wish.cluster, wish.gpu_model,
                          wish.gpu_count, when_full}}};
}

To<Volume> volume_command(InstanceStep step, const std::string& id,
                          const InstanceRecord& instance) {
  const auto& wish = instance.specification;
  if (step == InstanceStep::create_volume || step == InstanceStep::finish_volume) {
    const auto* volume = step == InstanceStep::create_volume ? volume_to_create(instance)
                                                             : volume_to_finish(instance);
    const auto& mount = volume->mount;
    return {mount.volume_id, Volume::Create{{wish.namespace_id, wish.cluster, mount.size_gb}}};
  }
  if (step == InstanceStep::mount_volume)
    return {volume_to_mount(instance)->mount.volume_id,
            Volume::Mount{id, wish.namespace_id, wish.cluster}};
  if (step == InstanceStep::unmount_volume)
    return {volume_to_unmount(instance)->mount.volume_id, Volume::Unmount{id}};
  return {volume_to_delete(instance)->mount.volume_id, Volume::Delete{}};
}

To<ContainerImage> image_of(const std::string& id, const InstanceRecord& instance) {
  const auto& taken = snapshot_to_save(instance)->taken;
  return {taken.snapshot.image_id,
          ContainerImage::Save{
              {instance.specification.namespace_id, taken.snapshot.image, id, taken.size_bytes}}};
}

}  // namespace

AddressedCommand InstanceProcess::State::command_for(InstanceStep step, const std::string& id,
                                                     const InstanceRecord& instance) {
  const auto& wish = instance.specification;
  switch (step) {
    case InstanceStep::create_instance:
      return To<Instance>{id, Instance::Create{{instance.order_id, wish}}};
    case InstanceStep::place_instance:
      return To<Instance>{id,
                          Instance::Place{{lease_id(id, instance.lease_number), instance.node_id,
                                           instance.gpu_indices, instance.fence}}};
    case InstanceStep::interrupt: {
      auto failure = failure_of(instance);
      return To<Instance>{id,
                          Instance::Interrupt{std::move(failure.code), std::move(failure.message)}};
    }
    case InstanceStep::report_stopped:
      return To<Instance>{id, Instance::ReportStopped{instance.fence}};
    case InstanceStep::report_failed: {
      auto failure = failure_of(instance);
      return To<Instance>{
          id, Instance::ReportFailed{std::move(failure.code), std::move(failure.message)}};
    }
    case InstanceStep::request_lease:
      return lease_request(id, instance);
    case InstanceStep::release_lease:
      return To<Lease>{lease_id(id, instance.lease_number), Lease::Release{}};
    case InstanceStep::mount_volume:
    case InstanceStep::create_volume:
    case InstanceStep::unmount_volume:
    case InstanceStep::delete_volume:
    case InstanceStep::finish_volume:
      return volume_command(step, id, instance);
    case InstanceStep::refund_order:
      return To<Wallet>{wish.namespace_id,
                        Wallet::Refund{instance.order_id, failure_of(instance).code, {}}};
    case InstanceStep::refund_surplus_order:
      return To<Wallet>{
          instance.surplus_orders.front().namespace_id,
          Wallet::Refund{instance.surplus_orders.front().order_id, "instance_exists_already", {}}};
    case InstanceStep::save_image:
      return image_of(id, instance);
    case InstanceStep::nothing:
      break;
  }
  assert(false && "no command for this step");
  return {};
}

}  // namespace orrery
