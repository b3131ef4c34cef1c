#include <catch2/catch.hpp>

#include "tests/support/told_placement.hpp"

using namespace orrery;

namespace {

LeaseRequested member(std::uint32_t size, std::uint32_t slot, std::uint32_t gpu_count,
                      std::uint32_t cpu_count = 0, WhenFull when_full = WhenFull::queue,
                      const std::string& model = "A40") {
  return {"service/x", "c", model, gpu_count, when_full, cpu_count, 0, {"sg-1", size, slot}};
}

void add_nodes(Told& told, std::uint32_t count, std::uint32_t gpu_count) {
  for (std::uint32_t i = 1; i <= count; ++i)
    told.add_node("n" + std::to_string(i), {"c", "A40", gpu_count, 8});
}

}  // namespace

TEST_CASE("a gang is planned once all of it is there, each slot on a node of its own") {
  Told told;
  add_nodes(told, 2, 4);
  CHECK(told.request("l1", member(4, 0, 1)).empty());
  CHECK(told.request("l2", member(4, 0, 1)).empty());
  CHECK(told.request("l3", member(4, 1, 1)).empty());
  CHECK(told.request("l4", member(4, 1, 1)) ==
        "gpu/n1:0 <- Gpu::Claim\ngpu/n1:1 <- Gpu::Claim\n"
        "gpu/n2:0 <- Gpu::Claim\ngpu/n2:1 <- Gpu::Claim\n");
}

TEST_CASE("nobody of a gang is granted before every GPU of all is claimed") {
  Told told;
  add_nodes(told, 2, 1);
  told.request("l1", member(2, 0, 1));
  told.request("l2", member(2, 1, 1));
  CHECK(told.tell("gpu/n1:0", GpuClaimed{"l1", 1}).empty());
  CHECK(told.tell("gpu/n2:0", GpuClaimed{"l2", 2}) ==
        "lease/l1 <- Lease::Grant\nlease/l2 <- Lease::Grant\n");
}

TEST_CASE("a gang gets all or nothing, and those behind it wait as in any line") {
  Told told;
  add_nodes(told, 2, 2);
  CHECK(told.grant("x", {"service/x", "c", "A40", 2, WhenFull::queue}) == "n1");
  told.request("l1", member(2, 0, 2));
  CHECK(told.request("l2", member(2, 1, 2)) ==
        "lease/l1 <- Lease::Queue\nlease/l2 <- Lease::Queue\n");
  CHECK(told.request("y", {"service/x", "c", "A40", 1, WhenFull::queue}) ==
        "lease/y <- Lease::Queue\n");
  CHECK(told.tell("lease/x", LeaseReleased{}) ==
        "gpu/n1:0 <- Gpu::Release\ngpu/n1:1 <- Gpu::Release\n"
        "gpu/n1:0 <- Gpu::Claim\ngpu/n1:1 <- Gpu::Claim\n"
        "gpu/n2:0 <- Gpu::Claim\ngpu/n2:1 <- Gpu::Claim\n");
}

TEST_CASE("a gang without GPUs is granted at once") {
  Told told;
  add_nodes(told, 2, 0);
  told.request("l1", member(2, 0, 0, 8, WhenFull::queue, ""));
  CHECK(told.request("l2", member(2, 1, 0, 8, WhenFull::queue, "")) ==
        "lease/l1 <- Lease::Grant\nlease/l2 <- Lease::Grant\n");
}

TEST_CASE("a gang that no nodes could ever hold is refused as a whole") {
  const std::string refused = "lease/l1 <- Lease::Refuse\nlease/l2 <- Lease::Refuse\n";
  const auto ask = [](LeaseRequested first, LeaseRequested second) {
    Told told;
    add_nodes(told, 1, 4);
    told.request("l1", first);
    return told.request("l2", second);
  };
  CHECK(ask(member(2, 0, 1), member(2, 1, 1)) == refused);  // Two slots, one node.
  CHECK(ask(member(2, 0, 3), member(2, 0, 2)) == refused);
  CHECK(ask(member(2, 0, 1, 5), member(2, 0, 1, 4)) == refused);
  CHECK(ask(member(2, 0, 1), member(2, 0, 1, 0, WhenFull::queue, "B200")) == refused);
  CHECK(ask(member(2, 0, 2, 4), member(2, 0, 2, 4)) != refused);
}

TEST_CASE("a gang that doesn't wait is refused where it doesn't fit now") {
  Told told;
  add_nodes(told, 2, 1);
  CHECK(told.grant("x", {"vm/x", "c", "A40", 1, WhenFull::queue}) == "n1");
  told.request("l1", member(2, 0, 1, 0, WhenFull::refuse));
  CHECK(told.request("l2", member(2, 1, 1, 0, WhenFull::refuse)) ==
        "lease/l1 <- Lease::Refuse\nlease/l2 <- Lease::Refuse\n");
}

TEST_CASE("where one claim of a gang is refused, the whole gang is planned again") {
  Told told;
  add_nodes(told, 3, 1);
  told.request("l1", member(2, 0, 1));
  told.request("l2", member(2, 1, 1));
  CHECK(told.refuse_claim("n1:0", Gpu::Rejection::gpu_has_another_lease) ==
        "gpu/n1:0 <- Gpu::Release\ngpu/n2:0 <- Gpu::Release\n"
        "gpu/n2:0 <- Gpu::Claim\ngpu/n3:0 <- Gpu::Claim\n");
  told.happen();
}

TEST_CASE("where a node of a gang is lost while it claims, the whole gang is planned again") {
  Told told;
  add_nodes(told, 3, 1);
  told.request("l1", member(2, 0, 1));
  told.request("l2", member(2, 1, 1));
  CHECK(told.tell("node/n2", NodeLost{"power"}) ==
        "gpu/n1:0 <- Gpu::Release\ngpu/n2:0 <- Gpu::Release\n"
        "gpu/n1:0 <- Gpu::Claim\ngpu/n3:0 <- Gpu::Claim\n");
}

TEST_CASE("a gang goes on with those who stay when one of it gives up") {
  Told told;
  add_nodes(told, 2, 1);
  told.request("l1", member(3, 0, 1));
  told.request("l2", member(3, 1, 1));
  CHECK(told.tell("lease/l1", LeaseReleased{}).empty());
  CHECK(told.request("l3", member(3, 2, 1)) == "gpu/n1:0 <- Gpu::Claim\ngpu/n2:0 <- Gpu::Claim\n");
  CHECK(told.tell("gpu/n1:0", GpuClaimed{"l2", 1}).empty());
  CHECK(told.tell("lease/l3", LeaseReleased{}) ==
        "gpu/n2:0 <- Gpu::Release\nlease/l2 <- Lease::Grant\n");
}

TEST_CASE("a gang that waits may fit once one of it gives up") {
  Told told;
  add_nodes(told, 2, 1);
  CHECK(told.grant("x", {"vm/x", "c", "A40", 1, WhenFull::queue}) == "n1");
  told.request("l1", member(2, 0, 1));
  told.request("l2", member(2, 1, 1));
  CHECK(told.tell("lease/l1", LeaseReleased{}) == "gpu/n2:0 <- Gpu::Claim\n");
}

TEST_CASE("what a crash left of a gang gets its place before everybody") {
  std::vector<std::pair<std::string, Event>> log{
      {"cluster/c", ClusterDeclared{"east", WhenFull::queue, PlacementStrategy::pack}}};
  for (const std::string node : {"n1", "n2", "n3"}) {
    log.emplace_back("node/" + node, NodeRegistered{"c", "A40", 2, 8});
    for (std::uint32_t i = 0; i < 2; ++i)
      log.emplace_back("gpu/" + gpu_id(node, i), GpuRegistered{node, i, "A40"});
    log.emplace_back("node/" + node, NodeBecameReady{});
  }
  log.emplace_back("node/n3", NodeCordoned{"spare"});
  log.emplace_back("lease/old", LeaseRequested{"vm/x", "c", "A40", 2, WhenFull::queue});
  for (std::uint32_t i = 0; i < 4; ++i)
    log.emplace_back("lease/l" + std::to_string(i), member(4, i / 2, 1));
  // The old one waits for a node of its own; the gang was planned by an earlier policy.
  log.emplace_back("gpu/n1:0", GpuClaimed{"l0", 5});
  log.emplace_back("lease/l0", LeaseGranted{"n1", {0}, 5});
  for (std::size_t saved = 0; saved <= log.size(); ++saved) {
    Placement placement;
    Position position = 0;
    const auto apply = [&](std::size_t until) {
      for (; position < until; ++position)
        placement.apply({position + 1,
                         log[position].first,
                         0,
                         Time{},
                         {"test", 0, "r1"},
                         log[position].second});
    };
    apply(saved);
    std::string bytes;
    placement.save(bytes);
    placement.load(bytes);
    apply(log.size());
    CHECK(command_text(placement.resume()) ==
          "gpu/n1:1 <- Gpu::Claim\ngpu/n2:0 <- Gpu::Claim\ngpu/n2:1 <- Gpu::Claim\n"
          "lease/old <- Lease::Queue\n");
  }
}
