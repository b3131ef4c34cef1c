#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/webhook_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// An event that was given up, and when.
struct DeadLetter {
  WebhookDeadLettered letter;
  Time at{};

  BOOST_DESCRIBE_CLASS(DeadLetter, (), (letter, at), (), ())
};

struct WebhookDetails {
  std::string id;
  WebhookRegistered webhook;
  Time registered_at{};
  /// The principal who registered it.
  std::string registered_by;
  /// The secret before the newest, for receivers that know only that one; without a subject where
  /// it was never rotated.
  Sealed previous_secret;
  /// The epoch where it was never rotated.
  Time rotated_at{};
  bool paused = false;
  std::string pause_reason;
  /// Unresolved ones, by position.
  std::vector<DeadLetter> dead_letters;
  /// Version of its stream.
  Version version = 0;

  BOOST_DESCRIBE_CLASS(WebhookDetails, (),
                       (id, webhook, registered_at, registered_by, previous_secret, rotated_at,
                        paused, pause_reason, dead_letters, version),
                       (), ())
};

/// Every webhook that hasn't been deleted. Any thread.
class WebhookView : public View {
 public:
  using Hook = std::shared_ptr<const WebhookDetails>;

  WebhookView();
  ~WebhookView() override;

  /// Null where there is none.
  Hook find(std::string_view id) const;
  /// In the order in which they were registered.
  std::vector<Hook> list() const;

  std::string_view name() const override { return "webhooks"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<WebhookView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
