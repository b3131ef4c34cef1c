#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "events/stream_name.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 3, gpu_count = 3, lease_count = 10;

/// A random life of a small fleet. Commands reach the aggregates in any order that keeps those to
/// one aggregate in theirs; nodes come and go, GPUs break, leases end whenever.
class RandomFleet {
 public:
  explicit RandomFleet(WhenFull when_full) : when_full_(when_full) {
    world_.send<Cluster>("c", Cluster::Declare{{"east", when_full, PlacementStrategy::pack}});
    for (std::uint32_t i = 0; i < node_count; ++i)
      world_.send<Node>(node(i), Node::Register{{"c", "A40-48GB", gpu_count}});
    world_.run();
    world_.set_driver(false, false);
  }

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 12);
      if (what < 5) world_.run_one(pick());
      if (what == 5 || what == 6) request();
      if (what == 7) release();
      if (what == 8) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 9) world_.send<Node>(any_node(), Node::ReportReady{});
      if (what == 10) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 11) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      check_leases();
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  /// Once nothing happens any more, every GPU is where its lease says, and who could be served is.
  void check_at_rest() {
    while (world_.run_one(pick())) {
    }
    check_leases();
    std::set<std::string> granted;
    bool waits = false;
    for (const auto& [id, lease] : world_.all<Lease>()) {
      if (const auto* waiting = std::get_if<Lease::Waiting>(&lease)) {
        RC_ASSERT(when_full_ == WhenFull::queue && waiting->queued);
        waits = true;
      }
      const auto* grant = std::get_if<Lease::Granted>(&lease);
      if (!grant) continue;
      for (const auto gpu : grant->grant.gpu_indices)
        granted.insert(gpu_id(grant->grant.node_id, gpu) + " " + id);
    }
    std::set<std::string> claimed;
    for (const auto& [id, gpu] : world_.all<Gpu>())
      if (const auto& lease = std::get<Gpu::Registered>(gpu).lease_id; !lease.empty())
        claimed.insert(id + " " + lease);
    RC_ASSERT(claimed == granted);
    if (waits && head_would_fit()) RC_FAIL(world_.story());
    const auto size = world_.log().size();
    for (const auto saved : {std::size_t{0}, size / 2, size})
      for (const auto& owed : world_.owed_by<Placement>(size, saved))
        RC_ASSERT(command_text(owed).find("Queue") != std::string::npos);  // Harmless.
  }

 private:
  static std::string node(std::uint32_t i) { return "n" + std::to_string(i); }
  static std::string lease(std::uint32_t i) { return "l" + std::to_string(i); }
  static std::string any_node() { return node(*rc::gen::inRange(0u, node_count)); }
  static std::string any_gpu() { return gpu_id(any_node(), *rc::gen::inRange(0u, gpu_count)); }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  void request() {
    if (requested_ == lease_count) return;
    const auto wanted = *rc::gen::inRange(1u, gpu_count + 2);
    world_.send<Lease>(lease(requested_++),
                       Lease::Request{{"job/x", "c", "A40-48GB", wanted, when_full_}});
  }

  void release() {
    if (requested_ == 0) return;
    world_.send<Lease>(lease(*rc::gen::inRange(0u, requested_)), Lease::Release{});
  }

  /// No GPU is granted to two leases.
  void check_leases() const {
    std::set<std::string> gpus;
    for (const auto& [id, lease] : world_.all<Lease>()) {
      const auto* granted = std::get_if<Lease::Granted>(&lease);
      if (!granted) continue;
      for (const auto gpu : granted->grant.gpu_indices) {
        const auto place = gpu_id(granted->grant.node_id, gpu);
        RC_ASSERT(gpus.insert(place).second);
        // And the GPU agrees.
        RC_ASSERT(std::get<Gpu::Registered>(world_.state<Gpu>(place)).lease_id == id);
      }
    }
  }

  bool head_would_fit() const {
    std::uint32_t head_count = 0;
    for (const auto& recorded : world_.log()) {
      const auto* request = std::get_if<LeaseRequested>(&recorded.event);
      if (!request) continue;
      const auto state = world_.state<Lease>(std::string(stream_id(recorded.stream)));
      if (!std::holds_alternative<Lease::Waiting>(state)) continue;
      head_count = request->gpu_count;
      break;
    }
    for (std::uint32_t i = 0; i < node_count; ++i) {
      // Several broken GPUs have their node cordoned: then the whole ones are nobody's either.
      const auto known = std::get<Node::Registered>(world_.state<Node>(node(i)));
      if (!known.ready || !known.cordon_owners.empty()) continue;
      std::uint32_t free = 0;
      for (std::uint32_t gpu = 0; gpu < gpu_count; ++gpu) {
        const auto state = std::get<Gpu::Registered>(world_.state<Gpu>(gpu_id(node(i), gpu)));
        free += state.lease_id.empty() && state.health == Gpu::Health::healthy;
      }
      if (free >= head_count) return true;
    }
    return false;
  }

  WhenFull when_full_;
  RuleWorld world_;
  std::uint32_t requested_ = 0;
};

}  // namespace

TEST_CASE("whatever happens to a fleet, no GPU has two leases and nobody waits without need") {
  for (const auto when_full : {WhenFull::refuse, WhenFull::queue}) {
    CHECK(rc::check([&] {
      RandomFleet fleet(when_full);
      fleet.live(*rc::gen::inRange<std::size_t>(0, 200));
      fleet.check_at_rest();
    }));
  }
}
