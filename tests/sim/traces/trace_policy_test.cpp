#include "sim/traces/trace_policy.hpp"

#include <catch2/catch.hpp>

#include "sim/traces/trace_cluster.hpp"
#include "tests/sim/traces/trace_scene.hpp"

using namespace orrery;

TEST_CASE("a policy is made of words in any order, and has one name") {
  const auto name = [](const char* text) { return name_of(*parse_trace_policy(text)); };
  CHECK(name("fifo") == "fifo+pack");
  CHECK(name("pack") == "fifo+pack");
  CHECK(name("spread") == "fifo+spread");
  CHECK(name("backfill") == "fifo+backfill+pack");
  CHECK(name("spread+backfill+sjf") == "sjf+backfill+spread");
  CHECK(name("fairshare") == "fairshare+pack");
}

TEST_CASE("what is no policy is said to be none, with the words that are") {
  for (const auto* text :
       {"", "lifo", "fifo+", "+", "fifo+sjf", "pack+spread", "backfill+backfill", "FIFO", "fifo "})
    CHECK(parse_trace_policy(text).has_error());
  CHECK(parse_trace_policy("lifo+pack").error() ==
        "\"lifo\" in \"lifo+pack\": a policy is one of fifo, sjf, fairshare; backfill; one of "
        "pack, spread; any of these joined by +, such as sjf+backfill+spread");
}

TEST_CASE("several policies are compared, none with itself") {
  const auto policies = parse_trace_policies("fifo,backfill,sjf+spread");
  REQUIRE(policies.has_value());
  CHECK(policies->size() == 3);
  CHECK(parse_trace_policies("fifo,pack").error() == "fifo+pack is named twice in \"fifo,pack\"");
  CHECK(parse_trace_policies("fifo,").has_error());
}

TEST_CASE("a cluster is read as it is named") {
  for (const auto* text : {"100x8", "1x0", "60x8+20x4", "3x4x64", "3x4x64x512", "2x2x0x16"})
    CHECK(name_of(*parse_trace_cluster(text)) == text);
  const auto cluster = *parse_trace_cluster("60x8+20x4");
  CHECK(cluster.node_count() == 80);
  CHECK(cluster.gpu_count() == 560);
  CHECK(cluster.gpus_per_node() == 8);
}

TEST_CASE("what is no cluster is said to be none") {
  for (const auto* text : {"", "8", "x8", "0x8", "8x", "1x65", "1x8x1x1x1", "-1x8", "1x8+", "1.5x8",
                           "1000001x1", "600000x1+600000x1", "99999999999999999999x8", "4x8 "})
    CHECK(parse_trace_cluster(text).has_error());
  CHECK(parse_trace_cluster("eight").error().find("such as 100x8") != std::string::npos);
}

TEST_CASE("the fitting cluster holds the largest job, and no more nodes than its load needs") {
  const auto small = trace_of({job_at(0, 17, 10), job_at(1'000, 1, 10)});
  CHECK(name_of(fitting_cluster(small)) == "3x8");
  CHECK(name_of(fitting_cluster(small, 4)) == "5x4");
  // 20 GPUs for 1,000 seconds, submitted within 500: 40 are busy, and 50 at 80 %.
  const auto busy = trace_of({job_at(0, 10, 1'000), job_at(500, 10, 1'000)});
  CHECK(name_of(fitting_cluster(busy, 10)) == "5x10");
  CHECK(name_of(fitting_cluster(busy, 10, 100)) == "4x10");
  CHECK(name_of(fitting_cluster(trace_of({}))) == "1x8");
}

TEST_CASE("the fitting cluster is the one that the trace describes, within limits") {
  auto trace = trace_of({job_at(0, 17, 10)});
  trace.nodes = {{"A100", 3, 8, 96, 393'216}, {"T4", 2'000'000, 100, 0, 0}};
  const auto cluster = fitting_cluster(trace);
  CHECK(cluster.node_count() == TraceCluster::node_count_max);
  CHECK(cluster.gpus_per_node() == TraceCluster::gpus_per_node_max);
  CHECK(cluster.nodes[0] == trace.nodes[0]);
}
