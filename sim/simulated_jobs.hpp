#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/driver.hpp"
#include "sim/fleet_effects.hpp"

namespace orrery {

/// The script of a simulated job ends by itself, with an exit code or by a signal.
struct JobExit {
  std::string job_id;
  std::optional<std::uint32_t> exit_code;
  std::optional<std::uint32_t> signal;
};

/// The part of the simulated fleet that batch jobs run in. It plays what a job's rehearsal says
/// (docs/simulation.md): so long, with such utilisation from such a time on, and this exit code at
/// the end. One without a run time runs until it is stopped. Pure, and nothing is done twice. Nodes
/// and GPUs are the fleet's to look after.
///
/// A job that ran before this driver's memory began goes on where it would be now.
///
/// The things that steps are of are called "job/<id>".
class SimulatedJobs {
 public:
  explicit SimulatedJobs(SimulatedDriverConfiguration configuration)
      : configuration_(configuration) {}

  FleetEffects start(const StartJob& start, Time now);
  /// SIGKILL and what else an ordinary script dies of ends it; other signals it doesn't mind.
  FleetEffects signal(const SignalJob& signal);
  FleetEffects stop(const StopJob& stop);
  FleetEffects exit(const JobExit& exit);
  /// "job/<id>" is being started, and can't be.
  FleetEffects fail(const std::string& name, std::string message);
  /// The scripts on the node are gone.
  void lose(const std::string& node_id);

  FleetEffects step_over(const std::string& name, std::uint64_t number);
  FleetEffects finish_step(const std::string& name);

  /// "job/<id>" is being started or stopped, or runs.
  bool is_known(const std::string& name) const;
  /// The first of its places; empty where it isn't known.
  std::string node_of(const std::string& name) const;

 private:
  struct Process {
    enum class Phase : std::uint8_t { starting, running, stopping };
    Phase phase = Phase::starting;
    StartJob start;
    Origin origin;
    std::uint64_t step = 0;
    /// How far it has come, in its own time, once the step that it is in is over.
    std::chrono::microseconds played{0};
    /// Steps of its utilisation that have begun.
    std::size_t steps_begun = 0;
    /// As the control plane believes; not known of one that it was told of before.
    std::optional<std::uint8_t> gpu_percent = 100;
    /// Of the last signal that it got.
    std::uint64_t signal_number = 0;
    /// What it ends by, while it is being stopped.
    std::uint32_t end_signal = 0;
  };
  using Processes = std::map<std::string, Process>;
  struct Past {
    std::uint64_t fence = 0;
    JobExited exit;
  };

  Process* find(const std::string& name);
  void begin(Process& process, std::chrono::microseconds played, FleetEffects& effects);
  /// Says what its GPUs do by now, and waits for the next change, or its end.
  void play(Process& process, FleetEffects& effects);
  /// After how much of its own time something happens by itself; none where nothing does any more.
  static std::optional<std::chrono::microseconds> next_change(const Process& process);
  void tell_utilisation(Process& process, FleetEffects& effects);
  FleetEffects step_over(Process& process);
  FleetEffects end(Process& process, JobExited exit);
  void remember(const std::string& id, std::uint64_t fence, const JobExited& exit);
  void await(Process& process, const StepDelay& delay, std::string_view name, FleetEffects& effects,
             std::optional<std::chrono::microseconds> delay_max = {});

  SimulatedDriverConfiguration configuration_;
  /// By id.
  Processes processes_;
  /// Those that have ended last, so that they don't run again.
  std::map<std::string, Past> over_;
  std::deque<std::string> over_order_;
  std::uint64_t steps_begun_ = 0;
};

}  // namespace orrery
