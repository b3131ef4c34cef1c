#include "http/mkinf/vm_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "actors/runtime/decision.hpp"
#include "actors/vm/vm.hpp"
#include "events/default_network.hpp"
#include "http/mkinf/disk_request.hpp"
#include "http/mkinf/project_limits.hpp"
#include "http/mkinf/vm_json.hpp"
#include "http/mkinf/vm_types.hpp"
#include "projections/disks/disk_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/networks/network_view.hpp"
#include "projections/reservations/reservation_view.hpp"
#include "storage/clock.hpp"

namespace orrery::mkinf {

namespace {

using Goal = boost::system::result<OperationGoal, Refusal>;

Refusal unknown_word(std::string_view field, std::string_view word) {
  return bad_request(fmt::format("{} \"{}\" is unknown in this project", field, word));
}

/// Whether a VM of the type at the location may be in the reservation, apart from its places.
bool fits(const ReservationDetails& reservation, std::string_view organization_id,
          std::string_view type, std::string_view location, Time now) {
  const auto& words = reservation.declaration;
  const auto now_us = now.time_since_epoch().count();
  return !reservation.ended && words.organization_id == organization_id && words.vm_type == type &&
         words.location == location && words.starts_at_us <= now_us && now_us < words.ends_at_us;
}

bool has_room(const ReservationDetails& reservation, std::uint32_t vm_count) {
  return reservation.vm_ids.size() + vm_count <= reservation.declaration.vm_count;
}

std::string organization_of(const MkinfContext& context, std::string_view project_id) {
  const auto project = context.identity->project(project_id);
  return project ? project->organization_id : std::string();
}

/// 400 or 409 where the VM can't join the reservation.
std::optional<Refusal> refusal_of_reservation(const MkinfContext& context,
                                              const std::string& reservation_id,
                                              std::string_view project_id, std::string_view type,
                                              std::string_view location, std::uint32_t vm_count) {
  const auto organization_id = organization_of(context, project_id);
  const auto reservation = context.reservations->find(reservation_id);
  if (!reservation || reservation->declaration.organization_id != organization_id)
    return bad_request(
        fmt::format("reservation_id \"{}\" is unknown in this organization", reservation_id));
  const auto& words = reservation->declaration;
  if (words.vm_type != type || words.location != location)
    return bad_request(
        fmt::format("reservation_id: the reservation is for {} at {}, the VM is {} at {}",
                    words.vm_type, words.location, type, location));
  if (!fits(*reservation, organization_id, type, location, context.clock->now()))
    return conflict("The reservation has not begun yet, or is over");
  if (!has_room(*reservation, vm_count))
    return conflict(fmt::format("The reservation is for {} VMs: {} have a place in it",
                                words.vm_count, reservation->vm_ids.size()));
  return std::nullopt;
}

/// Why this disk can't be attached; the VM may have it already.
std::optional<Refusal> refusal_of_disk(const DiskDetails& disk, std::string_view location,
                                       std::string_view vm_id, DiskMode mode) {
  if (disk.is_os_disk)
    return bad_request(fmt::format("Disk {} is the OS disk of a VM, which belongs to it", disk.id));
  if (disk.specification.location != location)
    return bad_request(fmt::format("Disk {} lies at {}, the VM at {}", disk.id,
                                   disk.specification.location, location));
  for (const auto& user : disk.users) {
    if (user.vm_id == vm_id && user.mode != mode)
      return conflict(fmt::format("Disk {} is attached to the VM already as {}, detach it first",
                                  disk.id, mode_name(user.mode)));
    const bool shared = disk.specification.type == DiskType::shared_volume ||
                        (user.mode == DiskMode::read_only && mode == DiskMode::read_only);
    if (user.vm_id != vm_id && !shared)
      return conflict(
          fmt::format("Disk {} is attached to VM {} as {}: a persistent-ssd is for one VM that "
                      "writes, or for many that read",
                      disk.id, user.vm_id, mode_name(user.mode)));
  }
  return std::nullopt;
}

bool is_off(const VmDetails& vm) {
  return vm.state == VmState::stopped || vm.state == VmState::stopping;
}

/// One function a change.
struct Aiming {
  const MkinfContext& context;
  const VmDetails& vm;

  Goal operator()(const PowerOnVm& goal) const {
    if (vm.state != VmState::stopped) return OperationGoal(goal);
    const QuotaDemand demand{.gpus = vm.specification.gpu_count,
                             .gpu_model = vm.specification.gpu_model};
    if (auto refusal = refusal_of_limits(context, vm.specification.project_id, demand))
      return *std::move(refusal);
    return OperationGoal(goal);
  }

  Goal operator()(const PowerOffVm& goal) const { return OperationGoal(goal); }

  Goal operator()(const ResetVm& goal) const {
    if (is_off(vm)) return conflict("RESET needs a running VM, and this one is stopped");
    return OperationGoal(goal);
  }

  Goal operator()(const TypeWish& wish) const {
    const auto& type = *vm_type(wish.type);
    const auto& type_now = vm.specification.type;
    if (vm_family(wish.type) != vm_family(type_now))
      return bad_request(fmt::format("type must be of the same family as {}, such as {}.1x",
                                     type_now, vm_family(type_now)));
    if (!is_off(vm))
      return conflict(fmt::format("The type of a VM can be changed while it is stopped: it is {}",
                                  state_name(vm.state)));
    return OperationGoal(ResizeVm{wish.type, std::string(type.gpu_model), type.gpu_count});
  }

  Goal operator()(const InterfaceWish& wish) const {
    if (is_off(vm))
      return conflict(
          fmt::format("The network of a VM can be changed while it is running: it is {}",
                      state_name(vm.state)));
    const auto& words = vm.specification;
    auto subnet_id =
        subnet_of(context, words.project_id, words.location, wish, place_of(vm).subnet_id);
    if (!subnet_id) return subnet_id.error();
    return OperationGoal(
        ChangeVmNetwork{*std::move(subnet_id), wish.public_address.value_or(words.public_address)});
  }

  Goal operator()(const ReserveVm& goal) const {
    const auto& words = vm.specification;
    if (words.reservation_id == goal.reservation_id) return OperationGoal(goal);
    if (!words.reservation_id.empty())
      return conflict(
          fmt::format("The VM is in reservation {}, UNRESERVE it first", words.reservation_id));
    if (auto refusal = refusal_of_reservation(context, goal.reservation_id, words.project_id,
                                              words.type, words.location, 1))
      return *std::move(refusal);
    return OperationGoal(goal);
  }

  Goal operator()(const UnreserveVm& goal) const { return OperationGoal(goal); }
};

}  // namespace

boost::system::result<std::string, Refusal> subnet_of(const MkinfContext& context,
                                                      std::string_view project_id,
                                                      std::string_view location,
                                                      const InterfaceWish& wish,
                                                      std::string otherwise) {
  const auto& subnet_id = wish.subnet_id.empty() ? otherwise : wish.subnet_id;
  const auto given = default_network(project_id, location);
  std::string network_id = given.network_id;
  // The default subnet is owed to every project, so it need not be there yet.
  if (subnet_id != given.subnet_id) {
    const auto subnet = context.networks->find_subnet(project_id, subnet_id);
    if (!subnet) return unknown_word("network_interfaces[0].subnet", subnet_id);
    if (subnet->location != location)
      return bad_request(
          fmt::format("network_interfaces[0].subnet: the subnet lies at {}, the VM at {}",
                      subnet->location, location));
    network_id = subnet->network_id;
  }
  if (!wish.network_id.empty() && wish.network_id != network_id)
    return bad_request(
        fmt::format("network_interfaces[0].network must be the subnet's network {}", network_id));
  return subnet_id;
}

boost::system::result<std::string, Refusal> reservation_of(const MkinfContext& context,
                                                           std::string_view project_id,
                                                           const VmRequest& request,
                                                           std::uint32_t vm_count) {
  if (request.reservation == ReservationChoice::on_demand) return std::string();
  if (request.reservation == ReservationChoice::named) {
    if (auto refusal = refusal_of_reservation(context, request.reservation_id, project_id,
                                              request.type, request.location, vm_count))
      return *std::move(refusal);
    return request.reservation_id;
  }
  // The cheapest with room; of equals the one declared first.
  const auto organization_id = organization_of(context, project_id);
  std::optional<ReservationDetails> best;
  for (auto& reservation : context.reservations->of_organization(organization_id)) {
    if (!has_room(reservation, vm_count) ||
        !fits(reservation, organization_id, request.type, request.location, context.clock->now()))
      continue;
    const auto price = reservation.declaration.micro_usd_per_gpu_hour;
    if (!best || price < best->declaration.micro_usd_per_gpu_hour) best = std::move(reservation);
  }
  return best ? best->id : std::string();
}

std::optional<Refusal> refusal_of_disks(const MkinfContext& context, std::string_view project_id,
                                        std::string_view location, std::string_view vm_id,
                                        const std::vector<DiskAttachment>& disks) {
  for (const auto& [disk_id, mode] : disks) {
    const auto disk = context.disks->find(project_id, disk_id);
    if (!disk) return unknown_word("disk_id", disk_id);
    if (auto refusal = refusal_of_disk(*disk, location, vm_id, mode)) return refusal;
  }
  return std::nullopt;
}

std::optional<Refusal> refusal_of_end(const VmDetails& vm) {
  if (vm.state == VmState::failed) return conflict("The VM has crashed, it can only be deleted");
  if (vm.state == VmState::deleting) return conflict("The VM is being deleted");
  return std::nullopt;
}

Goal goal_of(const MkinfContext& context, const VmDetails& vm, const VmChange& change) {
  if (auto refusal = refusal_of_end(vm)) return *std::move(refusal);
  return std::visit(Aiming{context, vm}, change);
}

}  // namespace orrery::mkinf
