#include "http/mkinf/vm_json.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "events/default_network.hpp"
#include "http/json/timestamp.hpp"
#include "http/mkinf/disk_request.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

json::object os_disk_json(const VmDetails& vm) {
  const auto created_at = rfc3339_seconds(vm.created_at);
  return {{"id", vm.identity.os_disk_id},
          {"name", fmt::format("OS-disk-{}", vm.id)},
          {"type", "persistent-ssd"},
          {"size", "128GiB"},
          {"location", vm.specification.location},
          {"block_size", 0},
          {"created_at", created_at},
          {"updated_at", created_at},
          {"serial_number", vm.identity.os_disk_serial},
          {"attachment_type", "os"},
          {"mode", "read-write"}};
}

json::object data_disk_json(const AttachedDisk& disk) {
  const auto& words = disk.specification;
  return {{"id", disk.id},
          {"name", words.name},
          {"type", type_name(words.type)},
          {"size", disk_size_text(words.size_gib)},
          {"location", words.location},
          {"block_size", words.block_size},
          {"created_at", rfc3339_seconds(disk.created_at)},
          {"updated_at", rfc3339_seconds(disk.updated_at)},
          {"serial_number", disk.serial_number},
          {"attachment_type", "data"},
          {"mode", mode_name(disk.mode)}};
}

json::array disks_json(const VmDetails& vm) {
  json::array disks(1, os_disk_json(vm));
  for (const auto& disk : vm.disks) disks.push_back(data_disk_json(disk));
  return disks;
}

/// None until the VM runs.
json::array addresses_json(const VmDetails& vm) {
  if (vm.private_ipv4.empty() && vm.public_ipv4.empty()) return {};
  json::object pair{{"private_ipv4", json::object{{"address", vm.private_ipv4}}}};
  const bool is_fixed = vm.specification.public_address == PublicAddress::fixed;
  if (!vm.public_ipv4.empty())
    pair.emplace("public_ipv4", json::object{{"address", vm.public_ipv4},
                                             {"id", vm.identity.public_ip_id},
                                             {"type", is_fixed ? "static" : "dynamic"}});
  return json::array(1, std::move(pair));
}

json::object interface_json(const VmDetails& vm) {
  const auto place = place_of(vm);
  return {{"id", vm.identity.interface_id}, {"name", "default-network-interface"},
          {"network", place.network_id},    {"subnet", place.subnet_id},
          {"interface_type", "Ethernet"},   {"mac_address", vm.identity.mac_address},
          {"ips", addresses_json(vm)}};
}

}  // namespace

std::string_view state_name(VmState state) {
  switch (state) {
    case VmState::waiting:
    case VmState::provisioning:
    case VmState::starting:
      return "STATE_PROVISIONING";
    case VmState::running:
    case VmState::resetting:
      return "STATE_RUNNING";
    case VmState::stopping:
      return "STATE_SHUTDOWN";
    case VmState::stopped:
      return "STATE_SHUTOFF";
    case VmState::deleting:
      return "STATE_DELETING";
    case VmState::failed:
      return "STATE_CRASHED";
    case VmState::deleted:
      return "STATE_DELETED";
  }
  return "";
}

json::object vm_json(const VmDetails& vm) {
  return {{"id", vm.id},
          {"project_id", vm.specification.project_id},
          {"type", vm.specification.type},
          {"state", state_name(vm.state)},
          {"ssh_destination", ":0"},
          {"created_at", rfc3339_seconds(vm.created_at)},
          {"updated_at", rfc3339_seconds(vm.updated_at)},
          {"name", vm.specification.name},
          {"location", vm.specification.location},
          {"commitment_period", 0},
          {"commitment_end", ""},
          {"disks", disks_json(vm)},
          {"network_interfaces", json::array(1, interface_json(vm))},
          {"host_channel_adapters", json::array()},
          {"virtualization_features",
           json::object{{"nested_virtualization", vm.specification.nested_virtualization}}},
          {"instance_template_id", ""},
          {"instance_group_id", ""},
          {"reservation_id", vm.specification.reservation_id}};
}

DefaultNetwork place_of(const VmDetails& vm) {
  const auto& words = vm.specification;
  auto place = default_network(words.project_id, words.location);
  if (words.subnet_id.empty() || words.subnet_id == place.subnet_id) return place;
  return {vm.network_id, words.subnet_id};
}

bool is_shown(const VmDetails& vm) { return vm.state != VmState::failed || vm.started_at; }

std::string render_vm(const VmDetails& vm) {
  return is_shown(vm) ? json::serialize(vm_json(vm)) : std::string();
}

}  // namespace orrery::mkinf
