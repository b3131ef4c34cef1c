#include "cli/fault_file.hpp"

#include <catch2/catch.hpp>

#include "cli/cluster_progress.hpp"

using namespace orrery;

TEST_CASE("faults are a word or a file, in TOML or JSON") {
  CHECK(faults_of("none")->empty());
  CHECK(faults_of("published")->at("rates").at("ecc_per_million_gpu_hours") == 4);
  const auto toml = parse_faults(R"(
[rates]
xid_per_million_gpu_hours = 8
[[script]]
after_ms = 1000
kind = "xid"
node_id = "titan-000001"
)",
                                 "faults.toml");
  REQUIRE(toml.has_value());
  CHECK(toml->at("rates").at("xid_per_million_gpu_hours") == 8);
  CHECK(toml->at("script").at(0).at("kind") == "xid");
  const auto json = parse_faults(R"( {"rates":{"xid_per_million_gpu_hours":8}})", "faults.json");
  REQUIRE(json.has_value());
  CHECK(json->at("rates") == toml->at("rates"));
}

TEST_CASE("a mistake in a file of faults is named with its place") {
  CHECK(parse_faults("[rates]\nxid = = 1\n", "f.toml")
            .error()
            .message.starts_with("f.toml, line 2: "));
  CHECK(parse_faults("{\"rates\":", "f.json").error().message == "f.json: no JSON object");
  CHECK(parse_faults("[rate]\nx = 1\n", "f.toml").error().message ==
        "f.toml: \"rate\" is not known here; there are [rates] and [[script]]");
  CHECK(faults_of("/nowhere/faults.toml").error().message.find("published, none") !=
        std::string::npos);
}

TEST_CASE("progress says how many, how fast, and how long") {
  ClusterProgress first{0, 900'000, false};
  ClusterProgress now{412'000, 900'000, false};
  CHECK(progress_line("titan", now, first, std::chrono::seconds(4)) ==
        "titan: 412,000 of 900,000 nodes and GPUs, 103,000/s, 5 s left");
  CHECK(progress_line("titan", first, first, std::chrono::seconds(0)) ==
        "titan: 0 of 900,000 nodes and GPUs");
  const boost::json::object cluster{{"node_count", 3},
                                    {"gpus_per_node", 2},
                                    {"complete", true},
                                    {"nodes", {{"registered", 3}}},
                                    {"gpus", {{"registered", 6}}}};
  CHECK(ClusterProgress::of(cluster).registered == 9);
  CHECK(ClusterProgress::of(cluster).wanted == 9);
  CHECK(ClusterProgress::of(cluster).is_complete);
}
