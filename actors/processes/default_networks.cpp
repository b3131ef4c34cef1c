#include "actors/processes/default_networks.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "events/default_network.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

std::string network_id_of(std::string_view project_id) {
  return default_network(project_id, {}).network_id;
}

/// The lowest block of this size that is free; nothing where all are taken.
std::optional<Ipv4Block> free_block(const std::vector<Ipv4Block>& in_use,
                                    std::uint8_t prefix_length) {
  const auto network = Ipv4Block::parse(DefaultNetworks::cidr).value();
  Ipv4Block block{network.base, prefix_length};
  for (; network.contains(block); block.base += static_cast<std::uint32_t>(block.size()))
    if (std::ranges::none_of(in_use, [&](const auto& used) { return used.overlaps(block); }))
      return block;
  return std::nullopt;
}

/// Smaller ones where the customer's own subnets leave no room for one of the usual size.
std::optional<Ipv4Block> free_block(const std::vector<Ipv4Block>& in_use) {
  for (auto prefix_length = DefaultNetworks::subnet_prefix_length;
       prefix_length <= DefaultNetworks::smallest_prefix_length; ++prefix_length)
    if (const auto block = free_block(in_use, prefix_length)) return block;
  return std::nullopt;
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
  const auto collisions = std::erase_if(network->asked_subnets, [&](const auto& asked) {
    return block && asked.second.overlaps(*block);
  });
  if (collisions != 0 && resumed_)
    noted_.insert(project_of_network_.find(stream_id(recorded.stream))->second);
}

void DefaultNetworks::on(const RecordedEvent& recorded, const SubnetRemoved& event) {
  auto* network = network_of(recorded);
  if (!network) return;
  const auto subnet = network->subnets.find(event.subnet_id);
  if (subnet != network->subnets.end()) subnet->second.removed = true;
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
                                                             std::string(cidr)}}},
                    origin});
  for (const auto& location : locations_) {
    const auto subnet_id = default_network(project_id, location).subnet_id;
    if (network.subnets.contains(subnet_id) || network.asked_subnets.contains(subnet_id)) continue;
    const auto block = free_block(blocks_in_use(network));
    if (!block) return;  // No room: VMs at this location must name a subnet of their own.
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
