#include <boost/mp11/algorithm.hpp>

#include "actors/network/ipv4_block.hpp"
#include "actors/processes/vm_holdings.hpp"
#include "actors/processes/vm_process_state.hpp"
#include "events/default_network.hpp"
#include "events/stream_name.hpp"

namespace orrery {

using Phase = VmRecord::Phase;

namespace {

VmRecord::Shape shape_of(const VmSpecification& wish) {
  auto subnet_id = wish.subnet_id;
  if (subnet_id.empty()) subnet_id = default_network(wish.project_id, wish.location).subnet_id;
  return {wish.project_id,      wish.type,           wish.location,
          wish.cluster,         wish.gpu_model,      wish.gpu_count,
          std::move(subnet_id), wish.public_address, wish.reservation_id};
}

/// What the text of an event says; 0 for none.
std::uint32_t address(const std::string& text) { return parse_ipv4(text).value_or(0); }

}  // namespace

void VmProcess::State::apply(const RecordedEvent& recorded) {
  usage_.apply(recorded);
  book_.apply(recorded);
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

void VmProcess::State::note(const std::string& vm_id, VmRecord& vm) {
  if (!resumed_ || std::exchange(vm.noted, true)) return;
  noted_.push_back(vm_id);
}

void VmProcess::State::index(const std::string& vm_id, const VmRecord& vm) {
  if (!vm.create_operation.empty()) operations_.emplace(vm.create_operation, vm_id);
  for (const auto& operation : vm.operations) operations_.emplace(operation.id, vm_id);
  for (const auto& operation : vm.delete_operations) operations_.emplace(operation, vm_id);
  for (const auto& operation : vm.surplus_operations) operations_.emplace(operation, vm_id);
  if (vm.lease == VmRecord::LeasePhase::granted) grants_.emplace(vm.node_id, vm_id);
  book_.take(vm.addresses);
}

void VmProcess::State::enter(const RecordedEvent& recorded, Phase phase) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = phase;
    vm.obstacle = {};
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmRequested& event) {
  const auto vm_id = stream_id(recorded.stream);
  create(vm_id);
  update(vm_id, recorded, [&](VmRecord& vm) {
    vm.phase = Phase::waiting;
    vm.nothing_runs = true;
    vm.wish = std::vector<VmRequested>{};
    vm.first_disks = event.specification.disks;
    vm.shape = shape_of(event.specification);
    vm.obstacle = {};
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmPlaced& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::placed;
    vm.nothing_runs = false;
    vm.first_disks = std::vector<DiskAttachment>{};
    const auto* subnet = book_.subnet(vm.shape.subnet_id);
    if (vm.addresses.network_id.empty() && subnet != nullptr)
      vm.addresses.network_id = subnet->network_id;
    settle_addresses(
        vm, {vm.addresses.network_id, address(event.private_ipv4), address(event.public_ipv4)});
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmStarted& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::running;
    if (vm.addresses.private_ipv4 != 0) return;
    // Logged before there were pools: its node gave it addresses.
    settle_addresses(vm, {default_network(vm.shape.project_id, vm.shape.location).network_id,
                          address(event.private_ipv4), address(event.public_ipv4)});
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmStopRequested&) {
  enter(recorded, Phase::stopping);
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmStopped&) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::stopped;
    vm.nothing_runs = true;
    give_dynamic_address_back(vm);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmStartRequested&) {
  update(stream_id(recorded.stream), recorded, [](VmRecord& vm) {
    vm.phase = Phase::waiting;
    vm.lease = VmRecord::LeasePhase::none;
    vm.lease_failure = {};
    vm.trouble = VmRecord::Trouble::none;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmStartFailed& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::stopped;
    vm.obstacle = {};
    vm.operation_failure = {event.code, event.message};
    give_dynamic_address_back(vm);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmResetRequested&) {
  enter(recorded, Phase::resetting);
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmReset&) {
  update(stream_id(recorded.stream), recorded, [](VmRecord& vm) {
    vm.phase = Phase::running;
    vm.operation_done = true;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmResized& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.shape.type = event.type;
    vm.shape.gpu_model = event.gpu_model;
    vm.shape.gpu_count = event.gpu_count;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmNetworkChanged& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.shape.subnet_id = event.subnet_id;
    vm.shape.public_address = event.public_address;
    const auto* subnet = book_.subnet(event.subnet_id);
    settle_addresses(vm, {subnet == nullptr ? vm.addresses.network_id : subnet->network_id,
                          address(event.private_ipv4), address(event.public_ipv4)});
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmReserved& event) {
  update(stream_id(recorded.stream), recorded,
         [&](VmRecord& vm) { vm.shape.reservation_id = event.reservation_id; });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmUnreserved&) {
  update(stream_id(recorded.stream), recorded,
         [](VmRecord& vm) { vm.shape.reservation_id.clear(); });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmDeletionRequested&) {
  enter(recorded, Phase::deleting);
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmFailed& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::failed;
    vm.obstacle = {};
    vm.vm_failure = {event.code, event.message};
    settle_addresses(vm, {});
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmDeleted&) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::deleted;
    settle_addresses(vm, {});
  });
}

void VmProcess::State::settle_addresses(VmRecord& vm, AddressBook::Addresses addresses) {
  book_.give_back(std::exchange(vm.promised, {}));
  book_.give_back(vm.addresses);
  vm.addresses = std::move(addresses);
  book_.take(vm.addresses);
}

void VmProcess::State::give_dynamic_address_back(VmRecord& vm) {
  auto kept = vm.addresses;
  if (vm.shape.public_address == PublicAddress::dynamic) kept.public_ipv4 = 0;
  settle_addresses(vm, std::move(kept));
}

void VmProcess::State::on(const RecordedEvent& recorded, const OperationStarted& event) {
  const std::string operation(stream_id(recorded.stream));
  const auto begin = [&](auto change) {
    create(event.target_id);
    operations_.emplace(operation, event.target_id);
    update(event.target_id, recorded, change);
  };
  std::visit(Match{
                 [&](const CreateVm& goal) {
                   begin([&](VmRecord& vm) {
                     if (vm.phase != Phase::unknown || !vm.create_operation.empty()) {
                       vm.surplus_operations.push_back(operation);
                     } else {
                       vm.create_operation = operation;
                       vm.wish = {VmRequested{goal.specification, goal.identity}};
                     }
                   });
                 },
                 [&](const DeleteVm&) {
                   begin([&](VmRecord& vm) { vm.delete_operations.push_back(operation); });
                 },
                 [&]<class Goal>(const Goal& goal) {
                   if constexpr (boost::mp11::mp_contains<VmGoal, Goal>::value)
                     begin([&](VmRecord& vm) { vm.operations.push_back({operation, goal}); });
                 },
             },
             event.goal);
}

void VmProcess::State::on(const RecordedEvent& recorded, const OperationSucceeded&) {
  end_operation(recorded);
}

void VmProcess::State::on(const RecordedEvent& recorded, const OperationFailed&) {
  end_operation(recorded);
}

void VmProcess::State::end_operation(const RecordedEvent& recorded) {
  const auto found = operations_.find(stream_id(recorded.stream));
  if (found == operations_.end()) return;
  const auto operation = operations_.extract(found);
  update(operation.mapped(), recorded, [&](VmRecord& vm) {
    // The same step may be owed to the next operation.
    if (is_answer(vm.asked)) vm.asked = VmStep::nothing;
    vm.obstacle = {};
    vm.operation_failure = {};
    vm.operation_done = false;
    for (auto& disk : vm.disks) disk.provisional = false;
    if (vm.create_operation == operation.key()) vm.create_operation.clear();
    std::erase_if(vm.operations, [&](const auto& each) { return each.id == operation.key(); });
    std::erase(vm.delete_operations, operation.key());
    std::erase(vm.surplus_operations, operation.key());
  });
}

}  // namespace orrery
