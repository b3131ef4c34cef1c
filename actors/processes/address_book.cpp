#include "actors/processes/address_book.hpp"

#include <algorithm>

#include "actors/runtime/decision.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

using Interval = boost::icl::interval_set<std::uint64_t>::interval_type;

Interval only(std::uint32_t address) {
  return Interval::right_open(address, std::uint64_t{address} + 1);
}

}  // namespace

void AddressBook::apply(const RecordedEvent& recorded) {
  std::visit(Match{
                 [&](const SubnetAdded& added) {
                   add_subnet(std::string(stream_id(recorded.stream)), added.subnet_id, added.cidr);
                 },
                 [&](const SubnetRemoved& removed) { remove_subnet(removed.subnet_id); },
                 [&](const NetworkDeleted&) { remove_network(stream_id(recorded.stream)); },
                 [&](const AddressPoolDeclared& pool) {
                   const auto block = Ipv4Block::parse(pool.cidr);
                   if (!block) return;
                   auto& pools = pools_[pool.location];
                   pools[std::string(stream_id(recorded.stream))] = {block->base, block->last()};
                 },
                 [](const auto&) {},
             },
             recorded.event);
}

void AddressBook::add_subnet(const std::string& network_id, const std::string& subnet_id,
                             const std::string& cidr) {
  const auto block = Ipv4Block::parse(cidr);
  const auto hosts = block ? host_range(*block) : std::nullopt;
  if (hosts) subnets_[subnet_id] = {network_id, cidr, hosts->first, hosts->last};
}

void AddressBook::remove_subnet(std::string_view subnet_id) {
  const auto found = subnets_.find(subnet_id);
  if (found != subnets_.end()) found->second.removed = true;
}

void AddressBook::remove_network(std::string_view network_id) {
  deleted_networks_.emplace_back(network_id);
  for (auto& [id, subnet] : subnets_)
    if (subnet.network_id == network_id) subnet.removed = true;
}

const AddressBook::Subnet* AddressBook::subnet(std::string_view subnet_id) const {
  const auto found = subnets_.find(subnet_id);
  return found == subnets_.end() ? nullptr : &found->second;
}

bool AddressBook::is_deleted(std::string_view network_id) const {
  return std::find(deleted_networks_.begin(), deleted_networks_.end(), network_id) !=
         deleted_networks_.end();
}

std::vector<Ipv4Block> AddressBook::subnets_of(std::string_view network_id) const {
  std::vector<Ipv4Block> blocks;
  for (const auto& [id, subnet] : subnets_)
    if (subnet.network_id == network_id && !subnet.removed)
      blocks.push_back(*Ipv4Block::parse(subnet.cidr));
  return blocks;
}

std::optional<std::uint32_t> AddressBook::free_private(const Subnet& subnet) const {
  if (subnet.removed) return std::nullopt;
  const auto taken = taken_private_.find(subnet.network_id);
  if (taken == taken_private_.end()) return subnet.first;
  return lowest_free(taken->second, subnet.first, subnet.last);
}

std::optional<std::uint32_t> AddressBook::free_public(std::string_view location) const {
  const auto pools = pools_.find(location);
  if (pools == pools_.end()) return std::nullopt;
  for (const auto& [name, pool] : pools->second)
    if (const auto free = lowest_free(taken_public_, pool.first, pool.last)) return free;
  return std::nullopt;
}

/// Taken neighbours are one interval, so the address after the one that holds `first` is free.
std::optional<std::uint32_t> AddressBook::lowest_free(const Taken& taken, std::uint32_t first,
                                                      std::uint32_t last) {
  const auto around = taken.find(std::uint64_t{first});
  if (around == taken.end()) return first;
  const auto free = around->upper();
  if (free > last) return std::nullopt;
  return static_cast<std::uint32_t>(free);
}

void AddressBook::take(const Addresses& addresses) {
  if (addresses.private_ipv4 != 0)
    taken_private_[addresses.network_id].insert(only(addresses.private_ipv4));
  if (addresses.public_ipv4 != 0) taken_public_.insert(only(addresses.public_ipv4));
}

void AddressBook::give_back(const Addresses& addresses) {
  if (const auto taken = taken_private_.find(addresses.network_id);
      taken != taken_private_.end() && addresses.private_ipv4 != 0) {
    taken->second.erase(only(addresses.private_ipv4));
    if (taken->second.empty()) taken_private_.erase(taken);
  }
  if (addresses.public_ipv4 != 0) taken_public_.erase(only(addresses.public_ipv4));
}

void AddressBook::save(ByteWriter& writer) const { writer(subnets_, deleted_networks_, pools_); }

void AddressBook::load(ByteReader& reader) {
  *this = AddressBook();
  reader(subnets_, deleted_networks_, pools_);
}

}  // namespace orrery
