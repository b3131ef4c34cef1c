#include "http/history/short_paths.hpp"

#include <utility>

#include <fmt/format.h>

#include "events/stream_name.hpp"
#include "http/crusoe/surface.hpp"
#include "http/mkinf/surface.hpp"
#include "projections/disks/disk_view.hpp"
#include "projections/networks/network_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery {
namespace {

using Streams = std::optional<std::vector<std::string>>;

/// The operation that asked for a VM, which is there from then on: the cause of its first event.
std::optional<std::string> creation_of(const EventLog& log, std::string_view vm_stream) {
  Position cause = 0;
  (void)log.read_stream(vm_stream, 1, [&](const StoredEvent& stored) {
    cause = stored.causation;
    return false;
  });
  std::optional<std::string> stream;
  if (cause == 0) return stream;
  (void)log.read(cause, cause, [&](const StoredEvent& stored) {
    if (stream_aggregate(stored.stream) == "operation") stream.emplace(stored.stream);
    return false;
  });
  return stream;
}

/// Every subnet that a VM has ever been in.
std::vector<std::string> subnets_of(const EventLog& log, std::string_view vm_stream) {
  std::vector<std::string> subnets;
  (void)log.read_stream(vm_stream, 1, [&](const StoredEvent& stored) {
    const auto recorded = record(stored);
    if (const auto* requested = std::get_if<VmRequested>(&recorded.event))
      subnets.push_back(requested->specification.subnet_id);
    if (const auto* changed = std::get_if<VmNetworkChanged>(&recorded.event))
      subnets.push_back(changed->subnet_id);
    return true;
  });
  return subnets;
}

/// The stream that a subnet lives in is that of its network.
void add_subnet(const MkinfContext& live, std::string_view subnet_id,
                std::vector<std::string>& streams) {
  if (const auto subnet = live.networks->find_subnet_with_deleted(subnet_id))
    streams.push_back(stream_name("network", subnet->network_id));
}

bool add_vm(const MkinfContext& live, std::string_view vm_id, std::vector<std::string>& streams) {
  const auto now = live.vms->find_with_deleted(vm_id);
  const auto stream = stream_name("vm", vm_id);
  const auto creation = now ? creation_of(*live.log, stream) : std::nullopt;
  if (!creation) return false;
  streams.push_back(stream);
  streams.push_back(*creation);
  for (const auto& disk : now->disks) streams.push_back(stream_name("disk", disk.id));
  for (const auto& disk_id : now->former_disk_ids) streams.push_back(stream_name("disk", disk_id));
  for (const auto& subnet_id : subnets_of(*live.log, stream)) add_subnet(live, subnet_id, streams);
  return true;
}

/// Everything in a project needs the project.
std::vector<std::string> project_streams(const Request& request) {
  return {stream_name("project", request.path_parameters[0])};
}

Streams of_vm(const MkinfContext& live, const Request& request) {
  auto streams = project_streams(request);
  if (!add_vm(live, request.path_parameters[1], streams)) return std::nullopt;
  return streams;
}

/// A disk of an operating system comes and goes with its VM, as one of its users.
Streams of_disk(const MkinfContext& live, const Request& request) {
  const auto now = live.disks->find_with_deleted(request.path_parameters[1]);
  if (!now || now->is_os_disk) return std::nullopt;
  auto streams = project_streams(request);
  streams.push_back(stream_name("disk", now->id));
  return streams;
}

Streams of_network(const MkinfContext& live, const Request& request) {
  const auto now = live.networks->find_network_with_deleted(request.path_parameters[1]);
  if (!now) return std::nullopt;
  auto streams = project_streams(request);
  streams.push_back(stream_name("network", now->id));
  return streams;
}

Streams of_subnet(const MkinfContext& live, const Request& request) {
  auto streams = project_streams(request);
  const auto known = streams.size();
  add_subnet(live, request.path_parameters[1], streams);
  return streams.size() > known ? Streams(std::move(streams)) : std::nullopt;
}

/// What an operation shows of its end is read from the streams of its target.
Streams of_operation(const MkinfContext& live, const Request& request) {
  const auto now = live.operations->find(request.path_parameters[0], request.path_parameters[1]);
  if (!now) return std::nullopt;
  auto streams = project_streams(request);
  streams.push_back(stream_name("operation", now->id));
  switch (now->collection) {
    case OperationCollection::vm:
      if (!add_vm(live, now->target_id, streams)) return std::nullopt;
      return streams;
    case OperationCollection::subnet:
      add_subnet(live, now->target_id, streams);
      return streams;
    case OperationCollection::disk:
      streams.push_back(stream_name("disk", now->target_id));
      return streams;
    case OperationCollection::network:
      streams.push_back(stream_name("network", now->target_id));
      return streams;
    case OperationCollection::firewall_rule:
      break;
  }
  return std::nullopt;
}

}  // namespace

void add_mkinf_short_paths(Hindsight& hindsight, std::shared_ptr<const MkinfContext> live) {
  const auto add = [&](const std::string& pattern,
                       Streams (*streams)(const MkinfContext&, const Request&)) {
    hindsight.add_short_path(
        pattern, [live, streams](const Request& request) { return streams(*live, request); });
  };
  for (const auto* surface : {&mkinf::mkinf_surface(), &crusoe_surface()}) {
    add(fmt::format("{}/{{vm_id}}", surface->vms), of_vm);
    add(fmt::format("{}/{{disk_id}}", surface->disks), of_disk);
    add(fmt::format("{}/{{network_id}}", surface->networks), of_network);
    add(fmt::format("{}/{{subnet_id}}", surface->subnets), of_subnet);
    for (const auto collection :
         {surface->vms, surface->disks, surface->networks, surface->subnets})
      add(fmt::format("{}/operations/{{operation_id}}", collection), of_operation);
  }
}

}  // namespace orrery
