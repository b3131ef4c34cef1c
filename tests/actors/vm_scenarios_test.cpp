#include "tests/support/vm_scenario.hpp"

using namespace orrery;
using namespace orrery::scenario;

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
  start(world, "again", "v2", DeleteVm{});
  start(world, "never", "v3", DeleteVm{});
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
  start(world, "other", "v1", CreateVm{specification_of("v1", 2), {}});
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
