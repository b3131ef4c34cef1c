#include "actors/network/network.hpp"

#include <algorithm>
#include <utility>

#include "actors/network/ipv4_block.hpp"

namespace orrery {

using Answer = Decision<Network::Event, Network::Rejection>;
using Rejection = Network::Rejection;

namespace {

std::optional<Ipv4Block> block_of(const std::string& cidr) {
  const auto block = Ipv4Block::parse(cidr);
  if (!block || block->prefix_length < Network::prefix_length_min ||
      block->prefix_length > Network::prefix_length_max)
    return std::nullopt;
  return block;
}

Answer decide_create(const NetworkCreated& description) {
  if (description.name.empty()) return Rejection::name_must_not_be_empty;
  if (!block_of(description.cidr)) return Rejection::cidr_is_malformed;
  return happens<Answer>(description);
}

Answer decide_rename(const Network::Existing& network, const Network::Rename& rename) {
  if (rename.name.empty()) return Rejection::name_must_not_be_empty;
  if (rename.name == network.name) return nothing_happens<Answer>();
  return happens<Answer>(NetworkRenamed{rename.name});
}

/// Whether a subnet that isn't there yet fits in.
Answer decide_new_subnet(const Network::Existing& network, const SubnetAdded& added) {
  if (network.removed_subnets.contains(added.subnet_id)) return Rejection::subnet_is_removed;
  if (added.name.empty()) return Rejection::name_must_not_be_empty;
  const auto block = block_of(added.cidr);
  if (!block) return Rejection::cidr_is_malformed;
  if (!Ipv4Block::parse(network.description.cidr)->contains(*block))
    return Rejection::subnet_lies_outside_the_network;
  if (std::ranges::any_of(network.subnets, [&](const auto& subnet) {
        return Ipv4Block::parse(subnet.second.description.cidr)->overlaps(*block);
      }))
    return Rejection::subnet_overlaps_with_another;
  if (network.subnets.size() >= Network::subnet_count_max) return Rejection::too_many_subnets;
  return happens<Answer>(added);
}

Answer decide_add_subnet(const Network::Existing& network, const Network::AddSubnet& add) {
  const auto known = network.subnets.find(add.description.subnet_id);
  if (known == network.subnets.end()) return decide_new_subnet(network, add.description);
  if (known->second.description == add.description) return nothing_happens<Answer>();
  return Rejection::subnet_exists_already;
}

Answer decide_rename_subnet(const Network::Existing& network, const Network::RenameSubnet& rename) {
  const auto subnet = network.subnets.find(rename.subnet_id);
  if (subnet == network.subnets.end()) return Rejection::subnet_does_not_exist;
  if (rename.name.empty()) return Rejection::name_must_not_be_empty;
  if (rename.name == subnet->second.name) return nothing_happens<Answer>();
  return happens<Answer>(SubnetRenamed{rename.subnet_id, rename.name});
}

}  // namespace

Answer Network::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& create) { return decide_create(create.description); },
          [](const Absent&, const auto&) -> Answer { return Rejection::network_does_not_exist; },

          [](const Existing& network, const Create& create) -> Answer {
            if (create.description == network.description) return nothing_happens<Answer>();
            return Rejection::network_exists_already;
          },
          [](const Existing& network, const Rename& rename) {
            return decide_rename(network, rename);
          },
          [](const Existing& network, const AddSubnet& add) {
            return decide_add_subnet(network, add);
          },
          [](const Existing& network, const RenameSubnet& rename) {
            return decide_rename_subnet(network, rename);
          },
          [](const Existing& network, const RemoveSubnet& remove) {
            if (!network.subnets.contains(remove.subnet_id)) return nothing_happens<Answer>();
            return happens<Answer>(SubnetRemoved{remove.subnet_id});
          },
          [](const Existing&, const Delete&) { return happens<Answer>(NetworkDeleted{}); },

          [](const Deleted&, const RemoveSubnet&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const Delete&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const auto&) -> Answer { return Rejection::network_is_deleted; },
      },
      state, command);
}

Network::State Network::evolve(State state, const Event& event) {
  const auto changed = [&](auto change) -> State {
    change(std::get<Existing>(state));
    return std::move(state);
  };
  return std::visit(Match{
                        [](const NetworkCreated& created) -> State {
                          return Existing{created, created.name, {}, {}};
                        },
                        [&](const NetworkRenamed& renamed) {
                          return changed([&](Existing& network) { network.name = renamed.name; });
                        },
                        [&](const SubnetAdded& added) {
                          return changed([&](Existing& network) {
                            network.subnets.emplace(added.subnet_id, Subnet{added, added.name});
                          });
                        },
                        [&](const SubnetRenamed& renamed) {
                          return changed([&](Existing& network) {
                            network.subnets.at(renamed.subnet_id).name = renamed.name;
                          });
                        },
                        [&](const SubnetRemoved& removed) {
                          return changed([&](Existing& network) {
                            network.subnets.erase(removed.subnet_id);
                            network.removed_subnets.insert(removed.subnet_id);
                          });
                        },
                        [](const NetworkDeleted&) -> State { return Deleted{}; },
                    },
                    event);
}

}  // namespace orrery
