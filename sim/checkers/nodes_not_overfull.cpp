#include "sim/checkers/nodes_not_overfull.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void NodesNotOverfull::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (const auto* node = std::get_if<NodeRegistered>(&event)) {
    whole_[id] = {node->cpu_count, node->memory_mib};
  } else if (const auto* wish = std::get_if<LeaseRequested>(&event)) {
    leases_[id] = {{wish->cpu_count, wish->memory_mib}, {}};
  } else if (const auto* grant = std::get_if<LeaseGranted>(&event)) {
    granted(recorded, *grant);
  } else if (std::holds_alternative<LeaseReleased>(event) ||
             std::holds_alternative<LeaseExpired>(event) ||
             std::holds_alternative<LeaseRefused>(event)) {
    ended(id);
  }
}

void NodesNotOverfull::granted(const RecordedEvent& recorded, const LeaseGranted& grant) {
  auto& lease = leases_[std::string(stream_id(recorded.stream))];
  lease.node_id = grant.node_id;
  const auto& whole = whole_[grant.node_id];
  auto& given = given_[grant.node_id];
  given.cpu_count += lease.wish.cpu_count;
  given.memory_mib += lease.wish.memory_mib;
  const auto check = [&](std::uint64_t has, std::uint64_t gives, const char* what) {
    if (has != 0 && gives > has)
      violated(recorded.position, grant.node_id + " gives " + std::to_string(gives) + what +
                                      " and has " + std::to_string(has));
  };
  check(whole.cpu_count, given.cpu_count, " processors");
  check(whole.memory_mib, given.memory_mib, " MiB");
}

void NodesNotOverfull::ended(std::string_view lease_id) {
  const auto found = leases_.find(lease_id);
  if (found == leases_.end()) return;
  const auto& [wish, node_id] = found->second;
  if (!node_id.empty()) {
    given_[node_id].cpu_count -= wish.cpu_count;
    given_[node_id].memory_mib -= wish.memory_mib;
  }
  leases_.erase(found);
}

}  // namespace orrery
