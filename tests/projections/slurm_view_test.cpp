#include "projections/slurm/slurm_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

TEST_CASE("a Slurm has its controller, its nodes and what others use of them") {
  Told<SlurmView> story;
  story.tell("slurm_cluster/slurm", SlurmControllerSeen{"22.05.8", 1'700'000'000})
      .tell(
          "slurm_cluster/slurm",
          SlurmNodeSeen{"a1", "slurm-a1", "10.0.0.1", "a100", 4, 64, 515'000, {"nvlink"}, {"gpu"}})
      .tell("slurm_cluster/slurm",
            SlurmNodeSeen{"a2", "slurm-a2", "10.0.0.2", "a100", 4, 64, 515'000, {}, {"gpu"}})
      .tell("slurm_cluster/slurm", SlurmForeignUseSeen{"slurm-a1", 1, 2, 8, 4'096})
      .tell("slurm_cluster/slurm", SlurmNodeRemoved{"a2"});
  const auto clusters = story.view.clusters();
  REQUIRE(clusters.size() == 1);
  CHECK(clusters[0].name == "slurm");
  CHECK(clusters[0].controller.version == "22.05.8");
  CHECK(clusters[0].controller_since == History::time_at(1));
  REQUIRE(clusters[0].nodes.size() == 1);
  CHECK(clusters[0].nodes.at("a1").features.front() == "nvlink");
  CHECK(clusters[0].foreign_uses.at("slurm-a1").gpu_count == 2);
}

TEST_CASE("a run goes from attempt to attempt until one is claimed, and ends") {
  Told<SlurmView> story;
  const auto phase = [&] { return story.view.find_run("s1.7")->phase; };
  story.tell("slurm_run/s1.7", SlurmSubmitRequested{1, std::string(32, 'x'), "slurm-a1"});
  CHECK(phase() == SlurmRunPhase::requested);
  story.tell("slurm_run/s1.7", SlurmSubmitted{1, 1'000, 1'700'000'000});
  CHECK(phase() == SlurmRunPhase::submitted);
  story.tell("slurm_run/s1.7", SlurmAttemptPlaced{1});
  CHECK(phase() == SlurmRunPhase::placed);
  story.tell("slurm_run/s1.7", SlurmAttemptLost{1, "Slurm has forgotten it"});
  CHECK(phase() == SlurmRunPhase::lost);
  story.tell("slurm_run/s1.7", SlurmSubmitRequested{2, std::string(32, 'y'), "slurm-a1"});
  CHECK(story.view.find_run("s1.7")->slurm_job_id == 0);
  // The job may be quicker than sbatch.
  story.tell("slurm_run/s1.7", SlurmAttemptClaimed{2, 1'001, "claimant", "a1"});
  story.tell("slurm_run/s1.7", SlurmSubmitted{2, 1'001, 1'700'000'000});
  story.tell("slurm_run/s1.7", SlurmAttemptPlaced{2});
  CHECK(phase() == SlurmRunPhase::claimed);
  story.tell("slurm_run/s1.7", SlurmRunWithdrawn{});
  story.tell("slurm_run/s1.7", SlurmRunEnded{SlurmEnd::exited, 0, std::nullopt, ""});
  const auto run = story.view.find_run("s1.7").value();
  CHECK(run.phase == SlurmRunPhase::ended);
  CHECK(run.is_withdrawn);
  CHECK(run.attempt == 2);
  CHECK(run.host == "a1");
  CHECK(run.lost_reason == "Slurm has forgotten it");
  CHECK(run.end->exit_code == 0);
  CHECK(run.requested_at == History::time_at(1));
  CHECK(run.claimed_at == History::time_at(6));
  CHECK(run.ended_at == History::time_at(10));
  CHECK_FALSE(story.view.find_run("s1.8"));
}

TEST_CASE("runs are listed by id and state, page by page; old ends are forgotten") {
  Told<SlurmView> story;
  story.tell("slurm_run/b", SlurmRunWithdrawn{})
      .tell("slurm_run/a", SlurmSubmitRequested{1, std::string(32, 'x'), "slurm-a1"})
      .tell("slurm_run/c", SlurmSubmitRequested{1, std::string(32, 'x'), "slurm-a1"})
      .tell("slurm_run/c", SlurmSubmitted{1, 1'000, 1});
  CHECK(story.view.runs(std::nullopt, "", 2).back().id == "b");
  CHECK(story.view.runs(std::nullopt, "b", 2).size() == 1);
  CHECK(story.view.runs(SlurmRunPhase::submitted, "", 9).size() == 1);
  CHECK(story.view.find_run("b")->attempt == 0);
  story.tell("slurm_run/b", SlurmRunEnded{SlurmEnd::never_started, {}, {}, "withdrawn"});
  for (std::size_t index = 0; index < SlurmView::ended_run_count_max; ++index)
    story.tell("slurm_run/x" + std::to_string(index), SlurmRunEnded{});
  CHECK_FALSE(story.view.find_run("b"));
  CHECK(story.view.find_run("a"));
  CHECK(story.view.find_run("x0"));
}
