#include "tests/support/instance_scenario.hpp"

using namespace orrery;
using namespace orrery::instances;

namespace {

std::string failure_of(const RuleWorld& world, const std::string& id) {
  for (const auto& recorded : world.log())
    if (recorded.stream == "instance/" + id)
      if (const auto* failed = std::get_if<InstanceFailed>(&recorded.event)) return failed->code;
  return "";
}

std::size_t count_of(const RuleWorld& world, const std::string& event) {
  return static_cast<std::size_t>(std::ranges::count_if(
      world.log(), [&](const auto& each) { return name_of(each.event) == event; }));
}

bool is_gone(const RuleWorld& world, const std::string& volume_id) {
  return !std::holds_alternative<Volume::Kept>(world.state<Volume>(volume_id));
}

std::set<std::string> mounters_of(const RuleWorld& world, const std::string& volume_id) {
  return std::get<Volume::Kept>(world.state<Volume>(volume_id)).instances;
}

}  // namespace

TEST_CASE("an instance is ordered, gets GPUs and a volume, runs and is deleted", "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  create(world, "i1");
  CHECK(is<Instance::Running>(world, "i1"));
  CHECK(placement_of(world, "i1").lease_id == "i1.1");
  CHECK(mounters_of(world, "volume-i1") == std::set<std::string>{"i1"});
  remove(world, "i1");
  CHECK(is<Instance::Deleted>(world, "i1"));
  CHECK(mounters_of(world, "volume-i1").empty());
  CHECK(std::holds_alternative<Lease::Ended>(world.state<Lease>("i1.1")));
  check_scenario("instance_create_and_delete", world, first);
}

TEST_CASE("an instance is switched off, gives its GPUs back, and is switched on again",
          "[golden]") {
  auto world = with_running();
  const auto before = placement_of(world, "i1");
  const auto first = world.log().size();
  switch_off(world, "i1");
  CHECK(is<Instance::Stopped>(world, "i1"));
  CHECK(std::holds_alternative<Lease::Ended>(world.state<Lease>("i1.1")));
  CHECK(mounters_of(world, "volume-i1").size() == 1);
  switch_on(world, "i1");
  const auto after = placement_of(world, "i1");
  CHECK(after.lease_id == "i1.2");
  CHECK(after.fence > before.fence);
  check_scenario("instance_stop_and_start", world, first);
}

TEST_CASE("an instance that finds no GPUs fails, leaves no volume and costs nothing", "[golden]") {
  auto world = with_running(1, 2);
  const auto first = world.log().size();
  const auto balance = balance_of(world);
  create(world, "i2");
  CHECK(failure_of(world, "i2") == "out_of_stock");
  CHECK(is_gone(world, "volume-i2"));
  CHECK(balance_of(world) == balance);
  remove(world, "i2");
  CHECK(is<Instance::Deleted>(world, "i2"));
  check_scenario("instance_out_of_stock", world, first);
}

TEST_CASE("a create waits for GPUs where the cluster says so, and may be deleted meanwhile",
          "[golden]") {
  auto world = fleet(1, WhenFull::queue);
  const auto wish = [](const std::string& id, std::uint32_t gpu_count) {
    auto specification = specification_of(id, gpu_count);
    specification.when_full = WhenFull::queue;
    return specification;
  };
  order(world, "i1", wish("i1", 2));
  world.run();
  const auto first = world.log().size();
  order(world, "i2", wish("i2", 1));
  order(world, "i3", wish("i3", 1));
  world.run();
  CHECK(is<Instance::Waiting>(world, "i2"));
  CHECK(is<Instance::Waiting>(world, "i3"));
  remove(world, "i2");
  CHECK(is<Instance::Deleted>(world, "i2"));
  CHECK(count_of(world, "wallet.order_refunded") == 1);
  remove(world, "i1");
  CHECK(is<Instance::Running>(world, "i3"));
  check_scenario("instance_queued_create", world, first);
}

TEST_CASE("a restart with all GPUs busy waits, and can be called off", "[golden]") {
  auto world = with_running(1, 2);
  switch_off(world, "i1");
  create(world, "i2");
  const auto first = world.log().size();
  switch_on(world, "i1");
  CHECK(is<Instance::Waiting>(world, "i1"));
  switch_off(world, "i1");
  CHECK(is<Instance::Stopped>(world, "i1"));
  switch_on(world, "i1");
  CHECK(is<Instance::Waiting>(world, "i1"));
  remove(world, "i2");
  CHECK(is<Instance::Running>(world, "i1"));
  check_scenario("instance_restart_waits", world, first);
}

TEST_CASE("an instance whose node is lost is placed anew", "[golden]") {
  auto world = with_running(2);
  const auto before = placement_of(world, "i1");
  const auto first = world.log().size();
  world.send<Node>(before.node_id, Node::ReportLost{"power"});
  world.run();
  CHECK(placement_of(world, "i1").fence > before.fence);
  CHECK(count_of(world, "instance.interrupted") == 1);
  check_scenario("instance_node_lost", world, first);
}

TEST_CASE("an instance one of whose GPUs breaks is placed anew", "[golden]") {
  auto world = with_running(1);
  const auto before = placement_of(world, "i1");
  const auto first = world.log().size();
  world.send<Gpu>(gpu_id(before.node_id, before.gpu_indices.at(0)), Gpu::ReportFault{"ECC"});
  world.run();
  CHECK(placement_of(world, "i1").gpu_indices != before.gpu_indices);
  check_scenario("instance_gpu_fault", world, first);
}

TEST_CASE("an instance that lost its place is gone once it has ended there, or the node has") {
  const auto settle = [](RuleWorld& world) {
    while (world.run_one([](std::size_t) { return std::size_t{0}; })) continue;
  };
  auto world = with_running(1, 2);
  const auto before = placement_of(world, "i1");
  world.send<Gpu>(gpu_id(before.node_id, 0), Gpu::ReportFault{"ECC"});
  settle(world);
  CHECK(is<Instance::Waiting>(world, "i1"));
  world.send<Instance>("i1", Instance::Delete{});
  auto lost = RuleWorld::after_crash(world, world.log().size());
  settle(world);
  CHECK(is<Instance::Deleting>(world, "i1"));  // The driver's turn.
  world.send<Instance>("i1", Instance::ReportStopped{before.fence});
  CHECK(is<Instance::Deleted>(world, "i1"));
  lost.send<Node>(before.node_id, Node::ReportLost{"power"});
  settle(lost);
  CHECK(is<Instance::Deleted>(lost, "i1"));
}

TEST_CASE("a switched on instance that loses its GPUs at any step is placed anew") {
  auto whole = with_running(2);
  switch_off(whole, "i1");
  const auto first = whole.log().size();
  switch_on(whole, "i1");
  for (auto count = first; count <= whole.log().size(); ++count) {
    for (const bool is_node : {true, false}) {
      INFO((is_node ? "node lost" : "GPU fault") << " after event " << count);
      auto world = RuleWorld::after_crash(whole, count);
      if (is_node)
        world.send<Node>("n1", Node::ReportLost{"power"});
      else
        world.send<Gpu>(gpu_id("n1", 0), Gpu::ReportFault{"ECC"});
      world.run();
      CHECK((is<Instance::Running>(world, "i1") || count == first));
      check_at_rest(world);
    }
  }
}

TEST_CASE("an instance is saved as an image of its owner while it is switched off", "[golden]") {
  auto world = with_running();
  const auto first = world.log().size();
  world.send<Instance>("i1", stop(SnapshotWish{"image-1", "images.example/u1/mine:v1"}));
  world.run();
  CHECK(is<Instance::Stopped>(world, "i1"));
  const auto image = world.state<ContainerImage>("image-1");
  const auto& saved = std::get<ContainerImage::Saved>(image).image;
  CHECK(saved.namespace_id == "u1");
  CHECK(saved.image == "images.example/u1/mine:v1");
  CHECK(saved.instance_id == "i1");
  CHECK(saved.size_bytes == 3'000'000'000);
  check_scenario("instance_snapshot", world, first);
}

TEST_CASE("a snapshot that is taken once more by the same wish is the same image") {
  auto world = with_running();
  for (int round = 0; round < 2; ++round) {
    world.send<Instance>("i1", stop(SnapshotWish{"image-1", "images.example/u1/mine:v1"}));
    world.run();
    CHECK(is<Instance::Stopped>(world, "i1"));
    check_at_rest(world);
    switch_on(world, "i1");
  }
  CHECK(count_of(world, "instance.snapshot_taken") == 2);
  CHECK(count_of(world, "container_image.saved") == 1);
  crash_everywhere(world);
}

TEST_CASE("a snapshot whose image is there already is no image, and nothing waits for it") {
  auto world = with_running();
  world.send<ContainerImage>("image-1", ContainerImage::Publish{{"images.example/pytorch:2"}});
  world.send<Instance>("i1", stop(SnapshotWish{"image-1", "images.example/u1/mine:v1"}));
  world.run();
  CHECK(is<Instance::Stopped>(world, "i1"));
  switch_on(world, "i1");
  CHECK(is<Instance::Running>(world, "i1"));
}

TEST_CASE("a volume outlives its instance and is mounted again, by several", "[golden]") {
  auto world = with_running();
  remove(world, "i1");
  const auto first = world.log().size();
  for (const auto* id : {"i2", "i3"}) {
    auto wish = specification_of(id);
    wish.volumes = {{"volume-i1", "/root/data", 50, false}};
    order(world, id, wish);
  }
  world.run();
  CHECK(mounters_of(world, "volume-i1") == std::set<std::string>{"i2", "i3"});
  remove(world, "i2");
  CHECK(mounters_of(world, "volume-i1") == std::set<std::string>{"i3"});
  check_scenario("instance_shared_volume", world, first);
}

TEST_CASE("an instance that wants a volume that isn't there fails and gives its new ones back") {
  auto world = fleet(1);
  auto wish = specification_of("i1");
  wish.volumes.push_back({"volume-of-nobody", "/mnt", 50, false});
  order(world, "i1", wish);
  world.run();
  CHECK(failure_of(world, "i1") == "volume_does_not_exist");
  CHECK(is_gone(world, "volume-i1"));
  CHECK(balance_of(world) == 1'000);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a driver that cannot start a new instance makes it fail, another is off then") {
  auto world = fleet(1);
  world.set_driver(true, false);
  create(world, "i1");
  const auto fail = [&] {
    world.send<Instance>("i1", Instance::ReportFailed{"driver_error", "No such image."});
    world.run();
  };
  fail();
  CHECK(failure_of(world, "i1") == "driver_error");
  CHECK(is_gone(world, "volume-i1"));
  check_at_rest(world);
  crash_everywhere(world);

  world = with_running();
  switch_off(world, "i1");
  world.set_driver(true, false);
  switch_on(world, "i1");
  fail();
  CHECK(is<Instance::Stopped>(world, "i1"));
  CHECK(mounters_of(world, "volume-i1").size() == 1);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("deleting overtakes everything else, at every step") {
  auto whole = fleet(1, WhenFull::queue);
  auto wish = specification_of("i1");
  wish.when_full = WhenFull::queue;
  order(whole, "i1", wish);
  const auto first = whole.log().size();
  whole.run();
  switch_off(whole, "i1");
  switch_on(whole, "i1");
  for (auto count = first; count <= whole.log().size(); ++count) {
    INFO("deleted after event " << count);
    auto world = RuleWorld::after_crash(whole, count);
    if (is<Instance::Absent>(world, "i1")) continue;
    remove(world, "i1");
    CHECK(is<Instance::Deleted>(world, "i1"));
    check_at_rest(world);
    CHECK(world.instance_process().instance_count() == 0);
  }
}

TEST_CASE("an order for a name that is taken is refunded") {
  auto world = with_running();
  auto second = order_of("i1", specification_of("i1"));
  second.order_id = "order-again";
  world.send<Wallet>("u1", Wallet::PlaceOrder{second, 0});
  world.run();
  CHECK(balance_of(world) == 700);
  CHECK(is<Instance::Running>(world, "i1"));
  check_at_rest(world);

  remove(world, "i1");
  second.order_id = "order-after-it";
  world.send<Wallet>("u1", Wallet::PlaceOrder{second, 0});
  world.run();
  CHECK(balance_of(world) == 700);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a new volume that another instance has mounted meanwhile stays when its own fails") {
  auto world = fleet(1);
  world.set_driver(true, false);
  create(world, "i1");
  auto wish = specification_of("i2");
  wish.volumes = {{"volume-i1", "/root/data", 50, false}};
  order(world, "i2", wish);
  world.run();
  world.send<Instance>("i1", Instance::ReportFailed{"driver_error", "No such image."});
  world.set_driver(true, true);
  world.run();
  CHECK(is<Instance::Failed>(world, "i1"));
  CHECK(is<Instance::Running>(world, "i2"));
  CHECK(mounters_of(world, "volume-i1") == std::set<std::string>{"i2"});
  remove(world, "i2");
  CHECK(mounters_of(world, "volume-i1").empty());
  check_at_rest(world);
  world = RuleWorld::after_crash(world, world.log().size());
  world.run();
  CHECK(mounters_of(world, "volume-i1").empty());
}
