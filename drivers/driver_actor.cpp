#include "drivers/driver_actor.hpp"

#include <utility>

#include "actors/runtime/tail_shell.hpp"
#include "drivers/driver_duties.hpp"
#include "drivers/job_order.hpp"

namespace orrery {
namespace {

/// Passes the duties on; the starts of jobs with what the log says of them. Nothing is lost between
/// actors of one process, so nothing is repeated: if the driver dies, so does the process, and the
/// duties resume.
class DriverSender {
 public:
  DriverSender(caf::event_based_actor* self, const EventLog& log, DriverActors drivers)
      : self_(self), log_(log), drivers_(std::move(drivers)) {}

  void send(std::vector<DriverOrder> owed) {
    for (auto& order : owed)
      if (const auto& driver = drivers_.of(order.driver); driver && is_wanted(order.message))
        std::visit([&](auto& told) { self_->send(driver, std::move(told)); }, order.message);
  }
  void retry() {}

 private:
  bool is_wanted(DriverMessage& message) const {
    auto* start = std::get_if<StartJob>(&message);
    return start == nullptr || complete(*start, log_);
  }

  caf::event_based_actor* self_;
  const EventLog& log_;
  DriverActors drivers_;
};

}  // namespace

caf::actor spawn_driver_duties(caf::actor_system& system, LogAccess log, DriverActors drivers,
                               TailConfiguration configuration) {
  auto* events = log.log;
  return system.spawn(
      tail_actor<DriverDuties, DriverSender>, std::move(log), configuration,
      [events, drivers = std::move(drivers)](caf::event_based_actor* self, DriverDuties&) {
        return std::make_shared<DriverSender>(self, *events, drivers);
      });
}

}  // namespace orrery
