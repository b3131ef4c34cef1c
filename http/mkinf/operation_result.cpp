#include "http/mkinf/operation_result.hpp"

#include <boost/json/object.hpp>

#include "events/stream_name.hpp"
#include "http/mkinf/disk_json.hpp"
#include "http/mkinf/firewall_rule_json.hpp"
#include "http/mkinf/network_json.hpp"
#include "http/mkinf/operation_history.hpp"
#include "http/mkinf/vm_history.hpp"
#include "http/mkinf/vm_json.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

/// A view of one stream alone, as it was when the operation ended.
template <class ViewOfKind>
void fold(ViewOfKind& view, const MkinfContext& context, const OperationDetails& operation,
          std::string_view prefix, std::string_view id) {
  const std::vector streams{stream_name(prefix, id)};
  for (const auto& event : events_until_end_of(*context.log, operation.id, streams))
    view.apply(event);
}

/// The stream that a subnet lives in.
std::string network_of(const MkinfContext& context, const OperationDetails& operation) {
  const auto subnet = context.networks->find_subnet_with_deleted(operation.target_id);
  return subnet ? subnet->network_id : std::string();
}

json::value vm_result(const MkinfContext& context, const OperationDetails& operation) {
  const auto vm = vm_at_end_of(context, operation);
  return vm ? vm_json(*vm) : json::value();
}

json::value disk_result(const MkinfContext& context, const OperationDetails& operation) {
  DiskView view;
  fold(view, context, operation, "disk", operation.target_id);
  const auto disk = view.find_with_deleted(operation.target_id);
  return disk ? disk_json(*disk) : json::value();
}

json::value network_result(const MkinfContext& context, const OperationDetails& operation) {
  NetworkView view;
  fold(view, context, operation, "network", operation.target_id);
  const auto network = view.find_network_with_deleted(operation.target_id);
  return network ? network_json(*network) : json::value();
}

json::value subnet_result(const MkinfContext& context, const OperationDetails& operation) {
  NetworkView view;
  fold(view, context, operation, "network", network_of(context, operation));
  const auto subnet = view.find_subnet_with_deleted(operation.target_id);
  return subnet ? subnet_json(*subnet) : json::value();
}

json::value firewall_rule_result(const MkinfContext& context, const OperationDetails& operation) {
  FirewallRuleView view;
  fold(view, context, operation, "firewall_rule", operation.target_id);
  auto rule = view.find_with_deleted(operation.target_id);
  if (!rule) return nullptr;
  // What it names was looked up when the request was accepted; it stands in other streams.
  rule->active = !rule->deleted;
  return firewall_rule_json(*rule);
}

json::value success_json(const MkinfContext& context, const OperationDetails& operation) {
  switch (operation.collection) {
    case OperationCollection::vm:
      return vm_result(context, operation);
    case OperationCollection::disk:
      return disk_result(context, operation);
    case OperationCollection::network:
      return network_result(context, operation);
    case OperationCollection::subnet:
      return subnet_result(context, operation);
    case OperationCollection::firewall_rule:
      return firewall_rule_result(context, operation);
  }
  return nullptr;
}

}  // namespace

json::value result_json(const MkinfContext& context, const OperationDetails& operation) {
  switch (operation.state) {
    case OperationState::in_progress:
      return nullptr;
    case OperationState::succeeded:
      return success_json(context, operation);
    case OperationState::failed:
      return json::object{{"code", operation.failure_code}, {"message", operation.failure_message}};
  }
  return nullptr;
}

}  // namespace orrery::mkinf
