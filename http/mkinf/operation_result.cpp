#include "http/mkinf/operation_result.hpp"

#include <boost/json/object.hpp>

#include "actors/runtime/decision.hpp"
#include "http/mkinf/disk_json.hpp"
#include "http/mkinf/firewall_rule_json.hpp"
#include "http/mkinf/network_json.hpp"
#include "http/mkinf/vm_history.hpp"
#include "http/mkinf/vm_json.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

/// Overloads by goal: the resource as the operation left it. One that no view knows is null.
struct Left {
  const MkinfContext& context;
  const OperationDetails& operation;

  json::value operator()(const CreateDisk& create) const {
    auto disk = context.disks->find_with_deleted(operation.target_id);
    if (!disk) return nullptr;
    disk->specification = create.specification;
    disk->users.clear();
    disk->updated_at = disk->created_at;
    return disk_json(*disk);
  }
  json::value operator()(const ResizeDisk& resize) const {
    auto disk = context.disks->find_with_deleted(operation.target_id);
    if (!disk) return nullptr;
    disk->specification.size_gib = resize.size_gib;
    if (operation.completed_at) disk->updated_at = *operation.completed_at;
    return disk_json(*disk);
  }
  json::value operator()(const DeleteDisk&) const {
    const auto disk = context.disks->find_with_deleted(operation.target_id);
    return disk ? disk_json(*disk) : json::value();
  }

  json::value operator()(const RenameNetwork& rename) const {
    auto network = context.networks->find_network_with_deleted(operation.target_id);
    if (!network) return nullptr;
    network->name = rename.name;
    return network_json(*network);
  }
  json::value operator()(const DeleteNetwork&) const {
    const auto network = context.networks->find_network_with_deleted(operation.target_id);
    return network ? network_json(*network) : json::value();
  }
  json::value operator()(const RenameSubnet& rename) const {
    auto subnet = context.networks->find_subnet_with_deleted(operation.target_id);
    if (!subnet) return nullptr;
    subnet->name = rename.name;
    return subnet_json(*subnet);
  }
  json::value operator()(const DeleteSubnet&) const {
    const auto subnet = context.networks->find_subnet_with_deleted(operation.target_id);
    return subnet ? subnet_json(*subnet) : json::value();
  }

  json::value operator()(const CreateFirewallRule& create) const {
    auto rule = context.firewall_rules->find_with_deleted(operation.target_id);
    if (!rule) return nullptr;
    rule->rule = create.rule;
    return firewall_rule_json(*rule);
  }
  json::value operator()(const ChangeFirewallRule& change) const {
    auto rule = context.firewall_rules->find_with_deleted(operation.target_id);
    if (!rule) return nullptr;
    rule->rule.match = change.match;
    return firewall_rule_json(*rule);
  }
  json::value operator()(const DeleteFirewallRule&) const {
    auto rule = context.firewall_rules->find_with_deleted(operation.target_id);
    if (!rule) return nullptr;
    rule->active = false;
    return firewall_rule_json(*rule);
  }

  /// Whatever happens to a VM.
  json::value operator()(const auto&) const {
    const auto vm = vm_at_end_of(context, operation);
    return vm ? vm_json(*vm) : json::value();
  }
};

}  // namespace

json::value result_json(const MkinfContext& context, const OperationDetails& operation) {
  switch (operation.state) {
    case OperationState::in_progress:
      return nullptr;
    case OperationState::succeeded:
      return std::visit(Left{context, operation}, operation.goal);
    case OperationState::failed:
      return json::object{{"code", operation.failure_code}, {"message", operation.failure_message}};
  }
  return nullptr;
}

}  // namespace orrery::mkinf
