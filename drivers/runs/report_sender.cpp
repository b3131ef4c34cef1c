#include "drivers/runs/report_sender.hpp"

#include <chrono>
#include <utility>

namespace orrery {
namespace {

constexpr std::chrono::milliseconds retry_interval{250};
constexpr std::size_t reports_in_flight_max = 1'024;

}  // namespace

ReportSender::ReportSender(caf::event_based_actor* self, const CommandBus& bus, Listener listener)
    : self_(self),
      sender_(
          self, bus, reports_in_flight_max,
          {std::move(listener.refused), [this] { retry_later(); }, std::move(listener.accepted)}) {}

void ReportSender::retry() {
  retry_is_set_ = false;
  sender_.retry();
}

void ReportSender::retry_later() {
  if (std::exchange(retry_is_set_, true)) return;
  self_->delayed_send(self_, retry_interval, RetryReports{});
}

std::function<void(OwedCommand)> ReportSender::from_elsewhere(caf::event_based_actor* self) {
  return [driver = caf::actor_cast<caf::actor_addr>(self)](OwedCommand owed) {
    if (const auto actor = caf::actor_cast<caf::actor>(driver))
      caf::anon_send(actor, DriverReport{std::move(owed)});
  };
}

}  // namespace orrery
