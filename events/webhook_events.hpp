#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// Which events a webhook is sent. Empty fields want all; an event must fit each field that isn't.
struct WebhookFilter {
  /// Names of streams, such as "vm/<id>", or of all of a kind, such as "vm/".
  std::vector<std::string> streams;
  /// Names of event types, such as "vm.started", or of all of an aggregate, such as "vm.".
  std::vector<std::string> types;
  /// Ids of tenants: mkinf projects, NeoLink namespaces, clients and center users.
  std::vector<std::string> tenants;

  bool operator==(const WebhookFilter&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookFilter, (), (streams, types, tenants), (), ())
};

/// Somebody's server is sent the events after `after`, one by one and in order. Stream:
/// webhook/<id>. How far it has got is a checkpoint, not an event: it would be sent itself.
struct WebhookRegistered {
  std::string url;
  WebhookFilter filter;
  /// What deliveries are signed with. Sealed for the subject "webhook-<id>".
  Sealed secret;
  std::uint64_t after = 0;

  bool operator==(const WebhookRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookRegistered, (), (url, filter, secret, after), (), ())
};

struct WebhookSecretRotated {
  Sealed secret;

  bool operator==(const WebhookSecretRotated&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookSecretRotated, (), (secret), (), ())
};

/// Nothing is sent until it is resumed; then everything that was missed.
struct WebhookPaused {
  std::string reason;

  bool operator==(const WebhookPaused&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookPaused, (), (reason), (), ())
};

struct WebhookResumed {
  bool operator==(const WebhookResumed&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookResumed, (), (), (), ())
};

/// The event at `position` was given up after so many attempts; the cursor goes on.
struct WebhookDeadLettered {
  std::uint64_t position = 0;
  std::uint32_t attempts = 0;
  /// The last answer; 0 where there was none.
  std::uint32_t status = 0;
  std::string reason;

  bool operator==(const WebhookDeadLettered&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookDeadLettered, (), (position, attempts, status, reason), (), ())
};

BOOST_DEFINE_FIXED_ENUM_CLASS(DeadLetterOutcome, std::uint8_t, delivered, dropped)

struct WebhookDeadLetterResolved {
  std::uint64_t position = 0;
  DeadLetterOutcome outcome = DeadLetterOutcome::delivered;

  bool operator==(const WebhookDeadLetterResolved&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookDeadLetterResolved, (), (position, outcome), (), ())
};

struct WebhookDeleted {
  bool operator==(const WebhookDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(WebhookDeleted, (), (), (), ())
};

using WebhookEvent =
    std::variant<WebhookRegistered, WebhookSecretRotated, WebhookPaused, WebhookResumed,
                 WebhookDeadLettered, WebhookDeadLetterResolved, WebhookDeleted>;

}  // namespace orrery
