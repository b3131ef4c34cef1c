#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "drivers/driver.hpp"
#include "drivers/local_process/gpu_utilisation.hpp"
#include "drivers/local_process/local_process_configuration.hpp"
#include "drivers/local_process/local_run.hpp"
#include "drivers/runs/port_pool.hpp"
#include "drivers/runs/readiness_probes.hpp"
#include "drivers/runs/run_planning.hpp"

namespace orrery {

/// The processes of services and batch jobs on this host: starts, watches, probes and ends them,
/// each by a supervisor (supervisor.hpp). All it knows it can learn again from the run directories.
/// For one thread, but for `wake`; it blocks only in `wait`, and for the moments that files take.
class LocalProcesses {
 public:
  /// Takes what is to be reported, on the thread that called.
  using Report = std::function<void(OwedCommand)>;

  LocalProcesses(LocalProcessConfiguration configuration, Report report);
  ~LocalProcesses();
  LocalProcesses(const LocalProcesses&) = delete;
  LocalProcesses& operator=(const LocalProcesses&) = delete;

  /// Finds what earlier drivers have left: what runs goes on and is reported again; of what has
  /// lost its supervisor nothing is left afterwards. Before anything else.
  void adopt();

  void boot(const BootNode& boot);
  void start(const StartService& start);
  void stop(const StopService& stop);
  void start(const StartJob& start);
  void signal(const SignalJob& signal);
  void stop(const StopJob& stop);

  /// The aggregate took the report that the run is over. Of a job, `run_id` is its name among runs
  /// (job_planning.hpp).
  void end_was_taken(const std::string& run_id, std::uint64_t fence);
  /// The aggregate wants to know nothing of this start: it is ended.
  void was_refused(const std::string& run_id, std::uint64_t fence);

  /// What each GPU of this host does, by index: what has changed for a job is reported.
  void take_utilisation(const GpuUtilisation& utilisation);

  /// Until something has happened, or `wake` was called; then does what follows from it. Some of
  /// it is noticed by time alone: not to be called with more than some seconds.
  void wait(std::chrono::milliseconds timeout);
  void wake() { probes_.wake(); }

  std::size_t living_count() const;

 private:
  using Runs = std::map<std::string, LocalRun>;
  using Moment = LocalRun::Moment;

  /// A start of either, as far as runs are alike.
  struct Order {
    std::string run_id;
    std::string node_id;
    std::vector<std::uint32_t> gpu_indices;
    std::uint64_t fence = 0;
    Origin origin;
  };
  using MakePlan =
      std::function<boost::system::result<LaunchPlan, LaunchFailure>(const RunDirectory&)>;

  LocalRun* find(const std::string& run_id, std::uint64_t fence);
  bool is_stale(const Order& order) const;
  void note_fences(const LaunchPlan& plan);
  bool must_wait(const LocalRun& run) const;

  void adopt(const RunDirectory& directory);
  void kill_strays();
  void begin(const Order& order, const MakePlan& make_plan);
  void tell_again(LocalRun& run);
  void fail_start(const Order& order, const RunDirectory& directory, const LaunchFailure& failure);
  void launch(LocalRun& run);
  void launch_waiting();
  void end(LocalRun& run, const StopRecord& stop);
  void end_those_before(const LocalRun& run);
  void stop(const Order& order, const StopRecord& wish);
  void stop_unknown(const Order& order, const StopRecord& wish);

  /// What the files and the kernel say of the run now.
  void look(LocalRun& run);
  void look_after(LocalRun& run);
  void look_at_begin(LocalRun& run);
  void look_at_stages(LocalRun& run);
  void look_at_supervisor(LocalRun& run);
  void bury(LocalRun& run);
  void finish(LocalRun& run);

  void watch(LocalRun& run);
  void read_watches();
  void tell_launch(LocalRun& run);
  void tell_readiness(LocalRun& run);
  void tell_end(const LocalRun& run);
  void tell_job_start(LocalRun& run);
  void tell_job_end(const LocalRun& run, const ExitRecord& exit);
  void look_at_clock(LocalRun& run, Moment now);
  void take_probe(const ReadinessProbes::Answer& answer);
  void forget_old_runs();

  void report(const LaunchPlan& plan, Service::Command command);
  void report_on_job(const LaunchPlan& plan, Job::Command command);

  LocalProcessConfiguration configuration_;
  PlanningGround ground_;
  Report report_;
  ReadinessProbes probes_;
  PortPool ports_;
  Descriptor notifications_;
  std::map<int, std::string> watched_;
  Runs runs_;
  /// Whose end was taken, in that order.
  std::deque<std::string> ended_;
  /// The largest seen, by run and by GPU.
  std::map<std::string, std::uint64_t> fences_;
  std::map<std::uint32_t, std::uint64_t> gpu_fences_;
};

}  // namespace orrery
