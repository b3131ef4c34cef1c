#include <catch2/catch.hpp>

#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr auto* model = "L40S-48GB";
constexpr auto* cluster = "us-east1-a";

OperationStarted create_of(const std::string& vm_id, std::uint32_t gpu_count = 1) {
  VmSpecification specification{"p1",    vm_id, "l40s-48gb.1x", cluster, "ubuntu",
                                cluster, model, gpu_count,      {}};
  return {"p1", vm_id, CreateVm{std::move(specification), {}}};
}

void create(RuleWorld& world, const std::string& vm_id, std::uint32_t gpu_count = 1) {
  world.send<Operation>("create-" + vm_id, Operation::Start{create_of(vm_id, gpu_count)});
}

void remove(RuleWorld& world, const std::string& vm_id) {
  world.send<Operation>("delete-" + vm_id, Operation::Start{{"p1", vm_id, DeleteVm{}}});
}

/// A cluster of nodes with two GPUs each, booted.
RuleWorld fleet(std::uint32_t node_count, WhenFull when_full = WhenFull::refuse) {
  RuleWorld world;
  world.send<Cluster>(cluster, Cluster::Declare{{cluster, when_full, PlacementStrategy::pack}});
  for (std::uint32_t i = 1; i <= node_count; ++i)
    world.send<Node>("n" + std::to_string(i), Node::Register{{cluster, model, 2}});
  world.run();
  return world;
}

/// Events in, commands out: every event from `first` on, and what was owed after it.
std::string script(const RuleWorld& world, std::size_t first) {
  NodeProcess nodes;
  Placement placement;
  VmProcess vms;
  std::string text;
  const auto owe = [&](std::vector<OwedCommand> owed) {
    for (const auto& command : owed) text.append("    ").append(command_text(command)).append("\n");
  };
  for (std::size_t i = 0; i < world.log().size(); ++i) {
    const auto& recorded = world.log()[i];
    if (i == first) nodes.resume(), placement.resume(), vms.resume();
    nodes.apply(recorded), placement.apply(recorded), vms.apply(recorded);
    if (i < first) continue;
    text.append(recorded.stream).append(" ").append(name_of(recorded.event)).append("\n");
    owe(nodes.due()), owe(placement.due()), owe(vms.due());
  }
  return text;
}

/// Whatever was begun has ended, or waits in a queue; and nothing is owed or remembered that
/// needn't be.
void check_at_rest(const RuleWorld& world) {
  std::size_t queued = 0;
  for (const auto& [id, lease] : world.all<Lease>())
    if (const auto* waiting = std::get_if<Lease::Waiting>(&lease)) queued += waiting->queued;
  std::size_t in_progress = 0;
  for (const auto& [id, operation] : world.all<Operation>())
    in_progress += !Operation::is_terminal(operation);
  CHECK(in_progress == queued);
  std::size_t held = 0, running = 0;
  for (const auto& [id, gpu] : world.all<Gpu>())
    held += std::get<Gpu::Registered>(gpu).lease_id.empty() ? 0 : 1;
  for (const auto& [id, vm] : world.all<Vm>()) {
    const auto* runs = std::get_if<Vm::Running>(&vm);
    if (!runs) continue;
    ++running;
    held -= runs->placement.gpu_indices.size();
  }
  CHECK(held == 0);
  CHECK(world.vm_process().vm_count() == running + queued);
  const auto size = world.log().size();
  CHECK(command_text(world.owed_by<NodeProcess>(size, size)).empty());
  CHECK(command_text(world.owed_by<Placement>(size, size)).empty());
  CHECK(command_text(world.owed_by<VmProcess>(size, size)).empty());
}

/// Crashes the world after every event of its log: what is then owed doesn't depend on snapshots,
/// and everything still ends.
void crash_everywhere(const RuleWorld& world) {
  for (std::size_t count = 0; count <= world.log().size(); ++count) {
    const auto fresh = command_text(world.owed_by<Placement>(count, 0)) +
                       command_text(world.owed_by<VmProcess>(count, 0)) +
                       command_text(world.owed_by<NodeProcess>(count, 0));
    for (const auto saved : {count / 2, count - count / 8, count}) {
      INFO("crash after event " << count << ", snapshot after " << saved);
      CHECK(command_text(world.owed_by<Placement>(count, saved)) +
                command_text(world.owed_by<VmProcess>(count, saved)) +
                command_text(world.owed_by<NodeProcess>(count, saved)) ==
            fresh);
    }
    auto resumed = RuleWorld::after_crash(world, count);
    resumed.run();
    INFO("crash after event " << count);
    check_at_rest(resumed);
  }
}

void check_scenario(const std::string& name, const RuleWorld& world, std::size_t first) {
  check_golden("scenarios/" + name + ".txt", script(world, first));
  check_at_rest(world);
  crash_everywhere(world);
}

std::string failure_of(const RuleWorld& world, const std::string& operation) {
  const auto& log = world.log();
  for (const auto& recorded : log)
    if (recorded.stream == "operation/" + operation)
      if (const auto* failed = std::get_if<OperationFailed>(&recorded.event)) return failed->code;
  return "";
}

}  // namespace

TEST_CASE("a VM is created and deleted", "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  create(world, "v1");
  world.run();
  CHECK(std::holds_alternative<Operation::Succeeded>(world.state<Operation>("create-v1")));
  remove(world, "v1");
  world.run();
  CHECK(std::holds_alternative<Operation::Succeeded>(world.state<Operation>("delete-v1")));
  CHECK(world.vm_process().vm_count() == 0);
  check_scenario("create_and_delete", world, first);
}

TEST_CASE("a create on a full cluster fails as out of stock", "[golden]") {
  auto world = fleet(1);
  create(world, "v1", 2);
  world.run();
  const auto first = world.log().size();
  create(world, "v2");
  world.run();
  CHECK(failure_of(world, "create-v2") == "out_of_stock");
  check_scenario("out_of_stock", world, first);
}

TEST_CASE("a create on a full cluster that queues waits for a delete", "[golden]") {
  auto world = fleet(1, WhenFull::queue);
  create(world, "v1", 2);
  world.run();
  const auto first = world.log().size();
  create(world, "v2");
  world.run();
  CHECK(std::holds_alternative<Vm::Waiting>(world.state<Vm>("v2")));
  remove(world, "v1");
  world.run();
  CHECK(std::holds_alternative<Vm::Running>(world.state<Vm>("v2")));
  check_scenario("queued", world, first);
}

TEST_CASE("a VM that is deleted while it waits gives its place in the queue back", "[golden]") {
  auto world = fleet(1, WhenFull::queue);
  create(world, "v1", 2);
  world.run();
  const auto first = world.log().size();
  create(world, "v2");
  world.run();
  remove(world, "v2");
  world.run();
  CHECK(failure_of(world, "create-v2") == "cancelled");
  check_scenario("deleted_while_queued", world, first);
}

TEST_CASE("a VM is deleted while it is being created, at every step", "[golden]") {
  auto whole = fleet(1);
  create(whole, "v1");
  const auto first = whole.log().size();
  whole.run();
  for (auto count = first; count <= whole.log().size(); ++count) {
    auto world = RuleWorld::after_crash(whole, count);
    remove(world, "v1");
    world.run();
    INFO("deleted after event " << count);
    CHECK(std::holds_alternative<Vm::Deleted>(world.state<Vm>("v1")));
    CHECK(std::holds_alternative<Operation::Succeeded>(world.state<Operation>("delete-v1")));
    check_at_rest(world);
    crash_everywhere(world);
  }
}

TEST_CASE("the node of a running VM is lost", "[golden]") {
  auto world = fleet(2);
  create(world, "v1");
  world.run();
  world.set_driver(false, true);
  const auto first = world.log().size();
  world.send<Node>("n1", Node::ReportLost{"power"});
  world.run();
  CHECK(std::holds_alternative<Vm::Failed>(world.state<Vm>("v1")));
  CHECK(std::holds_alternative<Lease::Ended>(world.state<Lease>("v1.1")));
  create(world, "v2", 2);
  world.run();
  CHECK(std::get<Vm::Running>(world.state<Vm>("v2")).placement.node_id == "n2");
  check_scenario("node_lost", world, first);
}

TEST_CASE("the node of a VM that is being created is lost, at every step") {
  auto whole = fleet(1);
  create(whole, "v1");
  const auto first = whole.log().size();
  whole.run();
  for (auto count = first; count <= whole.log().size(); ++count) {
    auto world = RuleWorld::after_crash(whole, count);
    world.set_driver(false, true);
    world.send<Node>("n1", Node::ReportLost{"power"});
    world.run();
    INFO("lost after event " << count);
    const auto failed = failure_of(world, "create-v1");
    const bool had_started =
        name_of(whole.log()[count - 1].event) == "vm.started" || count == whole.log().size();
    CHECK((had_started ? failed.empty() : failed == "node_lost" || failed == "out_of_stock"));
    check_at_rest(world);
    crash_everywhere(world);
  }
}

TEST_CASE("a GPU of a VM has a fault, at every step", "[golden]") {
  auto whole = fleet(1);
  create(whole, "v1");
  const auto first = whole.log().size();
  whole.run();
  for (auto count = first; count <= whole.log().size(); ++count) {
    auto world = RuleWorld::after_crash(whole, count);
    world.send<Gpu>("n1:0", Gpu::ReportFault{"ECC"});
    world.run();
    INFO("fault after event " << count);
    // Before the claim another GPU is taken, and after the grant the VM fails.
    const auto state = world.state<Vm>("v1");
    const auto* vm = std::get_if<Vm::Running>(&state);
    if (vm) CHECK(vm->placement.gpu_indices == std::vector<std::uint32_t>{1});
    if (!vm) CHECK(std::holds_alternative<Vm::Failed>(world.state<Vm>("v1")));
    check_at_rest(world);
    crash_everywhere(world);
  }
}

TEST_CASE("a failed VM can be deleted, and a deleted one deleted again", "[golden]") {
  auto world = fleet(1);
  create(world, "v1", 2);
  create(world, "v2");
  world.run();
  const auto first = world.log().size();
  remove(world, "v2");
  world.run();
  CHECK(std::holds_alternative<Vm::Deleted>(world.state<Vm>("v2")));
  world.send<Operation>("again", Operation::Start{{"p1", "v2", DeleteVm{}}});
  world.send<Operation>("never", Operation::Start{{"p1", "v3", DeleteVm{}}});
  world.run();
  CHECK(std::holds_alternative<Operation::Succeeded>(world.state<Operation>("again")));
  CHECK(std::holds_alternative<Operation::Succeeded>(world.state<Operation>("never")));
  check_scenario("deleted_again", world, first);
}

TEST_CASE("a driver that cannot start a VM fails its creation", "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  world.set_driver(true, false);
  create(world, "v1");
  world.run();
  world.send<Vm>("v1", Vm::ReportFailed{"driver_error", "No such image."});
  world.run();
  CHECK(failure_of(world, "create-v1") == "driver_error");
  check_scenario("driver_error", world, first);
}

TEST_CASE("a second creation of the same VM fails and leaves the first alone") {
  auto world = fleet(1);
  create(world, "v1");
  world.send<Operation>("other", Operation::Start{create_of("v1", 2)});
  world.run();
  CHECK(failure_of(world, "other") == "vm_exists_already");
  CHECK(std::holds_alternative<Vm::Running>(world.state<Vm>("v1")));
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a lease that is asked for after its VM is forgotten is given back") {
  auto world = fleet(1);
  create(world, "v1");
  while (command_text(world.owed().front()) != "lease/v1.1 <- Lease::Request") world.step();
  remove(world, "v1");
  // Everything else goes first.
  world.run([](std::size_t count) { return count > 1 ? std::size_t{1} : std::size_t{0}; });
  CHECK(std::holds_alternative<Lease::Ended>(world.state<Lease>("v1.1")));
  check_at_rest(world);
}
