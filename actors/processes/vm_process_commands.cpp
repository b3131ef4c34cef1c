#include <algorithm>
#include <cassert>

#include "actors/network/default_subnet.hpp"
#include "actors/network/ipv4_block.hpp"
#include "actors/processes/vm_holdings.hpp"
#include "actors/processes/vm_process_state.hpp"
#include "events/default_network.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

constexpr std::size_t data_disk_count_max = 16;

std::string lease_id(const std::string& vm_id, std::uint32_t number) {
  return vm_id + "." + std::to_string(number);
}

std::string text_of(std::uint32_t address) {
  return address == 0 ? std::string{} : ipv4_text(address);
}

To<Operation> succeed(std::string operation_id) {
  return {std::move(operation_id), Operation::Succeed{}};
}

To<Operation> fail(std::string operation_id, Failure failure) {
  return {std::move(operation_id),
          Operation::Fail{std::move(failure.code), std::move(failure.message)}};
}

Vm::Place placement_of(const std::string& vm_id, const VmRecord& vm) {
  return {{lease_id(vm_id, vm.lease_number), vm.node_id, vm.gpu_indices, vm.fence,
           text_of(vm.promised.private_ipv4), text_of(vm.promised.public_ipv4)}};
}

Vm::ReportFailed failure_report(const VmRecord& vm) {
  auto failure = failure_of_vm(vm);
  return {std::move(failure.code), std::move(failure.message)};
}

/// What the first operation makes of its VM.
Vm::Command change_of(const VmRecord& vm) {
  if (const auto* resize = first_goal<ResizeVm>(vm))
    return Vm::Resize{{resize->type, resize->gpu_model, resize->gpu_count}};
  if (const auto* reserve = first_goal<ReserveVm>(vm)) return Vm::Reserve{reserve->reservation_id};
  const auto* network = first_goal<ChangeVmNetwork>(vm);
  assert(network != nullptr);
  return Vm::ChangeNetwork{{network->subnet_id, network->public_address,
                            text_of(vm.promised.private_ipv4), text_of(vm.promised.public_ipv4)}};
}

}  // namespace

VmProcess::State::Verdict VmProcess::State::prepare(VmStep step, const std::string& vm_id,
                                                    VmRecord& vm) {
  switch (step) {
    case VmStep::create_vm:
      return hold_to_quotas(vm.create_operation, vm);
    case VmStep::start_vm:
    case VmStep::resize_vm:
      return hold_to_quotas(vm.operations.front().id, vm);
    case VmStep::attach_disk:
      if (vm.disks.size() < data_disk_count_max) return Verdict::go;
      vm.obstacle = {"too_many_disks", "A VM has at most 16 data disks."};
      return Verdict::obstacle;
    case VmStep::request_lease:
      return find_subnet(vm_id, vm);
    case VmStep::place_vm:
      return promise_addresses(vm, vm.shape.subnet_id, vm.shape.public_address);
    case VmStep::change_network: {
      const auto& goal = *first_goal<ChangeVmNetwork>(vm);
      return promise_addresses(vm, goal.subnet_id, goal.public_address);
    }
    default:
      return Verdict::go;
  }
}

VmProcess::State::Verdict VmProcess::State::hold_to_quotas(const std::string& operation_id,
                                                           VmRecord& vm) const {
  const auto* exceeded = usage_.refusal(operation_id);
  if (exceeded == nullptr) return Verdict::go;
  vm.obstacle = {quota_exceeded_code, exceeded->message()};
  return Verdict::obstacle;
}

VmProcess::State::Verdict VmProcess::State::find_subnet(const std::string& vm_id, VmRecord& vm) {
  const auto* subnet = book_.subnet(vm.shape.subnet_id);
  if (vm.addresses.private_ipv4 != 0 || (subnet != nullptr && !subnet->removed)) return Verdict::go;
  if (subnet == nullptr && will_come(vm.shape)) {
    const auto usual = default_network(vm.shape.project_id, vm.shape.location);
    waiting_for_network_.emplace(usual.network_id, vm_id);
    return Verdict::wait;
  }
  vm.obstacle = {"subnet_not_found", "There is no subnet " + vm.shape.subnet_id + "."};
  return Verdict::obstacle;
}

/// A project's default network may be on its way still while its first VM waits already.
bool VmProcess::State::will_come(const VmRecord::Shape& shape) const {
  const auto usual = default_network(shape.project_id, shape.location);
  return shape.subnet_id == usual.subnet_id && when_full_.contains(shape.cluster) &&
         !book_.is_deleted(usual.network_id) &&
         default_subnet_block(book_.subnets_of(usual.network_id)).has_value();
}

VmProcess::State::Verdict VmProcess::State::promise_addresses(VmRecord& vm,
                                                              const std::string& subnet_id,
                                                              PublicAddress kind) {
  if (vm.promised != AddressBook::Addresses{}) return Verdict::go;
  auto next = vm.addresses;
  if (next.private_ipv4 == 0 || subnet_id != vm.shape.subnet_id) {
    const auto* subnet = book_.subnet(subnet_id);
    const auto free = subnet == nullptr ? std::nullopt : book_.free_private(*subnet);
    if (!free) {
      vm.obstacle = {"out_of_addresses", "The subnet " + subnet_id + " has no free address."};
      return Verdict::obstacle;
    }
    next.network_id = subnet->network_id;
    next.private_ipv4 = *free;
  }
  if (kind == PublicAddress::none) next.public_ipv4 = 0;
  if (kind != PublicAddress::none && next.public_ipv4 == 0) {
    const auto free = book_.free_public(vm.shape.location);
    if (!free) {
      vm.obstacle = {"out_of_addresses", "The location has no free public address."};
      return Verdict::obstacle;
    }
    next.public_ipv4 = *free;
  }
  vm.promised = std::move(next);
  book_.take(vm.promised);
  return Verdict::go;
}

AddressedCommand VmProcess::State::lease_request(const std::string& vm_id,
                                                 const VmRecord& vm) const {
  const auto policy = when_full_.find(vm.shape.cluster);
  const auto when_full = policy == when_full_.end() ? WhenFull::refuse : policy->second;
  return To<Lease>{lease_id(vm_id, vm.lease_number + 1),
                   Lease::Request{{stream_name(Vm::stream_prefix, vm_id), vm.shape.cluster,
                                   vm.shape.gpu_model, vm.shape.gpu_count, when_full}}};
}

AddressedCommand VmProcess::State::command_for(VmStep step, const std::string& vm_id,
                                               const VmRecord& vm) const {
  switch (step) {
    case VmStep::create_vm:
      return To<Vm>{vm_id, Vm::Create{vm.wish.front()}};
    case VmStep::place_vm:
      return To<Vm>{vm_id, placement_of(vm_id, vm)};
    case VmStep::start_vm:
      return To<Vm>{vm_id, Vm::Start{}};
    case VmStep::stop_vm:
      return To<Vm>{vm_id, Vm::Stop{}};
    case VmStep::reset_vm:
      return To<Vm>{vm_id, Vm::Reset{}};
    case VmStep::resize_vm:
    case VmStep::change_network:
    case VmStep::reserve_vm:
      return To<Vm>{vm_id, change_of(vm)};
    case VmStep::unreserve_vm:
      return To<Vm>{vm_id, Vm::Unreserve{}};
    case VmStep::delete_vm:
      return To<Vm>{vm_id, Vm::Delete{}};
    case VmStep::report_stopped:
      return To<Vm>{vm_id, Vm::ReportStopped{vm.fence}};
    case VmStep::report_failed:
      return To<Vm>{vm_id, failure_report(vm)};
    case VmStep::request_lease:
      return lease_request(vm_id, vm);
    case VmStep::release_lease:
      return To<Lease>{lease_id(vm_id, vm.lease_number), Lease::Release{}};
    case VmStep::attach_disk: {
      const auto& disk = *disk_to_attach(vm);
      return To<Disk>{disk.disk_id, Disk::Attach{vm_id, disk.mode}};
    }
    case VmStep::detach_disk:
      return To<Disk>{surplus_disk(vm)->disk_id, Disk::Detach{vm_id}};
    case VmStep::take_place:
      return To<Reservation>{place_to_take(vm),
                             Reservation::Take{vm_id, vm.shape.type, vm.shape.location}};
    case VmStep::give_place_back:
      return To<Reservation>{*surplus_place(vm), Reservation::GiveBack{vm_id}};
    case VmStep::succeed_create:
      return succeed(vm.create_operation);
    case VmStep::fail_create:
      return fail(vm.create_operation, failure_of_create(vm));
    case VmStep::succeed_operation:
      return succeed(vm.operations.front().id);
    case VmStep::fail_operation:
      return fail(vm.operations.front().id, failure_of_operation(vm));
    case VmStep::succeed_delete:
      return succeed(vm.delete_operations.front());
    case VmStep::fail_surplus:
      return fail(vm.surplus_operations.front(),
                  {"vm_exists_already", "There is another VM of this id already."});
    case VmStep::nothing:
      break;
  }
  assert(false && "no command for this step");
  return {};
}

}  // namespace orrery
