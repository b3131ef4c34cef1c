#include "http/mkinf/operation_goals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "actors/runtime/decision.hpp"
#include "http/mkinf/attachment_request.hpp"
#include "http/mkinf/disk_request.hpp"
#include "http/mkinf/firewall_rule_request.hpp"
#include "http/mkinf/interface_request.hpp"
#include "http/mkinf/vm_request.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

json::object action(std::string_view name) { return {{"action", name}}; }

json::object resize_json(const ResizeVm& resize) {
  auto request = action("UPDATE");
  request.emplace("type", resize.type);
  return request;
}

json::object network_json(const ChangeVmNetwork& change) {
  auto request = action("UPDATE");
  request.emplace("network_interfaces", interfaces_json(change.subnet_id, change.public_address));
  return request;
}

json::object reserve_json(const ReserveVm& reserve) {
  auto request = action("RESERVE");
  request.emplace("reservation_id", reserve.reservation_id);
  return request;
}

}  // namespace

GoalNames names_of(const OperationGoal& goal) {
  return std::visit(Match{
                        [](const CreateVm&) -> GoalNames {
                          return {"CREATE", "vm"};
                        },
                        [](const DeleteVm&) -> GoalNames {
                          return {"DELETE", "vm"};
                        },
                        [](const PowerOnVm&) -> GoalNames {
                          return {"START", "vm"};
                        },
                        [](const PowerOffVm&) -> GoalNames {
                          return {"STOP", "vm"};
                        },
                        [](const ResetVm&) -> GoalNames {
                          return {"RESET", "vm"};
                        },
                        [](const ResizeVm&) -> GoalNames {
                          return {"UPDATE", "vm"};
                        },
                        [](const ChangeVmNetwork&) -> GoalNames {
                          return {"UPDATE", "vm"};
                        },
                        [](const ReserveVm&) -> GoalNames {
                          return {"RESERVE", "vm"};
                        },
                        [](const UnreserveVm&) -> GoalNames {
                          return {"UNRESERVE", "vm"};
                        },
                        [](const AttachDisks&) -> GoalNames {
                          return {"ATTACH_DISKS", "vm"};
                        },
                        [](const DetachDisks&) -> GoalNames {
                          return {"DETACH_DISKS", "vm"};
                        },
                        [](const CreateDisk&) -> GoalNames {
                          return {"CREATE", "disk"};
                        },
                        [](const ResizeDisk&) -> GoalNames {
                          return {"UPDATE", "disk"};
                        },
                        [](const DeleteDisk&) -> GoalNames {
                          return {"DELETE", "disk"};
                        },
                        [](const RenameNetwork&) -> GoalNames {
                          return {"UPDATE", "vpc_network"};
                        },
                        [](const DeleteNetwork&) -> GoalNames {
                          return {"DELETE", "vpc_network"};
                        },
                        [](const RenameSubnet&) -> GoalNames {
                          return {"UPDATE", "vpc_subnet"};
                        },
                        [](const DeleteSubnet&) -> GoalNames {
                          return {"DELETE", "vpc_subnet"};
                        },
                        [](const CreateFirewallRule&) -> GoalNames {
                          return {"CREATE", "vpc_firewall_rule"};
                        },
                        [](const ChangeFirewallRule&) -> GoalNames {
                          return {"UPDATE", "vpc_firewall_rule"};
                        },
                        [](const DeleteFirewallRule&) -> GoalNames {
                          return {"DELETE", "vpc_firewall_rule"};
                        },
                    },
                    goal);
}

json::object request_json(const OperationGoal& goal) {
  return std::visit(
      Match{
          [](const CreateVm& create) { return request_json(request_behind(create.specification)); },
          [](const PowerOnVm&) { return action("START"); },
          [](const PowerOffVm&) { return action("STOP"); },
          [](const ResetVm&) { return action("RESET"); },
          [](const ResizeVm& resize) { return resize_json(resize); },
          [](const ChangeVmNetwork& change) { return network_json(change); },
          [](const ReserveVm& reserve) { return reserve_json(reserve); },
          [](const UnreserveVm&) { return action("UNRESERVE"); },
          [](const AttachDisks& attach) {
            return json::object{{"attach_disks", attachments_json(attach.disks)}};
          },
          [](const DetachDisks& detach) {
            return json::object{{"detach_disks", json::value_from(detach.disk_ids)}};
          },
          [](const CreateDisk& create) { return request_json(create.specification); },
          [](const ResizeDisk& resize) {
            return json::object{{"size", disk_size_text(resize.size_gib)}};
          },
          [](const RenameNetwork& rename) {
            return json::object{{"name", rename.name}};
          },
          [](const RenameSubnet& rename) {
            return json::object{{"name", rename.name}};
          },
          [](const CreateFirewallRule& create) { return request_json(create.rule); },
          [](const ChangeFirewallRule& change) { return match_json(change.match); },
          [](const auto&) { return json::object(); },  // A delete says nothing.
      },
      goal);
}

}  // namespace orrery::mkinf
