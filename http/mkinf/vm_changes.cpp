#include <algorithm>

#include <fmt/format.h>

#include "http/mkinf/attachment_request.hpp"
#include "http/mkinf/operation_start.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_change_request.hpp"
#include "http/mkinf/vm_checks.hpp"
#include "http/mkinf/vm_json.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

namespace {

/// The VM that the path names; nothing, and an answer, where nobody is shown one.
std::optional<VmDetails> vm_of(const Context& context, const Request& request, const Reply& reply) {
  auto vm = context->vms->find(request.path_parameters[0], request.path_parameters[1]);
  if (vm && is_shown(*vm)) return vm;
  reply(not_found("vm"));
  return std::nullopt;
}

void start(const Context& context, const Request& request, const Principal& principal,
           Starting starting, const VmDetails& vm, OperationGoal goal, const Reply& reply) {
  OperationStarted started{vm.specification.project_id, vm.id, std::move(goal)};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void change(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto wish = read_vm_change(request.body);
  if (!wish) return reply(bad_request(wish.error().message));
  const auto vm = vm_of(context, request, reply);
  if (!vm) return;
  auto goal = goal_of(*context, *vm, *wish);
  if (!goal) return reply(goal.error());
  start(context, request, principal, std::move(starting), *vm, *std::move(goal), reply);
}

void attach_disks(const Context& context, const Request& request, const Principal& principal,
                  Starting starting, const Reply& reply) {
  auto disks = read_attach_request(request.body);
  if (!disks) return reply(bad_request(disks.error().message));
  const auto vm = vm_of(context, request, reply);
  if (!vm) return;
  if (const auto refusal = refusal_of_end(*vm)) return reply(*refusal);
  const auto& words = vm->specification;
  if (const auto refusal =
          refusal_of_disks(*context, words.project_id, words.location, vm->id, *disks))
    return reply(*refusal);
  if (vm->disks.size() + disks->size() > attached_disks_max)
    return reply(conflict(fmt::format("A VM has at most {} data disks, and this one has {}",
                                      attached_disks_max, vm->disks.size())));
  start(context, request, principal, std::move(starting), *vm, AttachDisks{*std::move(disks)},
        reply);
}

void detach_disks(const Context& context, const Request& request, const Principal& principal,
                  Starting starting, const Reply& reply) {
  auto disk_ids = read_detach_request(request.body);
  if (!disk_ids) return reply(bad_request(disk_ids.error().message));
  const auto vm = vm_of(context, request, reply);
  if (!vm) return;
  if (const auto refusal = refusal_of_end(*vm)) return reply(*refusal);
  for (const auto& disk_id : *disk_ids) {
    if (disk_id == vm->identity.os_disk_id)
      return reply(conflict("An OS disk comes and goes with its VM and cannot be detached"));
    if (std::ranges::find(vm->disks, disk_id, &AttachedDisk::id) == vm->disks.end())
      return reply(conflict(fmt::format("Disk {} is not attached to the VM", disk_id)));
  }
  start(context, request, principal, std::move(starting), *vm, DetachDisks{*std::move(disk_ids)},
        reply);
}

/// Also of a VM that never ran, which nobody is shown: its client may not know yet.
void terminate(const Context& context, const Request& request, const Principal& principal,
               Starting starting, const Reply& reply) {
  const auto vm = context->vms->find(request.path_parameters[0], request.path_parameters[1]);
  if (!vm) return reply(not_found("vm"));
  start(context, request, principal, std::move(starting), *vm, DeleteVm{}, reply);
}

}  // namespace

void add_vm_changes(Routes& routes) {
  const auto one = fmt::format("{}/{{vm_id}}", routes.surface().vms);
  routes.add_start(Method::patch, one, change);
  routes.add_start(Method::delete_, one, terminate);
  routes.add_start(Method::post, one + "/attach-disks", attach_disks);
  routes.add_start(Method::post, one + "/detach-disks", detach_disks);
}

}  // namespace orrery::mkinf
