#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/upstream/upstream_target.hpp"
#include "http/webhooks/webhook_courier.hpp"
#include "storage/event_log.hpp"

namespace orrery {

class Clock;
class CommandGateway;
class IdSource;
class SubjectKeys;
class WebhookView;

struct WebhookDeliverySettings {
  WebhookPatience patience;
  /// One attempt with connecting.
  std::chrono::milliseconds timeout{15'000};
  /// Which addresses may be sent to.
  UpstreamReach reach = UpstreamReach::internet;
  /// Certificates to trust; empty: the system's.
  std::string ca_file;
  /// `source` of the events: the URL of this server's log.
  std::string source = "/orrery/v1/events";
  /// After a rotation deliveries are signed with both secrets for so long.
  std::chrono::seconds old_secret_lifespan{24 * 3600};
};

/// How a webhook is getting on.
struct WebhookProgress {
  /// Everything that it wants up to here has been taken or given up.
  Position delivered_to = 0;
  /// Since the last success; 0: all is well.
  std::uint32_t failed_attempt_count = 0;
  /// Of the last attempt that failed; empty after a success.
  std::uint32_t status = 0;
  std::string failure;
  /// When the next attempt is due; the epoch where none waits.
  Time next_attempt_at{};
};

struct WebhookFigures {
  std::uint64_t delivered_event_count = 0;
  std::uint64_t failed_attempt_count = 0;
  std::uint64_t dead_letter_count = 0;
  /// Webhooks whose deliveries fail now.
  std::uint64_t failing_count = 0;
  /// How far the slowest that isn't paused is behind the log, in events.
  std::uint64_t behind_max = 0;
};

/// Sends each webhook the events that it wants, from a thread of its own (libcurl). How far it has
/// got is a checkpoint "webhook/<id>" of the log, put after the receiver's answer: whatever
/// happens, each event is sent at least once and in order, and its id lets the receiver drop what
/// comes twice. Hang it to the log actor after the views; it outlives log actor and gateway.
/// Thread-safe.
class WebhookDelivery final : public CommitListener {
 public:
  struct Parts {
    EventLog* log = nullptr;
    const WebhookView* webhooks = nullptr;
    const SubjectKeys* subject_keys = nullptr;
    const Clock* clock = nullptr;
    /// For the length of pauses.
    IdSource* ids = nullptr;
    /// Told about what people should know, in a sentence. Its own thread; may be empty.
    std::function<void(const std::string&)> warn;
  };

  WebhookDelivery(Parts parts, WebhookDeliverySettings settings);
  ~WebhookDelivery() override;

  void on_commit(const CommittedBatch& batch) override;

  /// `WebhookDeliverySettings::source`.
  const std::string& source() const;

  /// Begins: dead letters and pauses are commanded through the gateway.
  void open(CommandGateway& gateway);
  /// Breaks off what is on its way, which is sent again after the next start. Twice is once.
  void close();

  /// Nothing for one that isn't being delivered.
  std::optional<WebhookProgress> progress(std::string_view webhook_id) const;
  WebhookFigures figures() const;

  /// Sends one event once more, beside the others. `done` is called with the receiver's answer, on
  /// the delivery's thread or this one; not where it is closed before there is one.
  void redeliver(std::string webhook_id, Position position,
                 std::function<void(const WebhookAnswer&)> done);

  /// The key under which a webhook's secrets are sealed.
  static std::string secret_subject(std::string_view webhook_id);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery
