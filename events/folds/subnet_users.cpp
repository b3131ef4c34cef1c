#include "events/folds/subnet_users.hpp"

#include "events/default_network.hpp"
#include "events/stream_name.hpp"

namespace orrery {

void SubnetUsers::apply(const RecordedEvent& recorded) {
  const auto vm_id = stream_id(recorded.stream);
  if (const auto* requested = std::get_if<VmRequested>(&recorded.event)) {
    const auto& specification = requested->specification;
    if (specification.subnet_id.empty())
      enter(vm_id, default_network(specification.project_id, specification.location).subnet_id);
    else
      enter(vm_id, specification.subnet_id);
  } else if (const auto* changed = std::get_if<VmNetworkChanged>(&recorded.event)) {
    if (subnet_of_vm_.find(vm_id)) enter(vm_id, changed->subnet_id);
  } else if (std::holds_alternative<VmFailed>(recorded.event) ||
             std::holds_alternative<VmDeleted>(recorded.event)) {
    leave(vm_id);
  }
}

void SubnetUsers::enter(std::string_view vm_id, std::string_view subnet_id) {
  leave(vm_id);
  subnet_of_vm_.insert(vm_id, std::string(subnet_id));
  count_up(subnet_id);
}

void SubnetUsers::leave(std::string_view vm_id) {
  const auto* subnet = subnet_of_vm_.find(vm_id);
  if (!subnet) return;
  if (auto* count = counts_.find(*subnet); count && --*count == 0) counts_.erase(*subnet);
  subnet_of_vm_.erase(vm_id);
}

void SubnetUsers::count_up(std::string_view subnet_id) {
  if (auto* count = counts_.find(subnet_id))
    ++*count;
  else
    counts_.insert(subnet_id, 1);
}

void SubnetUsers::load(ByteReader& reader) {
  *this = {};
  subnet_of_vm_.load(reader);
  subnet_of_vm_.visit([&](const std::string& subnet) { count_up(subnet); });
}

}  // namespace orrery
