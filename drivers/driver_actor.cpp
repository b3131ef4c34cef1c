#include "drivers/driver_actor.hpp"

#include <utility>

#include "actors/runtime/tail_shell.hpp"
#include "drivers/driver_duties.hpp"

namespace orrery {
namespace {

/// Passes the duties on. Nothing is lost between actors of one process, so nothing is repeated: if
/// the driver dies, so does the process, and the duties resume.
class DriverSender {
 public:
  DriverSender(caf::event_based_actor* self, DriverActors drivers)
      : self_(self), drivers_(std::move(drivers)) {}

  void send(std::vector<DriverOrder> owed) {
    for (auto& order : owed)
      if (const auto& driver = drivers_.of(order.driver))
        std::visit([&](auto& told) { self_->send(driver, std::move(told)); }, order.message);
  }
  void retry() {}

 private:
  caf::event_based_actor* self_;
  DriverActors drivers_;
};

}  // namespace

caf::actor spawn_driver_duties(caf::actor_system& system, LogAccess log, DriverActors drivers,
                               TailConfiguration configuration) {
  return system.spawn(tail_actor<DriverDuties, DriverSender>, std::move(log), configuration,
                      [drivers = std::move(drivers)](caf::event_based_actor* self, DriverDuties&) {
                        return std::make_shared<DriverSender>(self, drivers);
                      });
}

}  // namespace orrery
