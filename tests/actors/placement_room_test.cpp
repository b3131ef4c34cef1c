#include <catch2/catch.hpp>

#include "tests/support/told_placement.hpp"

using namespace orrery;

namespace {

NodeRegistered node(const std::string& model, std::uint32_t gpu_count, std::uint32_t cpu_count,
                    std::uint32_t memory_mib) {
  return {"c", model, gpu_count, cpu_count, memory_mib};
}

LeaseRequested wish(const std::string& model, std::uint32_t gpu_count, std::uint32_t cpu_count,
                    std::uint32_t memory_mib, WhenFull when_full = WhenFull::queue) {
  return {"service/x", "c", model, gpu_count, when_full, cpu_count, memory_mib};
}

/// What is owed where a lease can't be served now, and where it never can.
std::string queued(const std::string& id) { return "lease/" + id + " <- Lease::Queue\n"; }
std::string refused(const std::string& id) { return "lease/" + id + " <- Lease::Refuse\n"; }

}  // namespace

TEST_CASE("a node's processors and memory are given once") {
  Told told;
  told.add_node("n1", node("A40", 4, 16, 1000));
  CHECK(told.grant("l1", wish("A40", 1, 10, 100)) == "n1");
  CHECK(told.request("l2", wish("A40", 1, 7, 100)) == queued("l2"));
  told.tell("lease/l2", LeaseReleased{});
  CHECK(told.grant("l3", wish("A40", 1, 6, 100)) == "n1");
  CHECK(told.request("l4", wish("A40", 1, 0, 801)) == queued("l4"));
  told.tell("lease/l4", LeaseReleased{});
  // GPUs alone need no processors.
  CHECK(told.grant("l5", wish("A40", 1, 0, 0)) == "n1");
  told.tell("lease/l1", LeaseReleased{});
  CHECK(told.grant("l6", wish("A40", 1, 10, 900)) == "n1");
}

TEST_CASE("what a node doesn't count it has enough of") {
  Told told;
  told.add_node("n1", node("A40", 2, 0, 1000));
  CHECK(told.grant("l1", wish("A40", 1, 4000, 1000)) == "n1");
  CHECK(told.request("l2", wish("A40", 1, 1, 1)) == queued("l2"));
}

TEST_CASE("what needs no GPUs goes to nodes without, then to those with the least of them free") {
  Told told;
  told.add_node("g1", node("A40", 4, 8, 0));
  told.add_node("g2", node("A40", 4, 8, 0));
  told.add_node("p1", node("", 0, 8, 0));
  CHECK(told.grant("l1", wish("A40", 1, 0, 0)) == "g1");
  CHECK(told.grant("l2", wish("A40", 4, 0, 0)) == "g2");
  CHECK(told.grant("l3", wish("", 0, 8, 0)) == "p1");
  CHECK(told.grant("l4", wish("", 0, 5, 0)) == "g2");
  CHECK(told.grant("l5", wish("", 0, 5, 0)) == "g1");
  CHECK(told.request("l6", wish("", 0, 4, 0)) == queued("l6"));
  // A model says nothing where no GPUs are wanted.
  CHECK(told.grant("l7", wish("H100", 0, 3, 0)).empty());
  told.tell("lease/l6", LeaseReleased{});
  CHECK(told.happen() == "g2");
}

TEST_CASE("packing takes the node with the least processors that suffice, spreading the most") {
  Told pack;
  Told spread{PlacementStrategy::spread};
  for (auto* told : {&pack, &spread}) {
    told->add_node("n1", node("", 0, 16, 0));
    told->add_node("n2", node("", 0, 8, 0));
    told->add_node("n3", node("", 0, 32, 0));
  }
  CHECK(pack.grant("l1", wish("", 0, 4, 0)) == "n2");
  CHECK(pack.grant("l2", wish("", 0, 5, 0)) == "n1");
  CHECK(pack.grant("l3", wish("", 0, 4, 0)) == "n2");
  CHECK(spread.grant("l1", wish("", 0, 4, 0)) == "n3");
  CHECK(spread.grant("l2", wish("", 0, 20, 0)) == "n3");
  CHECK(spread.grant("l3", wish("", 0, 4, 0)) == "n1");
}

TEST_CASE("GPUs of any model are the fullest node's, whatever its model") {
  Told told;
  told.add_node("a1", node("A100", 4, 0, 0));
  told.add_node("b1", node("B200", 4, 0, 0));
  CHECK(told.grant("l1", wish("B200", 1, 0, 0)) == "b1");
  CHECK(told.grant("l2", wish("", 2, 0, 0)) == "b1");
  CHECK(told.grant("l3", wish("", 2, 0, 0)) == "a1");
  CHECK(told.grant("l4", wish("", 2, 0, 0)) == "a1");
  CHECK(told.request("l5", wish("", 2, 0, 0)) == queued("l5"));
  CHECK(told.request("l6", wish("", 5, 0, 0)) == refused("l6"));
}

TEST_CASE("more than any node has is refused, whatever is free") {
  Told told;
  told.add_node("n1", node("A40", 4, 16, 1000));
  told.add_node("n2", node("", 0, 64, 500));
  CHECK(told.request("l1", wish("A40", 1, 17, 0)) == refused("l1"));
  CHECK(told.request("l2", wish("", 0, 64, 501)) == refused("l2"));
  CHECK(told.request("l3", wish("", 1, 1, 1001)) == refused("l3"));
  CHECK(told.grant("l4", wish("", 0, 64, 500)) == "n2");
}

TEST_CASE("whoever wants the same waits behind who came earlier, and nobody else does") {
  Told told;
  told.add_node("a1", node("A100", 4, 8, 0));
  told.add_node("b1", node("B200", 2, 8, 0));
  CHECK(told.grant("l1", wish("A100", 2, 0, 0)) == "a1");
  // It waits for GPUs of a1 alone, for b1 has too few.
  CHECK(told.request("l2", wish("", 3, 0, 0)) == queued("l2"));
  CHECK(told.request("l3", wish("A100", 1, 0, 0)) == queued("l3"));
  CHECK(told.request("l4", wish("A100", 1, 0, 0, WhenFull::refuse)) == refused("l4"));
  CHECK(told.grant("l5", wish("B200", 1, 0, 0)) == "b1");
  CHECK(told.grant("l6", wish("", 0, 8, 0)) == "b1");
  told.tell("lease/l1", LeaseReleased{});
  CHECK(told.happen() == "a1");
  // l2 has three of a1's, l3 the fourth.
  CHECK(told.request("l7", wish("A100", 1, 0, 0, WhenFull::refuse)) == refused("l7"));
}

TEST_CASE("who waits for processors keeps later ones from them, and not from GPUs") {
  Told told;
  told.add_node("n1", node("A40", 4, 8, 0));
  CHECK(told.grant("l1", wish("", 0, 6, 0)) == "n1");
  CHECK(told.request("l2", wish("", 0, 8, 0)) == queued("l2"));
  CHECK(told.grant("l3", wish("A40", 1, 0, 0)) == "n1");
  CHECK(told.request("l4", wish("A40", 1, 1, 0)) == queued("l4"));
}

TEST_CASE("who waits for a GPU leaves the processors to others until there is one") {
  Told told;
  told.add_node("n1", node("A40", 1, 8, 0));
  CHECK(told.grant("l1", wish("A40", 1, 2, 0)) == "n1");
  CHECK(told.request("l2", wish("A40", 1, 4, 0)) == queued("l2"));
  CHECK(told.grant("l3", wish("", 0, 5, 0)) == "n1");
  // Now it is processors that it lacks: nobody who comes later gets any.
  CHECK(told.tell("lease/l1", LeaseReleased{}) == "gpu/n1:0 <- Gpu::Release\n");
  CHECK(told.request("l4", wish("", 0, 1, 0)) == queued("l4"));
  told.tell("lease/l3", LeaseReleased{});
  CHECK(told.happen() == "n1");
  CHECK(told.request("l5", wish("", 0, 4, 0)) == queued("l5"));
}

TEST_CASE("where memory is short the node that has enough of both is found") {
  Told pack;
  Told spread{PlacementStrategy::spread};
  for (auto* told : {&pack, &spread}) {
    told->add_node("n1", node("", 0, 16, 10));
    told->add_node("n2", node("", 0, 16, 30));
    told->add_node("n3", node("", 0, 8, 40));
    CHECK(told->grant("l1", wish("", 0, 9, 20)) == "n2");
    CHECK(told->grant("l2", wish("", 0, 1, 20)) == "n3");
    CHECK(told->request("l3", wish("", 0, 1, 30)) == queued("l3"));
  }
}

TEST_CASE("a lease without GPUs is granted at once, with a fence of its own") {
  Told told;
  told.add_node("n1", node("", 0, 8, 0));
  CHECK(told.request("l1", wish("", 0, 1, 0)) == "lease/l1 <- Lease::Grant\n");
  told.happen();
  CHECK(told.request("l2", wish("", 0, 1, 0)) == "lease/l2 <- Lease::Grant\n");
}

TEST_CASE("a lease without GPUs expires with its node") {
  Told told;
  told.add_node("n1", node("", 0, 8, 0));
  told.add_node("n2", node("", 0, 8, 0));
  CHECK(told.grant("l1", wish("", 0, 8, 0)) == "n1");
  CHECK(told.tell("node/n1", NodeLost{"power"}) == "lease/l1 <- Lease::Expire\n");
  CHECK(told.tell("lease/l1", LeaseExpired{"node_lost"}).empty());
  CHECK(told.grant("l2", wish("", 0, 1, 0)) == "n2");
  told.tell("node/n1", NodeBecameReady{});
  CHECK(told.grant("l3", wish("", 0, 8, 0)) == "n1");
}

TEST_CASE("a snapshot keeps who has which processors, and the fences") {
  std::vector<std::pair<std::string, Event>> log{
      {"cluster/c", ClusterDeclared{"east", WhenFull::queue, PlacementStrategy::pack}},
      {"node/n1", node("", 0, 8, 100)},
      {"node/n1", NodeBecameReady{}},
      {"lease/l1", wish("", 0, 6, 10)},
      {"lease/l1", LeaseGranted{"n1", {}, 7}},
      {"lease/l2", wish("", 0, 4, 10)},
      {"lease/l2", LeaseQueued{}},
      {"lease/l3", wish("", 0, 2, 10)}};
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
    CHECK(command_text(placement.resume()) == "lease/l3 <- Lease::Queue\n");
    placement.apply({++position, "lease/l1", 0, Time{}, {"test", 0, "r1"}, LeaseReleased{}});
    const auto owed = placement.due();
    CHECK(command_text(owed) == "lease/l2 <- Lease::Grant\nlease/l3 <- Lease::Grant\n");
    const auto& grant = std::get<Lease::Grant>(std::get<To<Lease>>(owed[0].command).command);
    CHECK(grant.grant == LeaseGranted{"n1", {}, 8});
  }
}
