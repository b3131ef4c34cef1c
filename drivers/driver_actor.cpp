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
  DriverSender(caf::event_based_actor* self, caf::actor driver)
      : self_(self), driver_(std::move(driver)) {}

  void send(std::vector<DriverMessage> owed) {
    for (auto& message : owed)
      std::visit([&](auto& told) { self_->send(driver_, std::move(told)); }, message);
  }
  void retry() {}

 private:
  caf::event_based_actor* self_;
  caf::actor driver_;
};

}  // namespace

caf::actor spawn_driver_duties(caf::actor_system& system, LogAccess log, caf::actor driver,
                               TailConfiguration configuration) {
  return system.spawn(tail_actor<DriverDuties, DriverSender>, std::move(log), configuration,
                      [driver = std::move(driver)](caf::event_based_actor* self, DriverDuties&) {
                        return std::make_shared<DriverSender>(self, driver);
                      });
}

}  // namespace orrery
