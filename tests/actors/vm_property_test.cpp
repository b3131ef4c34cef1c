#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 2, gpu_count = 2;

/// A random life of customers: VMs are created and deleted, nodes are lost, GPUs break, the world
/// crashes, and commands arrive in any order that keeps those to one aggregate in theirs.
class RandomCustomers {
 public:
  explicit RandomCustomers(WhenFull when_full) {
    world_.send<Cluster>("c", Cluster::Declare{{"east", when_full, PlacementStrategy::spread}});
    for (std::uint32_t i = 0; i < node_count; ++i)
      world_.send<Node>("n" + std::to_string(i), Node::Register{{"c", "A40-48GB", gpu_count}});
    world_.run();
  }

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 16);
      if (what < 6) world_.run_one(pick());
      if (what == 6 || what == 7) create();
      if (what == 8 || what == 9) remove();
      if (what == 10) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 11) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 12) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      if (what == 13) world_.send<Vm>(any_vm(), Vm::ReportFailed{"driver_error", "No."});
      if (what == 14) world_.drive();
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  /// Every operation has ended but those that wait in a queue, and GPUs belong to running VMs only.
  void check_at_rest() {
    world_.run(pick());
    std::set<std::string> waiting;
    std::size_t gpus_running = 0, gpus_held = 0, running = 0;
    for (const auto& [id, vm] : world_.all<Vm>()) {
      if (std::holds_alternative<Vm::Waiting>(vm)) waiting.insert(id);
      if (const auto* runs = std::get_if<Vm::Running>(&vm)) {
        ++running;
        gpus_running += runs->placement.gpu_indices.size();
      }
    }
    for (const auto& [id, gpu] : world_.all<Gpu>())
      gpus_held += !std::get<Gpu::Registered>(gpu).lease_id.empty();
    RC_ASSERT(gpus_held == gpus_running);
    for (const auto& [id, operation] : world_.all<Operation>()) {
      const auto* open = std::get_if<Operation::InProgress>(&operation);
      if (open && waiting.count(open->request.target_id) == 0)
        RC_FAIL(id + " doesn't end:\n" + world_.story());
    }
    for (const auto& [id, lease] : world_.all<Lease>())
      if (const auto* open = std::get_if<Lease::Waiting>(&lease)) RC_ASSERT(open->queued);
    RC_ASSERT(world_.vm_process().vm_count() == running + waiting.size());
    RC_ASSERT(world_.owed_by<VmProcess>(world_.log().size(), world_.log().size() / 2).empty());
  }

 private:
  static std::string any_node() { return "n" + std::to_string(*rc::gen::inRange(0u, node_count)); }
  static std::string any_gpu() { return gpu_id(any_node(), *rc::gen::inRange(0u, gpu_count)); }
  /// One that was asked for, or a few that never were.
  std::string any_vm() const { return "v" + std::to_string(*rc::gen::inRange(0u, vm_count_ + 2)); }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  std::string next_operation() { return "o" + std::to_string(operation_count_++); }

  /// The id of a VM is drawn with its operation, so no two operations create the same VM.
  void create() {
    CreateVm goal;
    goal.specification.cluster = "c";
    goal.specification.gpu_model = "A40-48GB";
    goal.specification.gpu_count = *rc::gen::inRange(1u, gpu_count + 1);
    world_.send<Operation>(next_operation(),
                           Operation::Start{{"p", "v" + std::to_string(vm_count_++), goal}});
  }

  void remove() {
    world_.send<Operation>(next_operation(), Operation::Start{{"p", any_vm(), DeleteVm{}}});
  }

  RuleWorld world_;
  std::uint32_t operation_count_ = 0;
  std::uint32_t vm_count_ = 0;
};

}  // namespace

TEST_CASE("whatever happens to customers, every operation ends and no GPU is forgotten") {
  for (const auto when_full : {WhenFull::refuse, WhenFull::queue}) {
    CHECK(rc::check([&] {
      RandomCustomers customers(when_full);
      customers.live(*rc::gen::inRange<std::size_t>(0, 300));
      customers.check_at_rest();
    }));
  }
}
