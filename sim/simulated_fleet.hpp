#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/driver.hpp"
#include "sim/fleet_effects.hpp"
#include "sim/simulated_guest.hpp"
#include "sim/simulated_jobs.hpp"
#include "sim/simulated_services.hpp"
#include "sim/simulated_workshop.hpp"
#include "sim/slow_starts.hpp"

namespace orrery {

/// The machines of the simulation and what runs on them. Pure: it is told what to do and when a
/// step is over, and says what that has as a consequence. Being told twice does nothing twice.
class SimulatedFleet {
 public:
  explicit SimulatedFleet(SimulatedDriverConfiguration configuration);

  FleetEffects boot(const BootNode& boot);
  FleetEffects start(const StartVm& start) { return launch(GuestStart::of(start)); }
  FleetEffects start(const StartInstance& start) { return launch(GuestStart::of(start)); }
  FleetEffects reboot(const RebootVm& reboot);
  FleetEffects stop(const StopVm& stop) { return end(GuestStop::of(stop)); }
  FleetEffects stop(const StopInstance& stop) { return end(GuestStop::of(stop)); }
  FleetEffects start(const StartService& start);
  FleetEffects stop(const StopService& stop) { return services_.stop(stop); }
  /// `now` is only compared with the time at which the job has started.
  FleetEffects start(const StartJob& start, Time now);
  FleetEffects signal(const SignalJob& signal) { return jobs_.signal(signal); }
  FleetEffects stop(const StopJob& stop) { return jobs_.stop(stop); }
  FleetEffects mend(const MendGpu& mend) { return workshop_.mend(mend); }
  FleetEffects verify(const VerifyGpu& verify) { return workshop_.verify(verify); }

  /// The node that this node, guest, service, "job/<id>" or "gpu/<id>" is on; empty where it isn't
  /// known.
  std::string node_of(const std::string& id) const;

  /// The step of this node, guest, service, "job/<id>" or "gpu/<id>" is over. Nothing, if it was
  /// another step.
  FleetEffects step_over(const std::string& id, std::uint64_t number);
  /// Ends the step that this node, guest, service, "job/<id>" or "gpu/<id>" is in, whichever it is.
  FleetEffects finish_step(const std::string& id);

  /// The next start of this guest, service or "job/<id>" fails; at once, if it is starting now.
  FleetEffects fail_start(const std::string& id, std::string code, std::string message);
  /// The process of this service, or the script of this job, ends by itself.
  FleetEffects exit(const ServiceExit& exit) { return services_.exit(exit); }
  FleetEffects exit(const JobExit& exit) { return jobs_.exit(exit); }
  /// The node dies with everything on it, and stays dead until it is restored. Without a cause of
  /// its own that follows from what booted it.
  FleetEffects lose(const std::string& node_id, std::string reason, const Origin& origin = {});
  FleetEffects restore(const std::string& node_id);
  FleetEffects fault(const std::string& node_id, std::uint32_t gpu_index, std::string reason,
                     const Origin& origin = {});
  FleetEffects repair(const std::string& node_id, std::uint32_t gpu_index);
  SlowStarts& slow_starts() { return slow_starts_; }

 private:
  struct Machine {
    enum class Phase : std::uint8_t { down, booting, up, dead };
    Phase phase = Phase::down;
    Origin origin;
    std::uint64_t step = 0;
  };
  struct Guest {
    enum class Phase : std::uint8_t { starting, running, rebooting, stopping };
    Phase phase = Phase::starting;
    GuestStart start;
    /// What follows once it has stopped.
    std::optional<GuestStart> next;
    /// To be taken before it has stopped.
    std::optional<SnapshotWish> snapshot;
    /// Of the last reset, under way or done.
    std::uint64_t reset_number = 0;
    Origin origin;
    std::uint64_t step = 0;
  };
  struct StartFailure {
    std::string code;
    std::string message;
  };

  void begin_boot(const std::string& id, Machine& machine, FleetEffects& effects);
  FleetEffects launch(const GuestStart& start);
  FleetEffects end(const GuestStop& stop);
  void begin_start(const GuestStart& start, FleetEffects& effects);
  void begin_stop(const std::string& id, Guest& guest,
                  std::optional<std::chrono::microseconds> delay_max, FleetEffects& effects);
  bool is_dead(const std::string& node_id) const;
  std::uint64_t begin_step(const std::string& id, const StepDelay& delay, std::string_view name,
                           FleetEffects& effects,
                           std::optional<std::chrono::microseconds> delay_max = {});
  FleetEffects machine_step_over(const std::string& id, Machine& machine);
  FleetEffects guest_step_over(const std::string& id, Guest& guest);
  void stopped(const std::string& id, FleetEffects& effects);
  bool is_stale(const std::string& node_id, const std::vector<std::uint32_t>& gpu_indices,
                std::uint64_t fence) const;
  void note_fence(const std::string& node_id, const std::vector<std::uint32_t>& gpu_indices,
                  std::uint64_t fence);

  SimulatedDriverConfiguration configuration_;
  std::map<std::string, Machine> machines_;
  std::map<std::string, Guest> guests_;
  SimulatedServices services_;
  SimulatedJobs jobs_;
  SimulatedWorkshop workshop_;
  SlowStarts slow_starts_;
  std::map<std::string, StartFailure> failures_;
  /// The largest fence that each GPU has seen.
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> fences_;
  std::uint64_t steps_begun_ = 0;
};

}  // namespace orrery
