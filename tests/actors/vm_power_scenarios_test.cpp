#include "tests/support/vm_scenario.hpp"

using namespace orrery;
using namespace orrery::scenario;

namespace {

/// A world after one VM "v1" was created and runs.
RuleWorld with_running_vm(std::uint32_t node_count = 1, std::uint32_t gpu_count = 1) {
  auto world = fleet(node_count);
  create(world, "v1", gpu_count);
  world.run();
  return world;
}

VmPlaced placement_of(const RuleWorld& world, const std::string& vm_id) {
  return std::get<Vm::Running>(world.state<Vm>(vm_id)).placement;
}

}  // namespace

TEST_CASE("a VM is stopped, gives its GPUs back, and is started again", "[golden]") {
  auto world = with_running_vm();
  const auto before = placement_of(world, "v1");
  const auto first = world.log().size();
  carry_out(world, "off", "v1", PowerOffVm{});
  CHECK(has_succeeded(world, "off"));
  CHECK(std::holds_alternative<Vm::Stopped>(world.state<Vm>("v1")));
  CHECK(std::holds_alternative<Lease::Ended>(world.state<Lease>("v1.1")));
  carry_out(world, "on", "v1", PowerOnVm{});
  CHECK(has_succeeded(world, "on"));
  const auto after = placement_of(world, "v1");
  CHECK(after.lease_id == "v1.2");
  CHECK(after.fence > before.fence);
  CHECK(after.private_ipv4 == before.private_ipv4);
  check_scenario("stop_and_start", world, first);
}

TEST_CASE("a VM that finds no GPUs when it is started is stopped still", "[golden]") {
  auto world = with_running_vm(1, 2);
  carry_out(world, "off", "v1", PowerOffVm{});
  create(world, "v2");
  world.run();
  const auto first = world.log().size();
  carry_out(world, "on", "v1", PowerOnVm{});
  CHECK(failure_of(world, "on") == "out_of_stock");
  CHECK(std::holds_alternative<Vm::Stopped>(world.state<Vm>("v1")));
  remove(world, "v2");
  world.run();
  carry_out(world, "on-again", "v1", PowerOnVm{});
  CHECK(has_succeeded(world, "on-again"));
  check_scenario("start_out_of_stock", world, first);
}

TEST_CASE("a driver that cannot start a stopped VM leaves it stopped") {
  auto world = with_running_vm();
  carry_out(world, "off", "v1", PowerOffVm{});
  world.set_driver(true, false);
  carry_out(world, "on", "v1", PowerOnVm{});
  world.send<Vm>("v1", Vm::ReportFailed{"driver_error", "No such image."});
  world.run();
  CHECK(failure_of(world, "on") == "driver_error");
  CHECK(std::holds_alternative<Vm::Stopped>(world.state<Vm>("v1")));
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a running VM boots anew for every reset", "[golden]") {
  auto world = with_running_vm();
  const auto first = world.log().size();
  start(world, "reset", "v1", ResetVm{});
  start(world, "reset-again", "v1", ResetVm{});
  world.run();
  CHECK(has_succeeded(world, "reset"));
  CHECK(has_succeeded(world, "reset-again"));
  CHECK(std::get<Vm::Running>(world.state<Vm>("v1")).vm.reset_count == 2);
  check_scenario("reset", world, first);
}

TEST_CASE("a stopped VM is resized and starts with the GPUs of its new type", "[golden]") {
  auto world = with_running_vm();
  const auto first = world.log().size();
  start(world, "off", "v1", PowerOffVm{});
  start(world, "resize", "v1", ResizeVm{"l40s-48gb.2x", model, 2});
  start(world, "on", "v1", PowerOnVm{});
  world.run();
  for (const auto* operation : {"off", "resize", "on"}) CHECK(has_succeeded(world, operation));
  CHECK(placement_of(world, "v1").gpu_indices.size() == 2);
  check_scenario("resize", world, first);
}

TEST_CASE("what doesn't fit the VM's state fails, and so does another family") {
  auto world = with_running_vm();
  carry_out(world, "resize", "v1", ResizeVm{"l40s-48gb.2x", model, 2});
  CHECK(failure_of(world, "resize") == "vm_not_stopped");
  carry_out(world, "on", "v1", PowerOnVm{});
  CHECK(has_succeeded(world, "on"));
  carry_out(world, "off", "v1", PowerOffVm{});
  carry_out(world, "off-again", "v1", PowerOffVm{});
  CHECK(has_succeeded(world, "off-again"));
  carry_out(world, "reset", "v1", ResetVm{});
  CHECK(failure_of(world, "reset") == "vm_not_running");
  carry_out(world, "network", "v1", ChangeVmNetwork{"s2", PublicAddress::none});
  CHECK(failure_of(world, "network") == "vm_not_running");
  carry_out(world, "family", "v1", ResizeVm{"a40.1x", "A40-48GB", 1});
  CHECK(failure_of(world, "family") == "type_is_of_another_family");
  carry_out(world, "nobody", "v2", PowerOnVm{});
  CHECK(failure_of(world, "nobody") == "vm_not_found");
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a delete overtakes everything else, at every step", "[golden]") {
  auto whole = fleet(1);
  create(whole, "v1");
  start(whole, "off", "v1", PowerOffVm{});
  start(whole, "on", "v1", PowerOnVm{});
  start(whole, "reset", "v1", ResetVm{});
  const auto first = whole.log().size();
  whole.run();
  CHECK(has_succeeded(whole, "reset"));
  check_scenario("one_after_the_other", whole, first);
  for (auto count = first; count <= whole.log().size(); ++count) {
    auto world = RuleWorld::after_crash(whole, count);
    remove(world, "v1");
    world.run();
    INFO("deleted after event " << count);
    CHECK(std::holds_alternative<Vm::Deleted>(world.state<Vm>("v1")));
    CHECK(has_succeeded(world, "delete-v1"));
    for (const auto* operation : {"create-v1", "off", "on", "reset"})
      CHECK((has_succeeded(world, operation) || failure_of(world, operation) == "cancelled"));
    check_at_rest(world);
  }
}

TEST_CASE("the node of a VM is lost while the VM is stopped and started, at every step") {
  auto whole = with_running_vm(2);
  const auto first = whole.log().size();
  carry_out(whole, "reset", "v1", ResetVm{});
  carry_out(whole, "off", "v1", PowerOffVm{});
  carry_out(whole, "on", "v1", PowerOnVm{});
  for (auto count = first; count <= whole.log().size(); ++count) {
    auto world = RuleWorld::after_crash(whole, count);
    world.set_driver(false, true);
    world.send<Node>("n1", Node::ReportLost{"power"});
    world.run();
    INFO("lost after event " << count);
    const auto vm = world.state<Vm>("v1");
    CHECK((std::holds_alternative<Vm::Failed>(vm) || std::holds_alternative<Vm::Stopped>(vm) ||
           std::holds_alternative<Vm::Running>(vm)));
    check_at_rest(world);
    crash_everywhere(world);
  }
}
