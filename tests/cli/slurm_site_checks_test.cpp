#include "cli/slurm_site_checks.hpp"

#include <catch2/catch.hpp>

namespace orrery {
namespace {

SlurmPartition partition(const std::string& name, const std::string& state,
                         std::uint32_t default_min, std::uint32_t max_min) {
  SlurmPartition made;
  made.name = name;
  made.state = state;
  made.time_limit_min_default = default_min;
  made.time_limit_min_max = max_min;
  return made;
}

const std::vector<SlurmPartition> partitions{partition("gpu", "UP", 60, 10'080),
                                             partition("long", "UP", 0, 0),
                                             partition("old", "DRAIN", 0, 2'880)};

}  // namespace

TEST_CASE("a partition that ends what names no limit soon is doubtful") {
  const auto gpu = judge_partitions(partitions, "gpu");
  REQUIRE(gpu.size() == 1);
  CHECK(gpu[0].health == Health::doubtful);
  CHECK(gpu[0].message.find("01:00:00") != std::string::npos);
  const auto unlimited = judge_partitions(partitions, "long");
  REQUIRE(unlimited.size() == 1);
  CHECK(unlimited[0].health == Health::good);
}

TEST_CASE("a partition that takes no jobs is named, with its state") {
  const auto old = judge_partitions(partitions, "old");
  REQUIRE(old.size() == 2);
  CHECK(old[0].health == Health::doubtful);
  CHECK(old[0].message.starts_with("old is DRAIN"));
  CHECK(old[1].health == Health::good);
  CHECK(judge_partitions(partitions, "").size() == 4);
  CHECK(judge_partitions({}, "").empty());
}

TEST_CASE("the controller's clock is judged by its own word, however long it has run") {
  const std::string told = "Configuration data as of 1000\nBOOT_TIME = 10\n";
  const auto health = [&](std::int64_t asked_s, std::int64_t answered_s) {
    return judge_clock(told, asked_s, answered_s).at(0);
  };
  CHECK(health(999, 1'001).health == Health::good);
  CHECK(health(980, 1'020).health == Health::good);  // It took long to answer.
  const auto ahead = health(758, 760);
  CHECK(ahead.health == Health::doubtful);
  CHECK(ahead.message.find("240 s ahead of ours") != std::string::npos);
  CHECK(health(1'100, 1'101).message.find("100 s behind ours") != std::string::npos);
  CHECK(judge_clock("Configuration data as of 2026-11-22T17:00:00\n", 1, 2).empty());
  CHECK(judge_clock("slurmctld is away\n", 1, 2).empty());
}

}  // namespace orrery
