#include "sim/checkers/addresses_unique.hpp"

#include <algorithm>

#include "actors/network/ipv4_block.hpp"
#include "events/default_network.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

bool lies_in(const std::string& address, const std::string& cidr) {
  const auto block = Ipv4Block::parse(cidr);
  const auto number = parse_ipv4(address);
  return block && number && block->contains(*number);
}

}  // namespace

void AddressesUnique::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto& stream = recorded.stream;
  if (const auto* subnet = std::get_if<SubnetAdded>(&event)) {
    subnets_[subnet->subnet_id] = {std::string(stream_id(stream)), subnet->cidr};
  } else if (const auto* pool = std::get_if<AddressPoolDeclared>(&event)) {
    pools_[pool->location].insert(pool->cidr);
  } else if (const auto* request = std::get_if<VmRequested>(&event)) {
    requested(recorded, *request);
  } else if (const auto* placed = std::get_if<VmPlaced>(&event)) {
    hold(recorded, placed->private_ipv4, placed->public_ipv4);
  } else if (const auto* changed = std::get_if<VmNetworkChanged>(&event)) {
    vms_[stream].subnet_id = changed->subnet_id;
    vms_[stream].kind = changed->public_address;
    hold(recorded, changed->private_ipv4, changed->public_ipv4);
  } else if (std::holds_alternative<VmStopped>(event) ||
             std::holds_alternative<VmStartFailed>(event)) {
    stopped(stream);
  } else if (std::holds_alternative<VmFailed>(event) || std::holds_alternative<VmDeleted>(event)) {
    gone(stream);
  }
}

void AddressesUnique::requested(const RecordedEvent& recorded, const VmRequested& request) {
  const auto& wish = request.specification;
  auto& vm = vms_[recorded.stream];
  vm.location = wish.location;
  vm.kind = wish.public_address;
  vm.subnet_id = wish.subnet_id.empty() ? default_network(wish.project_id, wish.location).subnet_id
                                        : wish.subnet_id;
}

void AddressesUnique::hold(const RecordedEvent& recorded, const std::string& private_ipv4,
                           const std::string& public_ipv4) {
  auto& vm = vms_[recorded.stream];
  const auto& subnet = subnets_[vm.subnet_id];
  const auto& pools = pools_[vm.location];
  if (!lies_in(private_ipv4, subnet.cidr))
    violated(recorded.position, private_ipv4 + " is not of the subnet " + vm.subnet_id);
  if (public_ipv4.empty() != (vm.kind == PublicAddress::none))
    violated(recorded.position, recorded.stream + " has a public address, or none, unasked");
  if (!public_ipv4.empty() && std::none_of(pools.begin(), pools.end(), [&](const auto& cidr) {
        return lies_in(public_ipv4, cidr);
      }))
    violated(recorded.position, public_ipv4 + " is of no pool at " + vm.location);
  holders_.erase(vm.private_address);
  holders_.erase(vm.public_address);
  vm.private_address = subnet.network_id + "/" + private_ipv4;
  vm.public_address = public_ipv4.empty() ? "" : "public/" + public_ipv4;
  take(recorded, vm.private_address);
  if (!vm.public_address.empty()) take(recorded, vm.public_address);
}

void AddressesUnique::take(const RecordedEvent& recorded, const std::string& address) {
  const auto [holder, fresh] = holders_.emplace(address, recorded.stream);
  if (!fresh)
    violated(recorded.position,
             address + " is given to " + recorded.stream + " while " + holder->second + " has it");
}

void AddressesUnique::stopped(const std::string& vm_stream) {
  auto& vm = vms_[vm_stream];
  if (vm.kind != PublicAddress::dynamic) return;
  holders_.erase(vm.public_address);
  vm.public_address.clear();
}

void AddressesUnique::gone(const std::string& vm_stream) {
  const auto vm = vms_.extract(vm_stream);
  if (vm.empty()) return;
  holders_.erase(vm.mapped().private_address);
  holders_.erase(vm.mapped().public_address);
}

}  // namespace orrery
