#include "sim/simulated_driver_actor.hpp"

#include <utility>

#include "actors/runtime/command_sender.hpp"
#include "sim/simulated_network.hpp"

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

/// The fleet with its timers, the network before it, and its way to report.
class Driver {
 public:
  Driver(caf::event_based_actor* self, const CommandBus& bus,
         const SimulatedDriverConfiguration& configuration, const Clock* clock)
      : fleet_(configuration),
        self_(self),
        clock_(clock),
        sender_(self, bus, reports_in_flight_max, {{}, [this] { retry_later(); }}) {}

  void obey(DriverMessage order) {
    if (network_.holds(order)) return;
    std::visit([this](const auto& told) { carry_out(done(told)); }, order);
  }

  /// Something happens to a thing by itself: nobody is told if it is on a node that is cut off.
  template <class Happen>
  void happens_to(const std::string& id, Happen happen) {
    happens_on(fleet_.node_of(id), happen);
  }
  template <class Happen>
  void happens_on(const std::string& node_id, Happen happen) {
    carry_out(network_.through(node_id, happen(fleet_)));
  }

  void step_over(const StepIsOver& step) {
    if (SimulatedNetwork::is_step(step.id))
      return carry_out(network_.step_over(step.id, step.number));
    happens_to(step.id,
               [&](SimulatedFleet& fleet) { return fleet.step_over(step.id, step.number); });
  }

  void cut_off(const CutOffNode& cut) {
    carry_out(network_.cut_off(cut.node_id, cut.grace, cut.origin));
  }

  void reconnect(const std::string& node_id) {
    auto arrival = network_.reconnect(node_id);
    sender_.send(std::move(arrival.reports));
    for (auto& order : arrival.orders) obey(std::move(order));
  }

  void slow(const SetSlowStarts& rate) {
    fleet_.slow_starts().set_rate(rate.cluster, rate.permille);
  }
  void slow(const SlowNextStart& next) { fleet_.slow_starts().slow_next(next.node_id, next.extra); }

  void retry() {
    retry_is_set_ = false;
    sender_.retry();
  }

 private:
  FleetEffects done(const BootNode& boot) { return fleet_.boot(boot); }
  FleetEffects done(const RebootVm& reboot) { return fleet_.reboot(reboot); }
  FleetEffects done(const StartVm& start) { return fleet_.start(start); }
  FleetEffects done(const StartInstance& start) { return fleet_.start(start); }
  FleetEffects done(const StartService& start) { return fleet_.start(start); }
  FleetEffects done(const StartJob& start) {
    return fleet_.start(start,
                        clock_ == nullptr ? start.started_at.value_or(Time{}) : clock_->now());
  }
  FleetEffects done(const StopVm& stop) { return fleet_.stop(stop); }
  FleetEffects done(const StopInstance& stop) { return fleet_.stop(stop); }
  FleetEffects done(const StopService& stop) { return fleet_.stop(stop); }
  FleetEffects done(const StopJob& stop) { return fleet_.stop(stop); }
  FleetEffects done(const SignalJob& signal) { return fleet_.signal(signal); }
  FleetEffects done(const MendGpu& mend) { return fleet_.mend(mend); }
  FleetEffects done(const VerifyGpu& verify) { return fleet_.verify(verify); }

  void carry_out(FleetEffects effects) {
    for (auto& step : effects.steps)
      self_->delayed_send(self_, step.delay, StepIsOver{std::move(step.id), step.number});
    sender_.send(std::move(effects.reports));
  }

  void retry_later() {
    if (std::exchange(retry_is_set_, true)) return;
    self_->delayed_send(self_, retry_interval, RetryReports{});
  }

  SimulatedFleet fleet_;
  SimulatedNetwork network_;
  caf::event_based_actor* self_;
  const Clock* clock_;
  CommandSender sender_;
  bool retry_is_set_ = false;
};

using SharedDriver = std::shared_ptr<Driver>;

/// What the control plane says.
template <class... Order>
caf::message_handler orders(const SharedDriver& driver, const std::variant<Order...>*) {
  return {[driver](const Order& order) { driver->obey(order); }...};
}

/// What tests, operators and chance say.
caf::message_handler mishaps(const SharedDriver& driver) {
  using Fleet = SimulatedFleet;
  return {
      [=](const FinishStep& step) {
        driver->happens_to(step.id, [&](Fleet& fleet) { return fleet.finish_step(step.id); });
      },
      [=](const FailStart& fail) {
        driver->happens_to(fail.id, [&](Fleet& fleet) {
          return fleet.fail_start(fail.id, fail.code, fail.message);
        });
      },
      [=](const ServiceExit& exit) {
        driver->happens_to(exit.service_id, [&](Fleet& fleet) { return fleet.exit(exit); });
      },
      [=](const JobExit& exit) {
        driver->happens_to("job/" + exit.job_id, [&](Fleet& fleet) { return fleet.exit(exit); });
      },
      [=](const LoseNode& lost) {
        driver->happens_on(lost.node_id, [&](Fleet& fleet) {
          return fleet.lose(lost.node_id, lost.reason, lost.origin);
        });
      },
      [=](const RestoreNode& back) {
        driver->happens_on(back.node_id, [&](Fleet& fleet) { return fleet.restore(back.node_id); });
      },
      [=](const FaultGpu& fault) {
        driver->happens_on(fault.node_id, [&](Fleet& fleet) {
          return fleet.fault(fault.node_id, fault.gpu_index, fault.reason, fault.origin);
        });
      },
      [=](const RepairGpu& repair) {
        driver->happens_on(repair.node_id, [&](Fleet& fleet) {
          return fleet.repair(repair.node_id, repair.gpu_index);
        });
      },
      [=](const CutOffNode& cut) { driver->cut_off(cut); },
      [=](const ReconnectNode& back) { driver->reconnect(back.node_id); },
      [=](const SetSlowStarts& rate) { driver->slow(rate); },
      [=](const SlowNextStart& next) { driver->slow(next); },
  };
}

caf::behavior simulated_driver_actor(caf::event_based_actor* self, const CommandBus& bus,
                                     const SimulatedDriverConfiguration& configuration,
                                     const Clock* clock) {
  const auto driver = std::make_shared<Driver>(self, bus, configuration, clock);
  const caf::message_handler own{
      [=](const StepIsOver& step) { driver->step_over(step); },
      [=](RetryReports) { driver->retry(); },
  };
  return own.or_else(orders(driver, static_cast<const DriverMessage*>(nullptr)))
      .or_else(mishaps(driver));
}

}  // namespace

caf::actor spawn_simulated_driver(caf::actor_system& system, CommandBus bus,
                                  SimulatedDriverConfiguration configuration, const Clock* clock) {
  return system.spawn(simulated_driver_actor, std::move(bus), configuration, clock);
}

}  // namespace orrery
