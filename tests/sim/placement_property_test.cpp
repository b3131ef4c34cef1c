#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "events/stream_name.hpp"
#include "sim/checkers/gangs_whole.hpp"
#include "sim/checkers/gpus_conserved.hpp"
#include "sim/checkers/nodes_not_overfull.hpp"
#include "sim/checkers/one_lease_per_gpu.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t lease_count_max = 14;

const std::map<std::string, NodeRegistered> nodes{
    {"n1", {"c", "A40", 3, 8, 100}},
    {"n2", {"c", "A40", 3, 0, 0}},
    {"n3", {"c", "B200", 2, 4, 50}},
    {"n4", {"c", "", 0, 6, 100}},
};

/// What a node has free for somebody, counted anew from the aggregates.
struct Free {
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  std::optional<std::uint32_t> cpu_count;
  std::optional<std::uint32_t> memory_mib;

  bool take(const LeaseRequested& wish) {
    const bool is_right_model =
        wish.gpu_count == 0 ||
        (!gpu_model.empty() && (wish.gpu_model.empty() || wish.gpu_model == gpu_model));
    if (!is_right_model || wish.gpu_count > gpu_count) return false;
    if (cpu_count && wish.cpu_count > *cpu_count) return false;
    if (memory_mib && wish.memory_mib > *memory_mib) return false;
    give(wish);
    return true;
  }
  void give(const LeaseRequested& wish) {
    gpu_count -= wish.gpu_count;
    if (cpu_count) *cpu_count -= wish.cpu_count;
    if (memory_mib) *memory_mib -= wish.memory_mib;
  }
};

/// Who waits together: a lease, or what is left of a gang.
struct Waiting {
  Position requested_at = 0;
  std::vector<LeaseRequested> leases;
  /// Where others of their slot are.
  std::map<std::uint32_t, std::string> node_of_slot;
};

/// A random life of a small fleet of GPUs, processors and memory, as the one in
/// tests/actors/placement_property_test.cpp, with gangs.
class RandomFleet {
 public:
  RandomFleet() {
    world_.send<Cluster>("c", Cluster::Declare{{"east", WhenFull::queue, strategy()}});
    for (const auto& [id, description] : nodes) world_.send<Node>(id, Node::Register{description});
    world_.run();
    world_.set_driver(false, false);
  }

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 14);
      if (what < 6) world_.run_one(pick());
      if (what == 6 || what == 7) request();
      if (what == 8) request_gang();
      if (what == 9) release();
      if (what == 10) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 11) world_.send<Node>(any_node(), Node::ReportReady{});
      if (what == 12) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 13) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  void check_at_rest() {
    while (world_.run_one(pick())) {
    }
    check_log();
    if (const auto oldest = oldest_waiting(); oldest && fits(*oldest)) RC_FAIL(world_.story());
    const auto size = world_.log().size();
    for (const auto saved : {std::size_t{0}, size / 2, size})
      for (const auto& owed : world_.owed_by<Placement>(size, saved))
        RC_ASSERT(command_text(owed).find("Queue") != std::string::npos);  // Harmless.
  }

 private:
  static PlacementStrategy strategy() {
    return *rc::gen::element(PlacementStrategy::pack, PlacementStrategy::spread);
  }
  static std::string any_node() { return std::next(nodes.begin(), *rc::gen::inRange(0, 4))->first; }
  static std::string any_gpu() {
    return *rc::gen::element<std::string>("n1:0", "n1:1", "n1:2", "n2:0", "n2:2", "n3:0", "n3:1");
  }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  static LeaseRequested wish() {
    LeaseRequested wish;
    wish.holder = "service/x";
    wish.cluster = "c";
    wish.gpu_model = *rc::gen::element<std::string>("", "A40", "A40", "B200");
    wish.gpu_count = *rc::gen::inRange(0u, 5u);
    wish.cpu_count = *rc::gen::element(0u, 1u, 3u, 5u, 9u);
    wish.memory_mib = *rc::gen::element(0u, 0u, 10u, 60u);
    if (wish.gpu_count == 0) wish.cpu_count = std::max(wish.cpu_count, 1u);
    wish.when_full = *rc::gen::element(WhenFull::queue, WhenFull::queue, WhenFull::refuse);
    return wish;
  }

  void request() {
    if (requested_ == lease_count_max) return;
    world_.send<Lease>(lease(requested_++), Lease::Request{wish()});
  }

  /// All alike, so many on each of some nodes. Some may never be asked for.
  void request_gang() {
    const auto slots = *rc::gen::inRange(1u, 4u), replicas = *rc::gen::inRange(1u, 3u);
    if (requested_ + slots * replicas > lease_count_max) return;
    auto member = wish();
    member.gang = {"sg-" + std::to_string(requested_), slots * replicas, 0};
    for (std::uint32_t i = 0; i < slots * replicas; ++i) {
      member.gang.slot = i / replicas;
      world_.send<Lease>(lease(requested_++), Lease::Request{member});
    }
  }

  void release() {
    if (requested_ == 0) return;
    world_.send<Lease>(lease(*rc::gen::inRange(0u, requested_)), Lease::Release{});
  }

  void check_log() const {
    OneLeasePerGpu one_lease;
    GpusConserved conserved;
    NodesNotOverfull not_overfull;
    GangsWhole gangs_whole;
    for (Checker* checker :
         std::initializer_list<Checker*>{&one_lease, &conserved, &not_overfull, &gangs_whole}) {
      for (const auto& recorded : world_.log()) checker->apply(recorded);
      checker->at_rest();
      for (const auto& violation : checker->violations())
        RC_FAIL(violation.checker + ": " + violation.message + "\n" + world_.story());
    }
  }

  /// Nobody may keep the oldest from what is free.
  std::optional<Waiting> oldest_waiting() const {
    std::map<std::string, Waiting> parties;
    for (const auto& recorded : world_.log()) {
      const auto* wish = std::get_if<LeaseRequested>(&recorded.event);
      if (!wish) continue;
      const std::string id(stream_id(recorded.stream));
      auto& party = parties[wish->gang.id.empty() ? id : wish->gang.id];
      party.requested_at = recorded.position;
      const auto state = world_.state<Lease>(id);
      if (const auto* waiting = std::get_if<Lease::Waiting>(&state)) {
        RC_ASSERT(waiting->queued && wish->when_full == WhenFull::queue);
        party.leases.push_back(*wish);
      } else if (const auto* granted = std::get_if<Lease::Granted>(&state)) {
        party.node_of_slot[wish->gang.slot] = granted->grant.node_id;
      }
    }
    std::optional<Waiting> oldest;
    for (const auto& [id, party] : parties)
      if (!party.leases.empty() && (!oldest || party.requested_at < oldest->requested_at))
        oldest = party;
    return oldest;
  }

  std::map<std::string, Free> free_nodes() const {
    std::map<std::string, Free> free;
    for (const auto& [id, description] : nodes) {
      // Several broken GPUs have their node cordoned: then the whole ones are nobody's either.
      const auto state = std::get<Node::Registered>(world_.state<Node>(id));
      if (!state.ready || !state.cordon_owners.empty()) continue;
      auto& node = free[id];
      node.gpu_model = description.gpu_model;
      if (description.cpu_count != 0) node.cpu_count = description.cpu_count;
      if (description.memory_mib != 0) node.memory_mib = description.memory_mib;
      for (std::uint32_t gpu = 0; gpu < description.gpu_count; ++gpu) {
        const auto one = std::get<Gpu::Registered>(world_.state<Gpu>(gpu_id(id, gpu)));
        node.gpu_count += one.lease_id.empty() && one.health == Gpu::Health::healthy;
      }
    }
    for (const auto& [id, state] : world_.all<Lease>()) {
      const auto* granted = std::get_if<Lease::Granted>(&state);
      const auto node = granted ? free.find(granted->grant.node_id) : free.end();
      if (node == free.end()) continue;
      auto room = granted->request;
      room.gpu_count = 0;
      node->second.give(room);
    }
    return free;
  }

  /// Leases of one gang are alike: the largest slot goes first, on any node where it fits.
  bool fits(const Waiting& party) const {
    std::map<std::uint32_t, std::vector<LeaseRequested>> by_number;
    for (const auto& wish : party.leases) by_number[wish.gang.slot].push_back(wish);
    std::vector<std::vector<LeaseRequested>> slots;
    for (const auto& [number, wishes] : by_number) slots.push_back(wishes);
    const auto is_settled = [&](const auto& slot) {
      return party.node_of_slot.contains(slot.front().gang.slot);
    };
    std::stable_sort(slots.begin(), slots.end(), [&](const auto& a, const auto& b) {
      return std::pair(!is_settled(a), b.size()) < std::pair(!is_settled(b), a.size());
    });
    auto free = free_nodes();
    std::set<std::string> taken;
    for (const auto& [slot, node_id] : party.node_of_slot) taken.insert(node_id);
    return std::all_of(slots.begin(), slots.end(), [&](const auto& slot) {
      const auto settled = party.node_of_slot.find(slot.front().gang.slot);
      const bool has_node = settled != party.node_of_slot.end();
      for (const auto& [id, node] : free) {
        if (has_node ? settled->second != id : taken.contains(id)) continue;
        auto rest = node;
        if (!std::all_of(slot.begin(), slot.end(),
                         [&](const auto& wish) { return rest.take(wish); }))
          continue;
        taken.insert(id);
        return true;
      }
      return false;
    });
  }

  static std::string lease(std::uint32_t i) { return "l" + std::to_string(i); }

  RuleWorld world_;
  std::uint32_t requested_ = 0;
};

}  // namespace

TEST_CASE("whatever happens to a fleet, it is never overfull, gangs are whole, none waits in vain",
          "[sim]") {
  CHECK(rc::check([] {
    RandomFleet fleet;
    fleet.live(*rc::gen::inRange<std::size_t>(0, 250));
    fleet.check_at_rest();
  }));
}
