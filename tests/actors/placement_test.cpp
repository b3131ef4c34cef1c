#include <catch2/catch.hpp>

#include "tests/support/told_placement.hpp"

using namespace orrery;

namespace {

constexpr auto* model = Told::model;

}  // namespace

TEST_CASE("packing takes the fullest node that fits, spreading the emptiest") {
  Told pack;
  Told spread{PlacementStrategy::spread};
  for (auto* told : {&pack, &spread}) {
    told->add_node("n1", 8);
    told->add_node("n2", 8);
    CHECK(told->grant("l1", 3) == "n1");
  }
  CHECK(pack.grant("l2", 2) == "n1");
  CHECK(pack.grant("l3", 4) == "n2");
  CHECK(pack.grant("l4", 3) == "n1");
  CHECK(spread.grant("l2", 2) == "n2");
  CHECK(spread.grant("l3", 1) == "n2");
}

TEST_CASE("GPUs that aren't there to take are not taken") {
  Told told;
  told.add_node("n1", 2);
  told.add_node("n2", 2);
  told.add_node("n3", 2);
  told.tell("node/n1", NodeCordoned{"repair"});
  told.tell("gpu/n2:0", GpuFaulted{"ECC"});
  told.tell("node/n3", NodeLost{"power"});
  CHECK(told.request("l1", 1) == "gpu/n2:1 <- Gpu::Claim\n");
  CHECK(told.request("l2", 1) == "lease/l2 <- Lease::Refuse\n");
  CHECK(told.tell("node/n1", NodeUncordoned{}).empty());
  CHECK(told.request("l3", 2) == "gpu/n1:0 <- Gpu::Claim\ngpu/n1:1 <- Gpu::Claim\n");
  told.tell("node/n3", NodeBecameReady{});
  CHECK(told.request("l4", 1) == "gpu/n3:0 <- Gpu::Claim\n");
}

TEST_CASE("a GPU that isn't registered yet is not taken") {
  Told told;
  told.tell("node/n1", NodeRegistered{"c", model, 2});
  told.tell("node/n1", NodeBecameReady{});
  CHECK(told.request("l1", 1) == "lease/l1 <- Lease::Refuse\n");
}

TEST_CASE("a queue is first come first served, and nobody passes its head") {
  Told told;
  told.add_node("n1", 2);
  CHECK(told.grant("l1", 2) == "n1");
  CHECK(told.request("l2", 2, WhenFull::queue) == "lease/l2 <- Lease::Queue\n");
  CHECK(told.request("l3", 1, WhenFull::queue) == "lease/l3 <- Lease::Queue\n");
  told.add_node("n2", 1);
  CHECK(told.request("l4", 1, WhenFull::queue) == "lease/l4 <- Lease::Queue\n");
  CHECK(told.request("l5", 1, WhenFull::refuse) == "lease/l5 <- Lease::Refuse\n");
  // Both GPUs of n1 are given back, and are the head's; who comes next gets what is left.
  CHECK(told.tell("lease/l1", LeaseReleased{}) ==
        "gpu/n1:0 <- Gpu::Release\ngpu/n1:1 <- Gpu::Release\n"
        "gpu/n1:0 <- Gpu::Claim\ngpu/n1:1 <- Gpu::Claim\ngpu/n2:0 <- Gpu::Claim\n");
}

TEST_CASE("a request that no node could ever hold is refused, whoever waits") {
  Told told;
  told.add_node("n1", 2);
  CHECK(told.request("l1", 3, WhenFull::queue) == "lease/l1 <- Lease::Refuse\n");
  CHECK(told.tell("lease/l2", LeaseRequested{"job/x", "c", "H100", 1, WhenFull::queue}) ==
        "lease/l2 <- Lease::Refuse\n");
  CHECK(told.tell("lease/l3", LeaseRequested{"job/x", "d", model, 1, WhenFull::queue}) ==
        "lease/l3 <- Lease::Refuse\n");
}

TEST_CASE("a withdrawn request leaves the queue") {
  Told told;
  told.add_node("n1", 1);
  CHECK(told.grant("l1", 1) == "n1");
  told.request("l2", 1, WhenFull::queue);
  told.request("l3", 1, WhenFull::queue);
  told.tell("lease/l2", LeaseQueued{});
  CHECK(told.tell("lease/l2", LeaseReleased{}).empty());
  told.tell("lease/l1", LeaseReleased{});
  CHECK(told.tell("gpu/n1:0", GpuReleased{"l1"}).empty());  // It is l3's already.
}

TEST_CASE("a GPU that refuses its claim is left alone until the log says more of it") {
  Told told;
  told.add_node("n1", 2);
  told.request("l1", 1);
  CHECK(told.refuse_claim("n1:0", Gpu::Rejection::gpu_has_another_lease) ==
        "gpu/n1:0 <- Gpu::Release\ngpu/n1:1 <- Gpu::Claim\n");
  CHECK(told.request("l2", 1) == "lease/l2 <- Lease::Refuse\n");
  told.tell("gpu/n1:0", GpuReleased{"somebody"});
  CHECK(told.request("l3", 1) == "gpu/n1:0 <- Gpu::Claim\n");
}

TEST_CASE("every plan has a larger fence than any before, also than those in the log") {
  Told told;
  told.add_node("n1", 4);
  told.tell("gpu/n1:3", GpuClaimed{"older", 41});
  told.request("l1", 1);
  CHECK(told.fence_of_last_claim() == 42);
  told.request("l2", 1);
  CHECK(told.fence_of_last_claim() == 43);
}

TEST_CASE("a claim of nobody's is given back") {
  Told told;
  told.add_node("n1", 1);
  CHECK(told.tell("gpu/n1:0", GpuClaimed{"gone", 7}) == "gpu/n1:0 <- Gpu::Release\n");
}

TEST_CASE("what was half claimed before a crash is completed where there is room") {
  const auto half_claimed = [](bool room) {
    std::vector<std::pair<std::string, Event>> log{
        {"cluster/c", ClusterDeclared{"east", WhenFull::queue, PlacementStrategy::pack}},
        {"node/n1", NodeRegistered{"c", model, 2}},
        {"gpu/n1:0", GpuRegistered{"n1", 0, model}},
        {"gpu/n1:1", GpuRegistered{"n1", 1, model}},
        {"node/n1", NodeBecameReady{}},
        {"lease/l1", LeaseRequested{"job/x", "c", model, 2, WhenFull::queue}},
        {"gpu/n1:0", GpuClaimed{"l1", 5}}};
    if (!room) log.emplace_back("gpu/n1:1", GpuFaulted{"ECC"});
    Placement placement;
    Position position = 0;
    for (auto& [stream, event] : log)
      placement.apply({++position, stream, 0, Time{}, {"test", 0, "r1"}, event});
    return command_text(placement.resume());
  };
  CHECK(half_claimed(true) == "gpu/n1:1 <- Gpu::Claim\n");
  CHECK(half_claimed(false) == "gpu/n1:0 <- Gpu::Release\nlease/l1 <- Lease::Queue\n");
}
