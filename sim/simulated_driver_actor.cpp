#include "sim/simulated_driver_actor.hpp"

#include <utility>

#include "actors/runtime/command_sender.hpp"

namespace orrery {
namespace {

/// The driver's words to itself.
struct StepIsOver {
  std::string id;
  std::uint64_t number = 0;
};
struct RetryReports {};

}  // namespace
}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::StepIsOver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RetryReports)

namespace orrery {
namespace {

constexpr std::chrono::milliseconds retry_interval{250};
constexpr std::size_t reports_in_flight_max = 4'096;

/// The fleet with its timers and its way to report.
class Driver {
 public:
  SimulatedFleet fleet;

  Driver(caf::event_based_actor* self, const CommandBus& bus,
         const SimulatedDriverConfiguration& configuration)
      : fleet(configuration),
        self_(self),
        sender_(self, bus, reports_in_flight_max, {{}, [this] { retry_later(); }}) {}

  void carry_out(FleetEffects effects) {
    for (auto& step : effects.steps)
      self_->delayed_send(self_, step.delay, StepIsOver{std::move(step.id), step.number});
    sender_.send(std::move(effects.reports));
  }

  void retry() {
    retry_is_set_ = false;
    sender_.retry();
  }

 private:
  void retry_later() {
    if (std::exchange(retry_is_set_, true)) return;
    self_->delayed_send(self_, retry_interval, RetryReports{});
  }

  caf::event_based_actor* self_;
  CommandSender sender_;
  bool retry_is_set_ = false;
};

caf::behavior simulated_driver_actor(caf::event_based_actor* self, const CommandBus& bus,
                                     const SimulatedDriverConfiguration& configuration,
                                     const Clock* clock) {
  const auto driver = std::make_shared<Driver>(self, bus, configuration);
  return {
      [=](const BootNode& boot) { driver->carry_out(driver->fleet.boot(boot)); },
      [=](const StartVm& start) { driver->carry_out(driver->fleet.start(start)); },
      [=](const RebootVm& reboot) { driver->carry_out(driver->fleet.reboot(reboot)); },
      [=](const StopVm& stop) { driver->carry_out(driver->fleet.stop(stop)); },
      [=](const StartInstance& start) { driver->carry_out(driver->fleet.start(start)); },
      [=](const StopInstance& stop) { driver->carry_out(driver->fleet.stop(stop)); },
      [=](const StartService& start) { driver->carry_out(driver->fleet.start(start)); },
      [=](const StopService& stop) { driver->carry_out(driver->fleet.stop(stop)); },
      [=](const StartJob& start) {
        const auto now = clock == nullptr ? start.started_at.value_or(Time{}) : clock->now();
        driver->carry_out(driver->fleet.start(start, now));
      },
      [=](const SignalJob& signal) { driver->carry_out(driver->fleet.signal(signal)); },
      [=](const StopJob& stop) { driver->carry_out(driver->fleet.stop(stop)); },
      [=](const StepIsOver& step) {
        driver->carry_out(driver->fleet.step_over(step.id, step.number));
      },
      [=](RetryReports) { driver->retry(); },
      [=](const FinishStep& step) { driver->carry_out(driver->fleet.finish_step(step.id)); },
      [=](const FailStart& fail) {
        driver->carry_out(driver->fleet.fail_start(fail.id, fail.code, fail.message));
      },
      [=](const ServiceExit& exit) { driver->carry_out(driver->fleet.exit(exit)); },
      [=](const JobExit& exit) { driver->carry_out(driver->fleet.exit(exit)); },
      [=](const LoseNode& lost) {
        driver->carry_out(driver->fleet.lose(lost.node_id, lost.reason));
      },
      [=](const RestoreNode& back) { driver->carry_out(driver->fleet.restore(back.node_id)); },
      [=](const FaultGpu& fault) {
        driver->carry_out(driver->fleet.fault(fault.node_id, fault.gpu_index, fault.reason));
      },
      [=](const RepairGpu& repair) {
        driver->carry_out(driver->fleet.repair(repair.node_id, repair.gpu_index));
      },
  };
}

}  // namespace

caf::actor spawn_simulated_driver(caf::actor_system& system, CommandBus bus,
                                  SimulatedDriverConfiguration configuration, const Clock* clock) {
  return system.spawn(simulated_driver_actor, std::move(bus), configuration, clock);
}

}  // namespace orrery
