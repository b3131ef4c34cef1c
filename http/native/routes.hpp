#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/native/event_feed.hpp"
#include "http/server/edge_metrics.hpp"
#include "http/server/router.hpp"
#include "storage/event_log.hpp"

namespace orrery {

class AvailabilityView;
class MailSender;
class ServiceView;
class UpstreamClient;
class WebhookDelivery;

namespace gpushare {
class Dispatcher;
}

/// What the native routes show. All must outlive the server; functions are called by its threads.
struct NativeContext {
  const EventLog* log = nullptr;
  /// The same object stands among the log actor's `CommitListener`s, after the views.
  EventFeed* feed = nullptr;
  /// The same object is in the `ServerConfiguration`.
  std::shared_ptr<EdgeMetrics> metrics;
  /// Last position that every view has applied (`Views::applied`).
  std::function<Position()> applied;
  /// Whether the request carries the operator's credential. Compares in constant time.
  std::function<bool(const Request&)> is_operator;
  /// May be null.
  const UpstreamClient* upstream = nullptr;
  /// Aggregates that are awake now; may be empty.
  std::function<std::uint64_t()> resident_actor_count;
  /// What /metrics says to operators of the fleet; may be null.
  const AvailabilityView* availability = nullptr;
  /// Null where there are none to count.
  const ServiceView* services = nullptr;
  /// Questions of the marketplace; may be null.
  const gpushare::Dispatcher* questions = nullptr;
  /// May be null.
  const MailSender* mail = nullptr;
  /// May be null.
  const WebhookDelivery* webhooks = nullptr;
  std::string version;
  /// `source` of CloudEvents: the URL of this server's log.
  std::string events_url = "/orrery/v1/events";
};

/// GET /healthz, /readyz, /version, /metrics, /orrery/v1/events, /openapi/{dialect}.json. Call it
/// after all other routes have been added: /metrics names those that are there.
void add_native_routes(Router& router, NativeContext context);

}  // namespace orrery
