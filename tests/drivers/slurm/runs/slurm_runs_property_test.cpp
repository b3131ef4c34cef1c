#include <random>

#include <catch2/catch.hpp>

#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;

namespace {

/// A driver that is killed at any point, on a Slurm that forgets, runs late and doesn't answer.
class Storm {
 public:
  explicit Storm(std::uint32_t seed) : random_(seed) {
    world.configuration.attempts_max = 1'000;
    world.configuration.pending_max = 4;
    world.restart();
  }

  void rage(int steps) {
    for (int i = 0; i < steps; ++i) {
      blow();
      check_claims();
    }
  }

  /// Nothing breaks any more; jobs run as they should, and end.
  void calm_down() {
    world.slurm.is_up = true;
    restart();
    for (int i = 0; i < 400 && ends_missing(); ++i) {
      world.settle_with_look();
      world.pass(std::chrono::seconds(2));
      for (auto& job : std::vector(world.slurm.jobs)) run_or_end(job);
    }
    for (int i = 0; i < 5; ++i) world.settle_with_look();
  }

  bool ends_missing() {
    return std::ranges::any_of(world.services, [](const auto& service) {
      return !std::holds_alternative<Service::Ended>(service.second);
    });
  }

  SlurmWorld world;

 private:
  std::uint32_t draw(std::uint32_t count) { return static_cast<std::uint32_t>(random_()) % count; }

  void blow() {
    constexpr int services_max = 8;
    switch (draw(24)) {
      case 0:
        if (services_ < services_max) world.order(std::to_string(++services_));
        return;
      case 1:
        if (services_ > 0 && draw(3) == 0) world.order_end(std::to_string(1 + draw(services_)));
        return;
      case 2:
        if (draw(4) == 0) restart();
        return;
      case 3:
        if (draw(2) == 0) crash_slurm();
        return;
      case 4:
        world.slurm.save();
        return;
      case 5:
        world.slurm.is_up = draw(3) != 0;
        return;
      case 6:
        world.carry_out(false);
        return;
      case 7:
        for (auto& job : std::vector(world.slurm.jobs))
          if (draw(8) == 0) break_job(job);
        return;
      case 8:
        run_ghost();
        return;
      case 9:
      case 10:
      case 11:
        if (!world.slurm.jobs.empty()) run_or_end(SlurmJob(world.slurm.jobs[draw(size_of_jobs())]));
        return;
      case 12:
      case 13:
      case 14:
        return world.look();
      case 15:
        return world.driver->look_at_claims();
      case 16:
        return world.pass(std::chrono::milliseconds(draw(4'000)));
      default:
        if (draw(2) == 0) world.deliver();
        world.pass(std::chrono::milliseconds(1));
        if (draw(2) == 0) world.carry_out();
    }
  }

  std::uint32_t size_of_jobs() const { return static_cast<std::uint32_t>(world.slurm.jobs.size()); }

  /// As after kill -9: what was on its way may still arrive, or not.
  void restart() {
    if (!world.calls.empty() && draw(2) == 0)
      if (const auto* submit = std::get_if<SubmitCall>(&world.calls.front()))
        world.slurm.submit(submit->order);
    if (draw(2) == 0) world.deliver(false);
    world.restart();
    for (const auto& [id, service] : std::map(world.services)) world.tell(id);
  }

  /// What it forgets may have started, or start later.
  void crash_slurm() {
    for (const auto& job : world.slurm.jobs)
      if (std::ranges::find(world.slurm.saved, job.name, &SlurmJob::name) ==
              world.slurm.saved.end() &&
          job.state == SlurmJobState::pending)
        ghosts_.push_back(job);
    world.slurm.crash();
    // What ended meanwhile is not brought to life by an older record.
    for (auto& job : world.slurm.jobs)
      if (over_.contains(job.name)) job.state = SlurmJobState::failed;
  }

  void run_ghost() {
    if (ghosts_.empty()) return;
    const auto ghost = ghosts_.back();
    ghosts_.pop_back();
    const auto parts = attempt_of_job(ghost.name);
    world.claim(std::string(parts->run), parts->attempt, ghost.id);
    over_.insert(ghost.name);  // Its node has told Slurm, which has shot it.
  }

  void run_or_end(const SlurmJob& job) {
    if (has_ended(job.state)) return;
    if (job.state == SlurmJobState::pending) {
      if (!world.run_job(job.name)) over_.insert(job.name);
      return;
    }
    over_.insert(job.name);
    const bool was_told =
        std::ranges::find(world.slurm.signalled, job.name) != world.slurm.signalled.end();
    ExitRecord exit;
    if (was_told)
      exit.signal = 15;
    else
      exit.exit_code = 0;
    world.end_job(job.name, exit);
  }

  void break_job(const SlurmJob& job) {
    if (has_ended(job.state)) return;
    over_.insert(job.name);
    world.slurm.find(job.name)->state =
        draw(2) == 0 ? SlurmJobState::node_fail : SlurmJobState::cancelled;
  }

  void check_claims() {
    for (const auto& [run, events] : world.events) {
      const auto claims = std::ranges::count_if(events, [](const auto& event) {
        return std::holds_alternative<SlurmAttemptClaimed>(event);
      });
      if (claims > 1) FAIL("claimed twice: " << run);
    }
  }

  std::mt19937 random_;
  std::uint32_t services_ = 0;
  std::vector<SlurmJob> ghosts_;
  std::set<std::string> over_;
};

}  // namespace

TEST_CASE("whatever breaks, each order has one end, and nothing is left in Slurm") {
  const auto seed = GENERATE(range(1u, 13u));
  CAPTURE(seed);
  Storm storm(seed);
  storm.rage(800);
  storm.calm_down();
  auto& world = storm.world;
  for (const auto& [id, service] : world.services) {
    CAPTURE(id);
    CHECK(std::holds_alternative<Service::Ended>(service));
    CHECK(world.ends[id].size() == 1);
    if (!world.ends[id].empty()) CHECK(world.ends[id][0].code != "slurm_would_not_run_it");
  }
  CHECK(world.driver->living().empty());
  CHECK(world.slurm.live_count() == 0);
}
