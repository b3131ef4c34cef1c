#include "cli/policy_file.hpp"

#include <algorithm>

#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <catch2/catch.hpp>

#include "cli/demo_fleet.hpp"
#include "cli/policy_changes.hpp"

using namespace orrery;

namespace {

constexpr std::string_view good = R"(default_qos = "normal"
kill_wait_s = "1min"

[[nodes]]
id = "n1"
features = ["fast"]

[[nodes]]
id = "n2"

[[classes]]
name = "A"
partition = "p1"

[[partitions]]
name = "p1"
nodes = ["n1", "n2"]
classes = ["A"]
time_limit_max_min = "7d"
is_default = true

[[qos]]
name = "normal"

[limits]
jobs_max = 100
time_limit_max_min = "7d"
gpus_per_job_min = 1

[idle]
after_min = "12h"
quiet_from_min = "00:00"
quiet_until_min = "07:30"

[[reservations]]
name = "exam"
nodes = ["n2"]
start_time_s = 2027-01-31T09:00:00+09:00
end_time_s = "2027-01-31T10:00:00Z"
users = ["kim"]
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text(good);
  REQUIRE(text.find(from) != std::string::npos);
  boost::algorithm::replace_first(text, from, to);
  return text;
}

/// Everything that is wrong with the good file once `from` reads `to`.
std::string problems(std::string_view from, std::string_view to) {
  const auto policy = read_policy_toml(with(from, to), "mine.toml");
  return policy ? "" : boost::algorithm::join(policy.error().problems, "\n");
}

BatchPolicy good_policy() { return read_policy_toml(good, "mine.toml").value(); }

}  // namespace

TEST_CASE("a policy's times may be written as people say them") {
  const auto policy = good_policy();
  CHECK(policy.kill_wait_s == 60);
  CHECK(policy.partitions[0].time_limit_max_min == 7 * 24 * 60);
  CHECK(policy.idle.after_min == 720);
  CHECK(policy.idle.quiet_from_min == 0);
  CHECK(policy.idle.quiet_until_min == 450);
  CHECK(policy.reservations[0].start_time_s == 1'801'353'600);
  CHECK(policy.reservations[0].end_time_s == 1'801'389'600);
  CHECK(policy.nodes[0].features == std::vector<std::string>{"fast"});
}

TEST_CASE("what a policy doesn't say has its default") {
  const auto policy = good_policy();
  CHECK(policy.limits.gpus_per_job_max == BatchLimits{}.gpus_per_job_max);
  CHECK(policy.weights == BatchWeights{});
  CHECK(policy.requeue_delay_s == BatchPolicy{}.requeue_delay_s);
}

TEST_CASE("every problem of a policy names its line") {
  CHECK(problems("jobs_max = 100", "job_max = 100") ==
        "mine.toml, line 26: limits.job_max is unknown");
  CHECK(problems("jobs_max = 100", "jobs_max = -1") ==
        "mine.toml, line 26: limits.jobs_max must be a number from 0 to 4294967295");
  CHECK(problems("\"7d\"\nis_default", "\"7 days\"\nis_default") ==
        "mine.toml, line 19: partitions[0].time_limit_max_min must be a number from 0 to "
        "4294967295, or such as \"12h\"");
  CHECK(problems("gpus_per_job_min = 1", "gpus_per_job_min = \"1h\"") ==
        "mine.toml, line 28: limits.gpus_per_job_min must be a number from 0 to 4294967295");
  CHECK(problems("is_default = true", "is_default = 1") ==
        "mine.toml, line 20: partitions[0].is_default must be true or false");
  CHECK(problems("quiet_until_min = \"07:30\"", "quiet_until_min = \"07:60\"").find("line 33") !=
        std::string::npos);
  CHECK(problems("[[qos]]\nname = \"normal\"",
                 "[[qos]]\nname = \"normal\"\npreempt_mode = \"kill\"") ==
        "mine.toml, line 24: qos[0].preempt_mode must be one of off, requeue, cancel");
  CHECK(problems("[limits]", "[limits").find("mine.toml, line 25: ") == 0);
}

TEST_CASE("a policy that makes no sense names the line of what doesn't") {
  const auto unknown_node = problems("nodes = [\"n2\"]", "nodes = [\"n9\"]");
  CHECK(unknown_node.find("mine.toml, line 37: reservations.exam.nodes") == 0);
  CHECK(unknown_node.find("n9") != std::string::npos);
  CHECK(problems("partition = \"p1\"", "partition = \"p7\"").find("p7") != std::string::npos);
}

TEST_CASE("a policy is written as it can be read again") {
  const auto policy = good_policy();
  CHECK(read_policy_toml(policy_toml(policy), "again").value() == policy);
}

TEST_CASE("what differs between two policies is named by what it is called") {
  const auto before = good_policy();
  auto after = before;
  CHECK(policy_changes(before, after).empty());
  after.limits.jobs_max = 50;
  after.partitions[0].nodes = {"n1"};
  after.partitions.push_back({});
  after.partitions[1].name = "p4";
  after.qos[0].description = "everybody's";
  CHECK(policy_changes(before, after) ==
        std::vector<std::string>{"partitions.p1.nodes: − n2", "partitions: + p4",
                                 "qos.normal.description: \"\" → \"everybody's\"",
                                 "limits.jobs_max: 100 → 50"});
  auto turned = before;
  std::ranges::reverse(turned.nodes);
  CHECK(policy_changes(before, turned) == std::vector<std::string>{"nodes: in another order"});
}

TEST_CASE("the shipped policy is the center's document") {
  const auto policy = read_policy_toml(embedded_policy_toml(), embedded_policy_name).value();
  const auto nodes_of = [&](std::string_view partition) {
    return std::ranges::find(policy.partitions, partition, &BatchPartition::name)->nodes;
  };
  CHECK(policy.nodes.size() == 11);
  CHECK(nodes_of("p1").size() == 11);
  CHECK(nodes_of("p2") == std::vector<std::string>{"a100-n3", "a100-n4", "sv8ka-n2", "sv8ka-n3",
                                                   "sv4ka-n2", "sv4ka-n3", "sv4ka-n4"});
  CHECK(nodes_of("p3") == std::vector<std::string>{"a100-n4", "sv8ka-n3", "sv4ka-n3", "sv4ka-n4"});
  CHECK(policy.limits.jobs_max == 100);
  CHECK(policy.limits.gpus_per_job_min == 1);
  CHECK(policy.limits.gpus_per_job_max == 4);
  CHECK(policy.limits.time_limit_max_min == 7 * 24 * 60);
  CHECK(policy.limits.mail_domains == std::vector<std::string>{"inha.edu", "inha.ac.kr"});
  CHECK(policy.idle.after_min == 12 * 60);
  CHECK(policy.idle.quiet_from_min == policy.idle.quiet_until_min);
  for (const auto& partition : policy.partitions) CHECK(partition.time_limit_default_min == 0);
}

TEST_CASE("the demo's center has the nodes of the shipped policy, with 56 GPUs") {
  const auto policy = read_policy_toml(embedded_policy_toml(), embedded_policy_name).value();
  const auto fleet = demo_fleet(0);
  std::uint32_t gpu_count = 0;
  for (const auto& node : fleet.center_nodes) {
    CHECK(std::ranges::find(policy.nodes, node.id, &BatchNode::id) != policy.nodes.end());
    const auto& description = std::get<Node::Register>(node.command).description;
    const auto cap =
        std::ranges::find(policy.gpu_caps, description.gpu_model, &BatchGpuCap::gpu_model);
    REQUIRE(cap != policy.gpu_caps.end());
    CHECK(description.cpu_count == cap->cpus_per_gpu_max * description.gpu_count);
    CHECK(description.memory_mib == cap->memory_mib_per_gpu_max * description.gpu_count);
    gpu_count += description.gpu_count;
  }
  CHECK(fleet.center_nodes.size() == policy.nodes.size());
  CHECK(gpu_count == 56);
}
