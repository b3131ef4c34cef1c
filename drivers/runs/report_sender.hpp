#pragma once

#include <functional>

#include <caf/all.hpp>

#include "actors/runtime/command_sender.hpp"

namespace orrery {

/// To a driver's actor: what its thread wants reported.
struct DriverReport {
  OwedCommand owed;
};
/// A driver's word to itself.
struct RetryReports {};

/// The way of a driver's reports, within its actor: each is sent until it was decided. The actor
/// answers a `DriverReport` by `send`, and `RetryReports` by `retry`.
class ReportSender {
 public:
  /// Of the reports that were sent.
  struct Listener {
    std::function<void(const RefusedCommand&)> refused;
    std::function<void(const AddressedCommand&)> accepted;
  };

  ReportSender(caf::event_based_actor* self, const CommandBus& bus, Listener listener);

  void send(const OwedCommand& report) { sender_.send({report}); }
  void retry();

  /// For any thread, also when the actor is gone.
  static std::function<void(OwedCommand)> from_elsewhere(caf::event_based_actor* self);

 private:
  void retry_later();

  caf::event_based_actor* self_;
  CommandSender sender_;
  bool retry_is_set_ = false;
};

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::DriverReport)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RetryReports)
