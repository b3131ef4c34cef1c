#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/webhook_events.hpp"

namespace orrery {

/// The rules of a webhook: what is sent where, and what could not be. Pure.
struct Webhook {
  static constexpr std::string_view stream_prefix = "webhook";
  /// With so many dead letters unresolved, whoever delivers pauses it instead of adding more.
  static constexpr std::size_t dead_letter_count_max = 100;

  struct Register {
    WebhookRegistered webhook;
  };
  struct RotateSecret {
    Sealed secret;
  };
  struct Pause {
    std::string reason;
  };
  struct Resume {};
  struct NoteDeadLetter {
    WebhookDeadLettered letter;
  };
  struct ResolveDeadLetter {
    WebhookDeadLetterResolved resolution;
  };
  struct Delete {};
  using Command = std::variant<Register, RotateSecret, Pause, Resume, NoteDeadLetter,
                               ResolveDeadLetter, Delete>;
  using Event = WebhookEvent;
  enum class Rejection : std::uint8_t {
    webhook_does_not_exist,
    webhook_exists_already,
    url_must_not_be_empty,
    too_many_dead_letters,
    dead_letter_does_not_exist,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, webhook_does_not_exist, webhook_exists_already,
                             url_must_not_be_empty, too_many_dead_letters,
                             dead_letter_does_not_exist)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Registered {
    WebhookRegistered webhook;
    bool paused = false;
    /// Unresolved ones, by position; an event is there once.
    std::vector<WebhookDeadLettered> dead_letters = {};

    bool operator==(const Registered&) const = default;
    BOOST_DESCRIBE_CLASS(Registered, (), (webhook, paused, dead_letters), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Registered, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
