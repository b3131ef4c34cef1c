#include <catch2/catch.hpp>

#include "tests/support/told_placement.hpp"

using namespace orrery;

namespace {

LeaseRequested wish_for(const std::string& node, std::uint32_t gpu_count,
                        std::uint32_t cpu_count = 0, LeaseGang gang = {}) {
  return {"job/x", "c", "A40", gpu_count, WhenFull::refuse, cpu_count, 0, std::move(gang), node};
}

LeaseRequested anywhere(std::uint32_t gpu_count, WhenFull when_full = WhenFull::queue) {
  return {"vm/x", "c", "A40", gpu_count, when_full};
}

void add_nodes(Told& told, std::uint32_t count, std::uint32_t gpu_count) {
  for (std::uint32_t i = 1; i <= count; ++i)
    told.add_node("n" + std::to_string(i), {"c", "A40", gpu_count, 8});
}

std::string refused(const std::string& id) { return "lease/" + id + " <- Lease::Refuse\n"; }

}  // namespace

TEST_CASE("a lease that names its node is on that one or on none") {
  Told told;
  add_nodes(told, 3, 4);
  CHECK(told.grant("a", wish_for("n3", 3)) == "n3");
  CHECK(told.grant("b", wish_for("n2", 0, 8)) == "n2");
  CHECK(told.request("c", wish_for("n3", 2)) == refused("c"));
  CHECK(told.request("d", wish_for("n2", 1, 1)) == refused("d"));
  CHECK(told.grant("e", wish_for("n3", 1)) == "n3");
}

TEST_CASE("a node that is unknown, of another kind or too small is refused") {
  Told told;
  add_nodes(told, 1, 4);
  told.add_node("other", {"c", "A100", 4, 8});
  told.tell("cluster/d", ClusterDeclared{"east", WhenFull::refuse, PlacementStrategy::pack});
  told.add_node("far", {"d", "A40", 4, 8});
  CHECK(told.request("a", wish_for("n9", 1)) == refused("a"));
  CHECK(told.request("b", wish_for("other", 1)) == refused("b"));
  CHECK(told.request("c", wish_for("far", 1)) == refused("c"));
  CHECK(told.request("d", wish_for("n1", 5)) == refused("d"));
  CHECK(told.request("e", wish_for("n1", 1, 9)) == refused("e"));
  auto any_model = wish_for("other", 1);
  any_model.gpu_model.clear();
  CHECK(told.grant("f", any_model) == "other");
}

TEST_CASE("a node that is named takes nothing while it is lost or cordoned") {
  Told told;
  add_nodes(told, 2, 4);
  told.tell("node/n1", NodeCordoned{"service"});
  CHECK(told.request("a", wish_for("n1", 1)) == refused("a"));
  told.tell("node/n1", NodeUncordoned{});
  CHECK(told.grant("b", wish_for("n1", 1)) == "n1");
  told.tell("node/n1", NodeLost{});
  CHECK(told.request("c", wish_for("n1", 1)) == refused("c"));
}

TEST_CASE("who names a node neither waits nor passes who waits for the same") {
  Told told;
  add_nodes(told, 2, 4);
  CHECK(told.grant("a", wish_for("n1", 3)) == "n1");
  CHECK(told.grant("b", wish_for("n2", 3)) == "n2");
  CHECK(told.request("c", anywhere(4)) == "lease/c <- Lease::Queue\n");
  CHECK(told.request("d", wish_for("n1", 1)) == refused("d"));
  auto patient = wish_for("n1", 4);
  patient.when_full = WhenFull::queue;
  CHECK(told.request("e", patient) == refused("e"));
  told.tell("lease/a", LeaseReleased{});
  CHECK(told.happen() == "n1");
  CHECK(told.grant("f", wish_for("n2", 1)) == "n2");
}

TEST_CASE("what a Slurm's own jobs use is theirs before those who wait for the same") {
  Told told;
  add_nodes(told, 2, 4);
  CHECK(told.grant("a", wish_for("n1", 3)) == "n1");
  CHECK(told.grant("b", wish_for("n2", 3)) == "n2");
  CHECK(told.request("c", anywhere(4)) == "lease/c <- Lease::Queue\n");
  auto used = wish_for("n1", 1);
  used.holder = "slurm_cluster/c";
  used.gpu_model.clear();
  CHECK(told.grant("d", used) == "n1");
  CHECK(told.request("e", used) == refused("e"));
  told.tell("lease/b", LeaseReleased{});
  CHECK(told.happen() == "n2");
}

TEST_CASE("a gang has the nodes that its leases name, or nothing") {
  Told told;
  add_nodes(told, 3, 4);
  const auto member = [](const std::string& node, std::uint32_t slot, const std::string& gang) {
    return wish_for(node, 4, 0, {gang, 2, slot});
  };
  CHECK(told.request("a0", member("n3", 0, "a")).empty());
  told.request("a1", member("n1", 1, "a"));
  CHECK(told.happen() == "n1");
  CHECK(told.request("b0", member("n2", 0, "b")).empty());
  CHECK(told.request("b1", member("n3", 1, "b")) == refused("b0") + refused("b1"));
  CHECK(told.request("c0", member("n2", 0, "c")).empty());
  CHECK(told.request("c1", member("n9", 1, "c")) == refused("c0") + refused("c1"));
  // Each slot needs a node of its own.
  CHECK(told.request("d0", wish_for("n2", 1, 0, {"d", 2, 0})).empty());
  CHECK(told.request("d1", wish_for("n2", 1, 0, {"d", 2, 1})) == refused("d0") + refused("d1"));
  CHECK(told.grant("e", wish_for("n2", 4)) == "n2");
}

TEST_CASE("a GPU that refuses its claim sends who named the node away") {
  Told told;
  add_nodes(told, 2, 1);
  told.request("a", wish_for("n1", 1));
  CHECK(told.refuse_claim("n1:0", Gpu::Rejection::gpu_has_another_lease) ==
        "gpu/n1:0 <- Gpu::Release\n" + refused("a"));
}

TEST_CASE("a snapshot keeps which node a lease wants") {
  std::vector<std::pair<std::string, Event>> log{
      {"cluster/c", ClusterDeclared{"east", WhenFull::queue, PlacementStrategy::pack}}};
  for (const std::string node : {"n1", "n2"}) {
    log.emplace_back("node/" + node, NodeRegistered{"c", "A40", 1, 8});
    log.emplace_back("gpu/" + gpu_id(node, 0), GpuRegistered{node, 0, "A40"});
    log.emplace_back("node/" + node, NodeBecameReady{});
  }
  log.emplace_back("lease/a", wish_for("n2", 1));
  log.emplace_back("lease/b", wish_for("n9", 1));
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
    CHECK(command_text(placement.resume()) == "gpu/n2:0 <- Gpu::Claim\n" + refused("b"));
  }
}
