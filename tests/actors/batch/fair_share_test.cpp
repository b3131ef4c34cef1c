#include "actors/batch/fair_share.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "actors/batch/priority.hpp"

using namespace orrery;
using namespace std::chrono_literals;
using batch::People;
using batch::Usage;

namespace {

CenterGrant of(const char* team, std::optional<std::uint32_t> shares = {}) {
  CenterGrant grant;
  grant.team = team;
  grant.limits.shares = shares;
  return grant;
}

}  // namespace

TEST_CASE("usage grows with what is held, and fades by half in its half-life") {
  constexpr std::uint32_t hour = 60;
  Usage usage;
  const Time start{1000s};
  usage.change_rate(2, start, 0);
  CHECK(usage.at(start + 10s, 0) == Approx(20));
  usage.change_rate(-2, start + 10s, 0);
  CHECK(usage.at(start + 1h, 0) == Approx(20));
  CHECK(usage.at(start + 10s + 1h, hour) == Approx(10));
  CHECK(usage.at(start + 10s + 2h, hour) == Approx(5));

  // What is held for ever comes to a limit: rate times the mean life.
  Usage always;
  always.change_rate(1, start, hour);
  CHECK(always.at(start + 1000h, hour) == Approx(3600 / std::log(2.0)));
  // In one step or in many: the same.
  Usage stepped = always;
  for (int i = 1; i <= 10; ++i) stepped.change_rate(0, start + i * 6min, hour);
  CHECK(stepped.at(start + 2h, hour) == Approx(always.at(start + 2h, hour)));
  CHECK(stepped.at(start, hour) == stepped.value);
}

TEST_CASE("GPUs, processors and memory count as the policy weighs them") {
  BatchWeights weights;
  weights.gpu_permille = 1'000;
  weights.cpu_permille = 100;
  weights.memory_gib_permille = 10;
  CHECK(batch::usage_rate(weights, 2, 10, 100 * 1024) == Approx(2 + 1 + 1));
}

TEST_CASE("who has used nothing has a share of 1, and who has used his share a half") {
  People people;
  people.approve("kim", of("vision"));
  people.approve("lee", of("robots"));
  const auto shares = batch::shares_of(people, {100, 100});
  CHECK(shares.by_name.at("vision").normalized_shares == Approx(0.5));
  CHECK(shares.by_name.at("vision/kim").fair_share == Approx(0.5));
  const auto unequal = batch::shares_of(people, {100, 0});
  CHECK(unequal.by_name.at("vision/kim").fair_share == Approx(0.25));
  CHECK(unequal.by_name.at("robots/lee").fair_share == Approx(1));
  CHECK(unequal.factors == std::vector<double>{0.25, 1});
  for (const auto& [name, share] : batch::shares_of(people, {0, 0}).by_name)
    CHECK(share.fair_share == Approx(1));
}

TEST_CASE("what his team has used counts for a user who has used nothing himself") {
  People people;
  people.approve("kim", of("vision"));
  people.approve("park", of("vision"));
  people.approve("lee", of("robots"));
  const auto shares = batch::shares_of(people, {100, 0, 100});
  const auto& park = shares.by_name.at("vision/park");
  CHECK(park.effective_usage == Approx(0.25));
  CHECK(park.normalized_shares == Approx(0.25));
  CHECK(park.fair_share == Approx(0.5));
  CHECK(shares.by_name.at("vision/kim").fair_share < park.fair_share);
}

TEST_CASE("shares are given to users and teams, and teams of teams") {
  People people;
  CenterTeamSet lab;
  lab.limits.shares = 3;
  people.set_team("lab", lab);
  CenterTeamSet part;
  part.parent = "lab";
  people.set_team("vision", part);
  people.approve("kim", of("vision", 4));
  people.approve("park", of("vision"));
  people.approve("lee", of("robots"));
  const auto shares = batch::shares_of(people, {0, 0, 0});
  CHECK(shares.by_name.at("lab").normalized_shares == Approx(0.75));
  CHECK(shares.by_name.at("vision").normalized_shares == Approx(0.75));
  CHECK(shares.by_name.at("vision/kim").normalized_shares == Approx(0.6));
  CHECK(shares.by_name.at("robots/lee").normalized_shares == Approx(0.25));
}

TEST_CASE("teams that are each other's parents have none") {
  People people;
  CenterTeamSet a;
  a.parent = "b";
  people.set_team("a", a);
  a.parent = "a";
  people.set_team("b", a);
  people.approve("kim", of("a"));
  CHECK(batch::shares_of(people, {1}).by_name.at("a/kim").fair_share > 0);
}

TEST_CASE("people are the same after a snapshot") {
  People people;
  people.approve("kim", of("vision", 4));
  people.suspend("kim", {"mining", 77});
  std::string saved;
  people.save(saved);
  People again;
  again.load(saved);
  CHECK(again.users()[0].is_suspended(76));
  CHECK_FALSE(again.users()[0].is_suspended(77));
  CHECK(again.association_of("vision", "kim") == 0);
  std::string saved_again;
  again.save(saved_again);
  CHECK(saved_again == saved);
  saved.pop_back();
  CHECK_THROWS(again.load(saved));
}

TEST_CASE("priority is Slurm's sum of weighted factors") {
  BatchWeights weights;
  weights.age = 1'000;
  weights.fair_share = 10'000;
  weights.job_size = 100;
  weights.partition = 1'000;
  weights.qos = 10'000;
  CHECK(batch::priority_of(weights, {0.5, 0.25, 1, 0.1, 0}, 0) == 500 + 2'500 + 100 + 100);
  CHECK(batch::priority_of(weights, {0.5, 0, 0, 0, 0}, 100) == 400);
  CHECK(batch::priority_of(weights, {}, -10) == 10);
  CHECK(batch::priority_of(weights, {}, 10) == 1);

  weights.age_max_min = 10;
  CHECK(batch::age_factor(weights, 100, 400) == Approx(0.5));
  CHECK(batch::age_factor(weights, 100, 4'000) == 1);
  CHECK(batch::age_factor(weights, 400, 100) == 0);
  CHECK(batch::size_factor(weights, 1, 20, 10, 100) == Approx(1 - 0.15));
  weights.favors_small_jobs = false;
  CHECK(batch::size_factor(weights, 1, 20, 10, 100) == Approx(0.15));
}
