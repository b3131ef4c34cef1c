#include "actors/processes/default_networks.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/network/default_subnet.hpp"
#include "events/default_network.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

std::string network_id_of(std::string_view project_id) {
  return default_network(project_id, {}).network_id;
}

}  // namespace

void DefaultNetworks::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

void DefaultNetworks::meet(std::string_view project_id, const RecordedEvent& recorded) {
  if (project_id.empty() || networks_.contains(project_id)) return;
  auto& network = networks_[std::string(project_id)];
  network.causation = recorded.position;
  network.correlation = recorded.origin.correlation;
  project_of_network_.emplace(network_id_of(project_id), project_id);
  if (resumed_) noted_.emplace(project_id);
}

void DefaultNetworks::on(const RecordedEvent& recorded, const ProjectCreated&) {
  meet(stream_id(recorded.stream), recorded);
}

void DefaultNetworks::on(const RecordedEvent& recorded, const OperationStarted& event) {
  meet(event.project_id, recorded);
}

void DefaultNetworks::on(const RecordedEvent& recorded, const VmRequested& event) {
  meet(event.specification.project_id, recorded);
}

void DefaultNetworks::on(const RecordedEvent&, const ClusterDeclared& event) {
  if (event.location.empty() || !locations_.insert(event.location).second || !resumed_) return;
  for (const auto& [project_id, network] : networks_) noted_.insert(project_id);
}

void DefaultNetworks::note_project_of(const RecordedEvent& recorded) {
  if (resumed_) noted_.insert(project_of_network_.find(stream_id(recorded.stream))->second);
}

/// What was asked for isn't there, and won't be. The log says when it is worth asking again: when a
/// subnet comes or goes.
void DefaultNetworks::refused(const std::string& network_id,
                              const orrery::Network::Command& command) {
  const auto* add = std::get_if<orrery::Network::AddSubnet>(&command);
  const auto project = project_of_network_.find(network_id);
  if (!add || project == project_of_network_.end()) return;
  networks_.find(project->second)->second.asked_subnets.erase(add->description.subnet_id);
}

DefaultNetworks::Network* DefaultNetworks::network_of(const RecordedEvent& recorded) {
  const auto found = project_of_network_.find(stream_id(recorded.stream));
  if (found == project_of_network_.end()) return nullptr;
  return &networks_.find(found->second)->second;
}

void DefaultNetworks::on(const RecordedEvent& recorded, const NetworkCreated& event) {
  meet(event.project_id, recorded);
  if (auto* network = network_of(recorded)) network->created = true;
}

void DefaultNetworks::on(const RecordedEvent& recorded, const SubnetAdded& event) {
  auto* network = network_of(recorded);
  if (!network) return;
  network->subnets.insert_or_assign(event.subnet_id, Subnet{event.cidr, false});
  network->asked_subnets.erase(event.subnet_id);
  // A customer's own subnet came before one of ours where that was to be: ours goes elsewhere.
  const auto block = Ipv4Block::parse(event.cidr);
  std::erase_if(network->asked_subnets,
                [&](const auto& asked) { return block && asked.second.overlaps(*block); });
  note_project_of(recorded);
}

void DefaultNetworks::on(const RecordedEvent& recorded, const SubnetRemoved& event) {
  auto* network = network_of(recorded);
  if (!network) return;
  const auto subnet = network->subnets.find(event.subnet_id);
  if (subnet != network->subnets.end()) subnet->second.removed = true;
  note_project_of(recorded);  // There may be room now.
}

void DefaultNetworks::on(const RecordedEvent& recorded, const NetworkDeleted&) {
  if (auto* network = network_of(recorded)) network->deleted = true;
}

std::vector<OwedCommand> DefaultNetworks::due(std::string_view process_name) {
  std::vector<OwedCommand> owed;
  for (const auto& project_id : noted_) append_owed(project_id, owed, process_name);
  noted_.clear();
  return owed;
}

std::vector<OwedCommand> DefaultNetworks::resume(std::string_view process_name) {
  resumed_ = true;
  for (auto& [project_id, network] : networks_) {
    network.asked = false;
    network.asked_subnets.clear();
    noted_.insert(project_id);
  }
  return due(process_name);
}

std::vector<Ipv4Block> DefaultNetworks::blocks_in_use(const Network& network) {
  std::vector<Ipv4Block> blocks;
  for (const auto& [id, subnet] : network.subnets)
    if (const auto block = Ipv4Block::parse(subnet.cidr); block && !subnet.removed)
      blocks.push_back(*block);
  for (const auto& [id, block] : network.asked_subnets) blocks.push_back(block);
  return blocks;
}

void DefaultNetworks::append_owed(const std::string& project_id, std::vector<OwedCommand>& owed,
                                  std::string_view process_name) {
  auto& network = networks_.find(project_id)->second;
  if (network.deleted) return;
  const auto network_id = network_id_of(project_id);
  const Origin origin{std::string(process_name), network.causation, network.correlation};
  if (!network.created && !std::exchange(network.asked, true))
    owed.push_back({To<orrery::Network>{
                        network_id, orrery::Network::Create{{project_id, std::string(network_name),
                                                             std::string(default_network_cidr)}}},
                    origin});
  for (const auto& location : locations_) {
    const auto subnet_id = default_network(project_id, location).subnet_id;
    if (network.subnets.contains(subnet_id) || network.asked_subnets.contains(subnet_id)) continue;
    const auto block = default_subnet_block(blocks_in_use(network));
    if (!block) return;  // Until a subnet goes. VMs at this location must name one of their own.
    network.asked_subnets.emplace(subnet_id, *block);
    owed.push_back(
        {To<orrery::Network>{network_id,
                             orrery::Network::AddSubnet{{subnet_id, "default-subnet-" + location,
                                                         block->text(), location}}},
         origin});
  }
}

void DefaultNetworks::save(ByteWriter& writer) const { writer(networks_, locations_); }

void DefaultNetworks::load(ByteReader& reader) {
  *this = {};
  reader(networks_, locations_);
  for (const auto& [project_id, network] : networks_)
    project_of_network_.emplace(network_id_of(project_id), project_id);
}

}  // namespace orrery
