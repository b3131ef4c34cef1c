#include <catch2/catch.hpp>

#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

constexpr auto run = "instance-i1.1";
constexpr auto job = "instance-i1.1.1";
const SnapshotWish wish{"image-1", "images.example/u1/mine:v1"};

struct InstanceWorld : SlurmWorld {
  InstanceWorld() {
    order_instance("i1");
    bring_up_run(run);
  }
  template <class State>
  bool is() {
    return std::holds_alternative<State>(instances["i1"]);
  }
  template <class Event>
  const Event* happened() {
    for (const auto& event : instance_events["i1"])
      if (const auto* wanted = std::get_if<Event>(&event)) return wanted;
    return nullptr;
  }
  /// Told to end, it has ended in Slurm, and that has been seen.
  void go_off(std::optional<SnapshotWish> snapshot = {}) {
    order_instance_off("i1", std::move(snapshot));
    settle_with_look();
    end_job(job, {{}, 15u, "", ""});
    look();
    for (int i = 0; i < 4; ++i) {
      pass(101ms);
      deliver();
    }
  }
};

}  // namespace

TEST_CASE("an instance that has claimed runs, and is reached at its node's address") {
  InstanceWorld world;
  REQUIRE(world.is<Instance::Running>());
  const auto* started = world.happened<InstanceStarted>();
  REQUIRE(started != nullptr);
  CHECK(started->ip == "127.0.0.1");
  CHECK(started->ssh_port >= world.configuration.port_first);
}

TEST_CASE("an instance is off once Slurm shows nothing of it, and on again by another run") {
  InstanceWorld world;
  world.order_instance_off("i1");
  world.settle_with_look();
  CHECK(world.slurm.signalled == std::vector<std::string>{job});
  CHECK(world.is<Instance::Stopping>());
  world.end_job(job, {{}, 15u, "", ""});
  world.settle_with_look();
  CHECK(world.is<Instance::Stopped>());
  CHECK(world.happened<InstanceInterrupted>() == nullptr);
  SlurmWorld::decide<Instance>(world.instances["i1"], Instance::Start{}, nullptr);
  world.order_instance("i1", 2);
  world.bring_up_run("instance-i1.2");
  CHECK(world.is<Instance::Running>());
}

TEST_CASE("an instance is saved once nothing of it runs, and then it is off") {
  InstanceWorld world;
  world.go_off(wish);
  REQUIRE(world.calls.size() == 1);
  CHECK(std::get<SaveCall>(world.calls.front()).wish == wish);
  CHECK(world.is<Instance::Stopping>());
  SECTION("it can be saved") {
    world.settle();
    CHECK(world.happened<InstanceSnapshotTaken>()->size_bytes == 4'096);
    CHECK(world.happened<InstanceInterrupted>() == nullptr);
  }
  SECTION("it can't, and its owner hears why") {
    world.carry_out(false);
    world.settle();
    REQUIRE(world.happened<InstanceInterrupted>() != nullptr);
    CHECK(world.happened<InstanceInterrupted>()->code == "snapshot_failed");
    CHECK(world.happened<InstanceInterrupted>()->message == "The disk is full.");
    CHECK(world.happened<InstanceSnapshotTaken>() == nullptr);
  }
  SECTION("the driver is killed meanwhile, and another saves it") {
    world.restart();
    world.settle_with_look();
    CHECK(world.is<Instance::Stopping>());  // Whether it is to be saved hasn't been said again.
    world.order_instance_off("i1", wish);
    world.settle_with_look();
    CHECK(world.happened<InstanceSnapshotTaken>() != nullptr);
  }
  CHECK(world.is<Instance::Stopped>());
  CHECK(world.directory(run).is_reported());
}

TEST_CASE("an instance whose process ends by itself is off, and says why") {
  InstanceWorld world;
  world.end_job(job, {1u, {}, "", ""}, SlurmJobState::failed);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.is<Instance::Stopped>());
  REQUIRE(world.happened<InstanceInterrupted>() != nullptr);
  CHECK(world.happened<InstanceInterrupted>()->code == "exited");
}
