#include "projections/availability/availability_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

struct Story : Told<AvailabilityView> {
  Story& cluster(WhenFull when_full = WhenFull::refuse,
                 PlacementStrategy strategy = PlacementStrategy::pack) {
    tell("cluster/c", ClusterDeclared{"here", when_full, strategy});
    return *this;
  }
  Story& node(const std::string& id, std::uint32_t gpu_count) {
    tell("node/" + id, NodeRegistered{"c", "A40-48GB", gpu_count});
    for (std::uint32_t i = 0; i < gpu_count; ++i)
      tell("gpu/" + id + ":" + std::to_string(i), GpuRegistered{id, i, "A40-48GB"});
    tell("node/" + id, NodeBecameReady{});
    return *this;
  }
  Story& asks(const std::string& vm, std::uint32_t count, WhenFull when_full = WhenFull::refuse) {
    tell("lease/" + vm + ".1", LeaseRequested{"vm/" + vm, "c", "A40-48GB", count, when_full});
    return *this;
  }
  Story& claims(const std::string& vm, const std::string& node, std::uint32_t index) {
    tell("gpu/" + node + ":" + std::to_string(index), GpuClaimed{vm + ".1", 1});
    return *this;
  }
  Story& starts(const std::string& operation, const std::string& vm, std::uint32_t count) {
    auto requested = vm_of("p", vm);
    requested.specification.cluster = "c";
    requested.specification.gpu_model = "A40-48GB";
    requested.specification.gpu_count = count;
    tell("operation/" + operation, create_of(vm, requested));
    return *this;
  }
  bool available(std::uint32_t count) const { return view.available("c", "A40-48GB", count); }
  std::uint64_t free() const { return view.free_gpu_count("c", "A40-48GB"); }
};

}  // namespace

TEST_CASE("GPUs are available on nodes that are ready and not cordoned") {
  Story story;
  story.cluster();
  CHECK_FALSE(story.available(1));
  story.tell("node/n", NodeRegistered{"c", "A40-48GB", 2});
  story.tell("node/n", NodeBecameReady{});
  CHECK_FALSE(story.available(1));
  story.tell("gpu/n:0", GpuRegistered{"n", 0, "A40-48GB"});
  CHECK(story.available(1));
  CHECK_FALSE(story.available(2));
  story.tell("gpu/n:1", GpuRegistered{"n", 1, "A40-48GB"});
  CHECK(story.available(2));
  CHECK_FALSE(story.available(3));
  CHECK_FALSE(story.available(0));
  story.tell("node/n", NodeCordoned{"repair"});
  CHECK_FALSE(story.available(1));
  story.tell("node/n", NodeUncordoned{});
  CHECK(story.available(2));
  story.tell("node/n", NodeLost{"no sign of life"});
  CHECK_FALSE(story.available(1));
  story.tell("node/n", NodeBecameReady{});
  CHECK(story.available(2));
  CHECK_FALSE(story.view.available("c", "L40S-48GB", 1));
  CHECK_FALSE(story.view.available("d", "A40-48GB", 1));
}

TEST_CASE("the GPUs of one VM come from one node") {
  Story story;
  story.cluster().node("n1", 2).node("n2", 2);
  CHECK(story.free() == 4);
  CHECK(story.available(2));
  CHECK_FALSE(story.available(3));
}

TEST_CASE("a request counts from the start of its operation to the end of its lease") {
  Story story;
  story.cluster().node("n", 4);
  story.starts("op", "vm", 3);
  CHECK(story.free() == 1);
  story.asks("vm", 3);
  CHECK(story.free() == 1);
  story.claims("vm", "n", 0);
  CHECK(story.free() == 1);
  story.claims("vm", "n", 1).claims("vm", "n", 2);
  story.tell("lease/vm.1", LeaseGranted{"n", {0, 1, 2}, 1});
  CHECK(story.free() == 1);
  CHECK(story.available(1));
  CHECK_FALSE(story.available(2));
  story.tell("lease/vm.1", LeaseReleased{});
  CHECK(story.available(4));
  for (const auto* gpu : {"gpu/n:0", "gpu/n:1", "gpu/n:2"}) story.tell(gpu, GpuReleased{"vm.1"});
  CHECK(story.available(4));
}

TEST_CASE("an expired lease and a refused one free their GPUs") {
  Story story;
  story.cluster().node("n", 2).asks("a", 1).asks("b", 1).claims("a", "n", 0);
  CHECK(story.free() == 0);
  story.tell("lease/b.1", LeaseRefused{"out_of_stock"});
  CHECK(story.free() == 1);
  story.tell("lease/a.1", LeaseExpired{"node_lost"});
  CHECK(story.free() == 2);
}

TEST_CASE("a claim that is given back leaves the request waiting") {
  Story story;
  story.cluster().node("n1", 2).node("n2", 4).asks("a", 2).claims("a", "n1", 0);
  CHECK(story.free() == 4);
  story.tell("gpu/n1:1", GpuFaulted{"ECC"});
  story.tell("gpu/n1:0", GpuReleased{"a.1"});
  CHECK(story.free() == 3);  // One on n1, and two of n2 beside the request's.
  CHECK(story.available(2));
  CHECK_FALSE(story.available(3));
}

TEST_CASE("a claim for a lease that has ended takes nothing") {
  Story story;
  story.cluster().node("n", 1).asks("a", 1);
  story.tell("lease/a.1", LeaseReleased{});
  story.claims("a", "n", 0);
  CHECK(story.available(1));
}

TEST_CASE("a faulty GPU takes nothing until it is repaired, whoever held it") {
  Story story;
  story.cluster().node("n", 1).asks("a", 1).claims("a", "n", 0);
  story.tell("lease/a.1", LeaseGranted{"n", {0}, 1});
  story.tell("gpu/n:0", GpuFaulted{"ECC"});
  story.tell("lease/a.1", LeaseReleased{});
  CHECK_FALSE(story.available(1));
  story.tell("gpu/n:0", GpuRepaired{});
  CHECK(story.available(1));
}

TEST_CASE("an accepted create stops counting when it ends before it asks for GPUs") {
  Story story;
  story.cluster().node("n", 1);
  story.starts("1", "a", 1);
  CHECK_FALSE(story.available(1));
  story.tell("operation/1", OperationFailed{"cancelled", ""});
  CHECK(story.available(1));
  story.starts("2", "b", 1);
  story.tell("vm/b", VmDeletionRequested{});
  CHECK(story.available(1));
  story.starts("3", "c", 1);
  story.tell("vm/c", VmFailed{"out_of_stock", ""});
  CHECK(story.available(1));
}

TEST_CASE("packing keeps whole nodes free, spreading does not") {
  Story packed;
  packed.cluster(WhenFull::refuse, PlacementStrategy::pack).node("n1", 4).node("n2", 2);
  packed.asks("a", 1).asks("b", 1);
  CHECK(packed.available(4));
  Story spread;
  spread.cluster(WhenFull::refuse, PlacementStrategy::spread).node("n1", 4).node("n2", 2);
  spread.asks("a", 1).asks("b", 1);
  CHECK_FALSE(spread.available(3));
  CHECK(spread.free() == 4);
}

TEST_CASE("nobody passes a queue, but what never fits blocks nobody") {
  Story story;
  story.cluster(WhenFull::queue).node("n1", 2).node("n2", 1);
  story.asks("huge", 9, WhenFull::queue);
  CHECK(story.available(2));
  story.asks("a", 2, WhenFull::queue);
  CHECK(story.available(1));
  story.starts("1", "b", 2);
  CHECK_FALSE(story.available(1));
  story.tell("cluster/c", ClusterDeclared{"here", WhenFull::refuse});
  CHECK(story.available(1));
}

namespace {

struct InstanceStory : Story {
  InstanceStory& orders(const std::string& id, std::uint32_t count,
                        WhenFull when_full = WhenFull::refuse) {
    OrderPlaced order;
    order.order_id = "order-" + id;
    order.instance_id = id;
    order.specification.cluster = "c";
    order.specification.gpu_model = "A40-48GB";
    order.specification.gpu_count = count;
    order.specification.when_full = when_full;
    tell("wallet/u", order);
    return *this;
  }
  InstanceStory& instance(const std::string& id, Event event) {
    tell("instance/" + id, std::move(event));
    return *this;
  }
  InstanceStory& leases(const std::string& lease, std::uint32_t count) {
    tell("lease/" + lease, LeaseRequested{"instance/i1", "c", "A40-48GB", count, WhenFull::queue});
    return *this;
  }
};

}  // namespace

TEST_CASE("an order takes its GPUs from when it is placed until it ends or has a lease") {
  InstanceStory story;
  story.cluster().node("n", 4);
  story.orders("i1", 3);
  CHECK(story.free() == 1);
  story.instance("i1", InstanceRequested{});
  CHECK(story.free() == 1);
  story.leases("i1.1", 3);
  CHECK(story.free() == 1);
  story.orders("i2", 1);
  CHECK(story.free() == 0);
  story.instance("i2", InstanceRequested{}).instance("i2", InstanceFailed{"out_of_stock", ""});
  CHECK(story.free() == 1);
  story.orders("i3", 1);
  story.tell("wallet/u", OrderRefunded{"order-i3", 0, "instance_has_ended"});
  CHECK(story.free() == 1);
}

TEST_CASE("an order for a name that is taken takes nothing") {
  InstanceStory story;
  story.cluster().node("n", 4);
  story.orders("i1", 1).orders("i1", 2);
  CHECK(story.free() == 3);
  story.tell("wallet/u", OrderRefunded{"order-i1", 0, "instance_exists_already"});
  CHECK(story.free() == 4);
}

TEST_CASE("an instance on its way back takes its GPUs, and is waited for where there are none") {
  InstanceStory story;
  story.cluster().node("n", 2);
  story.orders("i1", 2).leases("i1.1", 2);
  story.instance("i1", InstanceStopped{});
  story.tell("lease/i1.1", LeaseReleased{});
  CHECK(story.free() == 2);
  story.instance("i1", InstanceStartRequested{});
  CHECK(story.free() == 0);
  story.instance("i1", InstanceStopRequested{}).instance("i1", InstanceStopped{});
  CHECK(story.free() == 2);
  story.instance("i1", InstanceInterrupted{"gpu_fault", ""});
  CHECK(story.free() == 0);
  story.tell("gpu/n:0", GpuFaulted{"ECC"});
  CHECK_FALSE(story.available(1));  // It is the head of the queue.
  story.instance("i1", InstanceDeletionRequested{});
  CHECK(story.available(1));
  story.instance("i1", InstanceStartRequested{});
  CHECK(story.available(1));
}

TEST_CASE("what instances ask for survives a snapshot") {
  InstanceStory story;
  story.cluster().node("n", 4);
  story.orders("i1", 1).orders("i2", 2);
  story.instance("i1", InstanceRequested{}).leases("i1.1", 1);
  story.instance("i1", InstanceStopped{});
  std::string bytes;
  story.view.save(bytes);
  AvailabilityView loaded;
  loaded.load(bytes);
  CHECK(loaded.free_gpu_count("c", "A40-48GB") == story.free());
  std::string again;
  loaded.save(again);
  CHECK(again == bytes);
}

TEST_CASE("who takes any model is served before those who come later, in every pool") {
  Story story;
  story.cluster(WhenFull::queue).node("n", 4);
  const LeaseRequested any_model{"service/1", "c", "", 2, WhenFull::queue};
  story.tell("lease/service-1", any_model);
  CHECK(story.free() == 2);
  story.tell("lease/service-1", LeaseQueued{});
  CHECK_FALSE(story.available(1));  // Whatever it waits for may be here.
  story.tell("gpu/n:0", GpuClaimed{"service-1", 1});
  CHECK(story.free() == 2);
  story.tell("gpu/n:1", GpuClaimed{"service-1", 1});
  story.tell("lease/service-1", LeaseGranted{"n", {0, 1}, 1});
  CHECK(story.available(2));
  CHECK_FALSE(story.available(3));
  story.tell("lease/service-1", LeaseReleased{});
  CHECK(story.available(4));
}

TEST_CASE("who takes any model, and more than a node here has, takes nothing here") {
  Story story;
  story.cluster(WhenFull::queue).node("n", 4);
  story.tell("lease/service-1", LeaseRequested{"service/1", "c", "", 5, WhenFull::queue});
  story.tell("lease/service-1", LeaseQueued{});
  CHECK(story.available(4));
}

TEST_CASE("who waits for processors keeps others from the GPUs that he waits for") {
  Story story;
  story.cluster(WhenFull::queue).node("n", 4);
  story.tell("lease/service-1",
             LeaseRequested{"service/1", "c", "A40-48GB", 1, WhenFull::queue, 8, 0});
  CHECK(story.free() == 3);
  story.tell("lease/service-1", LeaseQueued{});
  CHECK_FALSE(story.available(1));
  story.tell("lease/service-1", LeaseReleased{});
  CHECK(story.available(4));
}

TEST_CASE("processors and memory alone take no GPUs") {
  Story story;
  story.cluster(WhenFull::queue).node("n", 4);
  story.tell("node/p", NodeRegistered{"c", "", 0, 64});
  story.tell("node/p", NodeBecameReady{});
  story.tell("lease/service-1",
             LeaseRequested{"service/1", "c", "A40-48GB", 0, WhenFull::queue, 8, 0});
  story.tell("lease/service-1", LeaseQueued{});
  CHECK(story.available(4));
  story.tell("lease/service-1", LeaseGranted{"p", {}, 1});
  story.tell("lease/service-1", LeaseReleased{});
  CHECK(story.free() == 4);
}
