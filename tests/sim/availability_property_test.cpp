#include <random>

#include <catch2/catch.hpp>

#include "projections/availability/availability_view.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 5;
constexpr std::uint32_t gpu_count_max = 4;

/// A fleet's random life, the same for the same seed: so it can be lived again up to the same point
/// and go on from there.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed) {
    when_full_ = below(2) == 0 ? WhenFull::refuse : WhenFull::queue;
    strategy_ = below(2) == 0 ? PlacementStrategy::pack : PlacementStrategy::spread;
    world_.send<Cluster>("c", Cluster::Declare{{"east", when_full_, strategy_}});
    world_.send<AddressPool>("public", AddressPool::Declare{{"east", "198.18.0.0/24"}});
    world_.send<Project>("p", Project::Create{{"o", "project"}});
    world_.send<Wallet>("u", Wallet::Open{});
    world_.send<Wallet>("u", Wallet::TopUp{{"t", 1'000'000}});
    for (std::uint32_t i = 0; i < node_count; ++i) {
      const auto gpu_count = static_cast<std::uint32_t>(1 + below(gpu_count_max));
      world_.send<Node>(node(i), Node::Register{{"c", "A40-48GB", gpu_count}});
    }
    world_.run();
    for (std::uint64_t steps = below(60); steps > 0; --steps) live();
    settle();
    // A burst that is on its way: some of it asks for nothing yet, some is being placed.
    for (std::uint64_t count = below(6); count > 0; --count) ask();
    for (std::uint64_t steps = below(40); steps > 0; --steps) world_.run_one(oldest);
  }

  const RuleWorld& world() const { return world_; }

  /// Whether a create that is accepted now gets its GPUs at once: of a VM, or of an instance.
  bool succeeds(std::uint32_t gpu_count, bool is_vm) {
    const auto id = is_vm ? create(gpu_count) : order(gpu_count);
    settle();
    return std::holds_alternative<Lease::Granted>(world_.state<Lease>(id + ".1"));
  }

 private:
  static std::size_t oldest(std::size_t) { return 0; }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  static std::string node(std::uint64_t number) { return "n" + std::to_string(number); }
  std::string any_gpu() { return gpu_id(node(below(node_count)), 0); }

  /// Everything that is owed is done; drivers do nothing.
  void settle() {
    while (world_.run_one(oldest)) {
    }
  }

  std::string create(std::uint64_t gpu_count) {
    const auto vm = "v" + std::to_string(++vm_count_);
    CreateVm create;
    create.specification.project_id = "p";
    create.specification.name = vm;
    create.specification.cluster = "c";
    create.specification.location = "east";
    create.specification.gpu_model = "A40-48GB";
    create.specification.gpu_count = static_cast<std::uint32_t>(gpu_count);
    world_.send<Operation>("create-" + vm, Operation::Start{{"p", vm, create}});
    return vm;
  }

  std::string order(std::uint64_t gpu_count) {
    const auto id = "i" + std::to_string(++instance_count_);
    OrderPlaced order;
    order.order_id = "order-" + id;
    order.instance_id = id;
    order.terms.price_fen = 1;
    order.specification.namespace_id = "u";
    order.specification.cluster = "c";
    order.specification.gpu_model = "A40-48GB";
    order.specification.gpu_count = static_cast<std::uint32_t>(gpu_count);
    order.specification.when_full = when_full_;
    order.specification.volumes = {{"volume-" + id, "/root/data", 50, true}};
    world_.send<Wallet>("u", Wallet::PlaceOrder{order, 0});
    return id;
  }

  std::string any_instance() { return "i" + std::to_string(1 + below(instance_count_ + 1)); }

  /// Somebody asks for GPUs.
  void ask() {
    const auto gpu_count = 1 + below(gpu_count_max);
    switch (below(3)) {
      case 0:
        create(gpu_count);
        break;
      case 1:
        order(gpu_count);
        break;
      default:
        world_.send<Instance>(any_instance(), Instance::Start{});
    }
  }

  void live() {
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        create(1 + below(gpu_count_max + 1));
        break;
      case 3:
        if (vm_count_ == 0) break;
        {
          const auto vm = "v" + std::to_string(1 + below(vm_count_));
          world_.send<Operation>("delete-" + std::to_string(world_.log().size()),
                                 Operation::Start{{"p", vm, DeleteVm{}}});
        }
        break;
      case 4:
        world_.send<Node>(node(below(node_count)), Node::ReportLost{"power"});
        break;
      case 5:
        world_.send<Node>(node(below(node_count)), Node::ReportReady{});
        break;
      case 6:
        world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
        break;
      case 7:
        if (below(2) == 0)
          world_.send<Node>(node(below(node_count)), Node::Cordon{"repair"});
        else
          world_.send<Node>(node(below(node_count)), Node::Uncordon{});
        break;
      case 8:
        world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
        break;
      case 9:
        order(1 + below(gpu_count_max));
        break;
      case 10:
        world_.send<Instance>(any_instance(), Instance::Stop{});
        break;
      default:
        if (below(2) == 0)
          world_.send<Instance>(any_instance(), Instance::Start{});
        else
          world_.send<Instance>(any_instance(), Instance::Delete{});
    }
    if (below(3) == 0) world_.run();
  }

  std::mt19937_64 random_;
  WhenFull when_full_{};
  PlacementStrategy strategy_{};
  RuleWorld world_;
  std::uint64_t vm_count_ = 0;
  std::uint64_t instance_count_ = 0;
};

}  // namespace

TEST_CASE("what is called available is what placement grants") {
  std::size_t available_count = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Life life(seed);
    AvailabilityView view;
    for (const auto& event : life.world().log()) view.apply(event);
    for (std::uint32_t gpu_count = 1; gpu_count <= gpu_count_max + 1; ++gpu_count) {
      INFO("seed " << seed << ", " << gpu_count << " GPUs, " << life.world().log().size()
                   << " events");
      const bool available = view.available("c", "A40-48GB", gpu_count);
      for (const bool is_vm : {true, false}) {
        INFO((is_vm ? "a VM" : "an instance"));
        CHECK(available == Life(seed).succeeds(gpu_count, is_vm));
      }
      available_count += available ? 1 : 0;
    }
  }
  CHECK(available_count > 300);
}
