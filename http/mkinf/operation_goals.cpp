#include "http/mkinf/operation_goals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "actors/runtime/decision.hpp"
#include "http/mkinf/disk_request.hpp"
#include "http/mkinf/firewall_rule_request.hpp"
#include "http/mkinf/vm_request.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

json::object action(std::string_view name) { return {{"action", name}}; }

json::object create_json(const CreateVm& create) {
  const auto& words = create.specification;
  return request_json(VmRequest{words.name, words.type, words.location, words.image, {}, {}, {}});
}

json::object resize_json(const ResizeVm& resize) {
  auto request = action("UPDATE");
  request.emplace("type", resize.type);
  return request;
}

json::object network_json(const ChangeVmNetwork& change) {
  const bool is_fixed = change.public_address == PublicAddress::fixed;
  const json::object address{{"type", is_fixed ? "static" : "dynamic"}};
  json::array ips;
  if (change.public_address != PublicAddress::none)
    ips.push_back(json::object{{"public_ipv4", address}});
  auto request = action("UPDATE");
  request.emplace("network_interfaces",
                  json::array{json::object{{"subnet", change.subnet_id}, {"ips", std::move(ips)}}});
  return request;
}

json::object reserve_json(const ReserveVm& reserve) {
  auto request = action("RESERVE");
  request.emplace("reservation_id", reserve.reservation_id);
  return request;
}

json::object attach_json(const AttachDisks& attach) {
  json::array disks;
  for (const auto& disk : attach.disks)
    disks.push_back(json::object{
        {"disk_id", disk.disk_id}, {"attachment_type", "data"}, {"mode", mode_name(disk.mode)}});
  return {{"attach_disks", std::move(disks)}};
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
  return std::visit(Match{
                        [](const CreateVm& create) { return create_json(create); },
                        [](const PowerOnVm&) { return action("START"); },
                        [](const PowerOffVm&) { return action("STOP"); },
                        [](const ResetVm&) { return action("RESET"); },
                        [](const ResizeVm& resize) { return resize_json(resize); },
                        [](const ChangeVmNetwork& change) { return network_json(change); },
                        [](const ReserveVm& reserve) { return reserve_json(reserve); },
                        [](const UnreserveVm&) { return action("UNRESERVE"); },
                        [](const AttachDisks& attach) { return attach_json(attach); },
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
