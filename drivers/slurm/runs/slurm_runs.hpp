#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "actors/runtime/command.hpp"
#include "actors/runtime/tailer.hpp"
#include "drivers/driver.hpp"
#include "drivers/slurm/inventory/slurm_inventory.hpp"
#include "drivers/slurm/plan/node_ports.hpp"
#include "drivers/slurm/plan/slurm_plan.hpp"
#include "drivers/slurm/runs/run_on_slurm.hpp"
#include "drivers/slurm/runs/slurm_calls.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// Decides what a Slurm is asked for, and what is reported of what it does: the life of every run
/// (docs/slurm.md). Has no thread, clock or way to Slurm of its own: it is told, and says what is
/// to be done. All it knows it can learn again from the run directories, the streams and what Slurm
/// lists, so its owner may be killed between any two lines.
///
/// Order of durability: what an attempt claims with is written, then the attempt is in the log, and
/// only then is Slurm asked; what ends a run is in the log before its directory is marked as done.
///
/// For one thread. Reads files of the directories of runs that begin, come up or end, and none of
/// those that just run. What is written at each start is left to `call`; what a disk is waited for
/// here are the small files by which runs end.
class SlurmRuns {
 public:
  using Moment = RunOnSlurm::Moment;

  /// What it works on. None of these may call back into it.
  struct Surroundings {
    /// To an aggregate, in order; sent until it was decided. The answers to those for runs come
    /// back by `accepted` and `refused`.
    std::function<void(OwedCommand)> send;
    /// Carried out some time; answered once by `take`.
    std::function<void(SlurmCall)> call;
    /// What the stream of the run says now. All that was accepted shows in it.
    std::function<SlurmRun::State(const std::string& run)> read;
    /// GET the URL; answered by `take_probe`, or ended by `cancel_probe`.
    std::function<void(const std::string& run, const std::string& url)> probe;
    std::function<void(const std::string& run)> cancel_probe;
    /// As `SlurmInventory::place_of`.
    std::function<SlurmPlace(std::string_view node_id)> place_of;
    /// As `SlurmInventory::fit`.
    std::function<std::optional<LaunchFailure>(SlurmOrder&)> fit;
  };

  SlurmRuns(SlurmConfiguration configuration, Surroundings surroundings);
  ~SlurmRuns();
  SlurmRuns(const SlurmRuns&) = delete;
  SlurmRuns& operator=(const SlurmRuns&) = delete;

  /// Takes up what earlier drivers have left. Before anything else.
  void adopt();

  /// What time it is. Does what is due by it; nothing else looks at a clock.
  void at(Moment now);

  // What the driver is told.
  void start(const StartService& start);
  void start(const StartJob& start);
  void start(const StartInstance& start);
  void stop(const StopService& stop);
  void stop(const StopJob& stop);
  void stop(const StopInstance& stop);
  void signal(const SignalJob& signal);

  // What aggregates answered.
  void accepted(const AddressedCommand& command);
  void refused(const RefusedCommand& command);

  // What Slurm, or the file system, answered.
  /// The digest of what the attempt claims with; none: its files can't be written.
  void take(const PrepareCall& call, std::optional<std::string> claim_digest);
  void take(const SubmitCall& call, const SlurmResult<std::uint64_t>& answer);
  void take(const CancelCall& call, const SlurmResult<void>& answer);
  void take(const SignalCall& call, const SlurmResult<void>& answer);
  /// The size of the image in bytes.
  void take(const SaveCall& call,
            const boost::system::result<std::uint64_t, LaunchFailure>& answer);
  /// Looks are numbered, from 1, as they begin.
  std::uint64_t begin_look() { return ++looks_begun_; }
  void see(const SlurmSight& sight);
  /// A look came to nothing: until one does, Slurm isn't asked for anything new.
  void see_nothing() { is_reachable_ = false; }

  /// Somebody may have claimed.
  void look_at_claims();
  void take_probe(const std::string& run, bool is_ready);

  /// What ours that run use of each node, by its name in Slurm, as the last look showed it.
  std::map<std::string, SlurmUse> use() const;

  /// Something is to be looked at soon, without anybody's word.
  bool is_restless() const { return !restless_.empty() || hand_over_is_ahead_; }
  /// Runs that aren't over, by their names without a fence.
  std::set<std::string, std::less<>> living() const;

 private:
  using Run = RunOnSlurm;
  using Runs = std::map<std::string, Run, std::less<>>;

  /// A start of any kind, as far as runs are alike.
  struct Order {
    std::string run_id;
    std::vector<std::string> node_ids;
    std::uint64_t fence = 0;
    Origin origin;
    /// Of a job.
    std::uint32_t job_attempt = 0;
  };
  using MakePlan = std::function<SlurmPlanResult(std::span<const SlurmPlace>, const RunDirectory&)>;

  // slurm_runs.cpp: orders.
  Run* find(std::string_view name);
  void begin(const Order& order, const MakePlan& make_plan);
  void plan(Run& run, const Order& order, const MakePlan& make_plan);
  Run& take_up_for_stop(const Order& order);
  void stop(const Order& order, StopRecord wish);
  void end(Run& run, const StopRecord& wish);
  void end_those_before(const Run& run);
  bool must_wait(const Run& run) const;

  // slurm_runs_adoption.cpp
  void adopt(const std::filesystem::path& path);
  Run& take_up(const std::string& name);
  void forget_old_runs();

  /// Does whatever comes next, from what is known of the run.
  void step(Run& run);
  void command(Run& run, SlurmRun::Command command);
  void reread(Run& run);

  // slurm_runs_attempts.cpp: until an attempt is claimed, or none may be any more.
  void hand_over_waiting();
  void request_attempt(Run& run);
  void see_attempt_through(Run& run);
  void submit(Run& run);
  void lose(Run& run, const std::string& reason);
  void give_back(Run& run);
  bool meet_obstacles(Run& run);
  void fail(Run& run, const LaunchFailure& failure);
  void clear_out(Run& run);
  bool may_request(const Run& run) const;

  // slurm_runs_sight.cpp: what Slurm shows.
  void cancel(const SlurmJob& job);
  void see_job(const SlurmJob& job, std::set<std::string, std::less<>>& strangers);
  void see_last_attempt(Run& run, const SlurmJob& job);
  void note_obstacles(Run& run);
  void see_stray(Run& run, const SlurmJob& job);
  void see_absence(Run& run);

  // slurm_runs_watch.cpp: from its claim to its end.
  void watch(Run& run);
  void watch_begin(Run& run);
  void watch_stages(Run& run);
  void watch_clock(Run& run);
  void carry_out_stop(Run& run);
  bool look_for_end(Run& run);
  bool is_end_forgotten(Run& run);
  void close(Run& run, SlurmEnd end, const ExitRecord& exit);

  // slurm_runs_reports.cpp
  void tell_launch(Run& run);
  void tell_readiness(Run& run);
  void tell_end(const Run& run);
  static bool is_instance_to_hear_of(const Run& run);
  bool save(const Run& run);
  void finish(Run& run);
  void report(const Run& run, AddressedCommand command);
  void end_was_taken(const std::string& run_id, std::uint64_t fence);
  void was_not_wanted(const std::string& run_id, std::uint64_t fence);

  SlurmConfiguration configuration_;
  Surroundings surroundings_;
  NodePorts ports_;
  Moment now_ = {};
  Moment next_round_ = {};
  Moment next_hand_over_ = {};
  bool hand_over_is_ahead_ = false;
  Runs runs_;
  /// Not claimed and not over, in the order of their coming.
  std::map<std::uint64_t, Run*> unclaimed_;
  /// To be looked at by and by.
  std::set<std::string, std::less<>> restless_;
  /// Of each name among runs, those that aren't over, by their fences.
  std::map<std::string, std::map<std::uint64_t, Run*>, std::less<>> living_;
  /// The largest seen.
  std::map<std::string, std::uint64_t, std::less<>> fences_;
  /// Whose end was taken, in that order.
  std::deque<std::string> ended_;
  std::uint64_t arrivals_ = 0;

  std::uint64_t looks_begun_ = 0;
  std::uint64_t last_look_ = 0;
  bool is_reachable_ = false;
  SlurmController controller_;
  /// Names of jobs that are none of ours.
  std::set<std::string, std::less<>> strangers_;
  std::set<std::string, std::less<>> being_cancelled_;
  /// Runs whose instances are being saved.
  std::set<std::string, std::less<>> being_saved_;
};

}  // namespace orrery
