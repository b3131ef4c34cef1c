#include <set>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "events/stream_name.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 2, gpu_count = 2, volume_count = 2;

/// A random life of a customer: instances are ordered, switched off and on, saved and deleted,
/// nodes are lost, GPUs break, the world crashes, and commands arrive in any order that keeps those
/// to one aggregate in theirs.
class RandomCustomer {
 public:
  explicit RandomCustomer(WhenFull when_full) : when_full_(when_full) {
    world_.send<Cluster>("c", Cluster::Declare{{"", when_full, PlacementStrategy::pack}});
    world_.send<Wallet>("u", Wallet::Open{});
    world_.send<Wallet>("u", Wallet::TopUp{{"t", balance_fen_}});
    for (std::uint32_t i = 0; i < node_count; ++i)
      world_.send<Node>("n" + std::to_string(i), Node::Register{{"c", "4090", gpu_count}});
    for (std::uint32_t i = 0; i < volume_count; ++i)
      world_.send<Volume>("old-" + std::to_string(i), Volume::Create{{"u", "c", 50}});
    world_.run();
  }

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 20);
      if (what < 7) world_.run_one(pick());
      if (what == 7 || what == 8) order();
      if (what == 9) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 10) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 11) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      if (what == 12)
        world_.send<Instance>(any_instance(), Instance::ReportFailed{"driver_error", "No."});
      if (what == 13) world_.drive();
      if (what == 14 || what == 15) world_.send<Instance>(any_instance(), any_stop());
      if (what == 16 || what == 17) world_.send<Instance>(any_instance(), Instance::Start{});
      if (what == 18) world_.send<Instance>(any_instance(), Instance::Delete{});
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  /// Whoever was to come somewhere is there, or waits in a queue; GPUs belong to instances that
  /// run, volumes to those that are alive; what never ran left nothing, and was refunded.
  void check_at_rest() {
    world_.run(pick());
    check_instances();
    check_volumes();
    for (const auto& [id, lease] : world_.all<Lease>())
      if (const auto* open = std::get_if<Lease::Waiting>(&lease)) RC_ASSERT(open->queued);
    const auto size = world_.log().size();
    RC_ASSERT(world_.owed_by<InstanceProcess>(size, size / 2).empty());
  }

 private:
  static std::string any_node() { return "n" + std::to_string(*rc::gen::inRange(0u, node_count)); }
  static std::string any_gpu() { return gpu_id(any_node(), *rc::gen::inRange(0u, gpu_count)); }
  std::string any_instance() const {
    return "i" + std::to_string(*rc::gen::inRange(0u, instance_count_ + 1));
  }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  Instance::Stop any_stop() {
    Instance::Stop stop;
    if (*rc::gen::inRange(0, 3) == 0) {
      const auto image = "image-" + std::to_string(image_count_++);
      stop.stop.snapshot = SnapshotWish{image, "images.example/u/" + image};
    }
    return stop;
  }

  void order() {
    const auto id = "i" + std::to_string(instance_count_++);
    OrderPlaced order;
    order.order_id = "order-" + id;
    order.instance_id = id;
    order.terms = {SellingType::daily, 100, {}};
    order.period_count = 1;
    auto& wish = order.specification;
    wish.namespace_id = "u";
    wish.cluster = "c";
    wish.gpu_model = "4090";
    wish.gpu_count = *rc::gen::inRange(1u, gpu_count + 1);
    wish.when_full = when_full_;
    wish.volumes = {{"volume-" + id, "/root/data", 50, true}};
    if (*rc::gen::inRange(0, 3) == 0)
      wish.volumes.push_back(
          {"old-" + std::to_string(*rc::gen::inRange(0u, volume_count + 1)), "/old", 50, false});
    if (instance_count_ > 1 && *rc::gen::inRange(0, 4) == 0)
      wish.volumes.push_back(
          {"volume-i" + std::to_string(*rc::gen::inRange(0u, instance_count_ - 1)), "/x", 50,
           false});
    world_.send<Wallet>("u", Wallet::PlaceOrder{order, 0});
  }

  void check_instances() const {
    std::size_t gpus_running = 0, gpus_held = 0, alive = 0;
    for (const auto& [id, instance] : world_.all<Instance>()) {
      const bool moves = std::holds_alternative<Instance::Placed>(instance) ||
                         std::holds_alternative<Instance::Stopping>(instance) ||
                         std::holds_alternative<Instance::Deleting>(instance);
      if (moves) RC_FAIL(id + " doesn't come to rest:\n" + world_.story());
      if (const auto* runs = std::get_if<Instance::Running>(&instance))
        gpus_running += runs->placement.gpu_indices.size();
      alive += !std::holds_alternative<Instance::Absent>(instance) &&
               !std::holds_alternative<Instance::Deleted>(instance);
    }
    for (const auto& [id, gpu] : world_.all<Gpu>())
      gpus_held += !std::get<Gpu::Registered>(gpu).lease_id.empty();
    if (gpus_held != gpus_running) RC_FAIL("GPUs are held in vain:\n" + world_.story());
    if (world_.instance_process().instance_count() != alive)
      RC_FAIL("the process remembers others than there are:\n" + world_.story());
  }

  bool is_alive(const std::string& id) const {
    const auto state = world_.state<Instance>(id);
    return !std::holds_alternative<Instance::Absent>(state) &&
           !std::holds_alternative<Instance::Failed>(state) &&
           !std::holds_alternative<Instance::Deleted>(state);
  }

  void check_volumes() const {
    std::set<std::string> ran, shared;
    for (const auto& recorded : world_.log()) {
      if (std::holds_alternative<InstanceStarted>(recorded.event))
        ran.emplace(stream_id(recorded.stream));
      if (const auto* mounted = std::get_if<VolumeMounted>(&recorded.event))
        if (recorded.stream != "volume/volume-" + mounted->instance_id)
          shared.emplace(stream_id(recorded.stream));
    }
    for (const auto& [volume_id, volume] : world_.all<Volume>()) {
      const auto* kept = std::get_if<Volume::Kept>(&volume);
      if (kept == nullptr) continue;
      for (const auto& id : kept->instances)
        if (!is_alive(id)) RC_FAIL(volume_id + " is " + id + "'s:\n" + world_.story());
      if (!volume_id.starts_with("volume-")) continue;
      const auto maker = volume_id.substr(std::string_view("volume-").size());
      if (!is_alive(maker) && !ran.contains(maker) && !shared.contains(volume_id))
        RC_FAIL(volume_id + " is left of " + maker + ", which never ran:\n" + world_.story());
    }
    const auto paid = static_cast<std::int64_t>(ran.size()) * 100;
    std::int64_t waiting = 0;
    for (const auto& [id, instance] : world_.all<Instance>())
      if (is_alive(id) && !ran.contains(id)) waiting += 100;
    const auto wallet = world_.state<Wallet>("u");
    RC_ASSERT(std::get<Wallet::Opened>(wallet).balance_fen == balance_fen_ - paid - waiting);
  }

  static constexpr std::int64_t balance_fen_ = 1'000'000;

  RuleWorld world_;
  WhenFull when_full_;
  std::uint32_t instance_count_ = 0;
  std::uint32_t image_count_ = 0;
};

}  // namespace

TEST_CASE("whatever happens to instances, they come to rest and nothing is held in vain") {
  for (const auto when_full : {WhenFull::refuse, WhenFull::queue}) {
    CHECK(rc::check([&] {
      RandomCustomer customer(when_full);
      customer.live(*rc::gen::inRange<std::size_t>(0, 300));
      customer.check_at_rest();
    }));
  }
}
