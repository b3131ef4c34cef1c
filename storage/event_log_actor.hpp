#pragma once

#include <optional>
#include <string>
#include <vector>

#include <caf/all.hpp>

#include "storage/clock.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Asks the log actor to append. The answer is `Appended`, or a `caf::error` made of `AppendError`.
/// It comes after the events are durable and every `CommitListener` has seen them.
struct AppendEvents {
  std::string stream;
  Version expected_version = 0;
  Origin origin;
  std::string command_id;
  std::vector<Event> events;
};

/// Asks the log actor for every committed batch from now on, as `CommittedBatch` messages in order
/// of position. The answer is the head at that moment: what is at or below it is read from the
/// `EventLog` by the subscriber itself.
struct Subscribe {
  caf::actor tailer;
};

/// Asks the log actor what time it is; the answer is a `LogTime` message to `asker`.
struct AskTime {
  caf::actor asker;
};

/// What time it is in the log. It comes to a subscriber after every batch of an earlier time, and
/// before every one of a later: whoever has it knows all that happened before `now`. A clock can't
/// say that while commits are on their way.
struct LogTime {
  Time now{};
};

/// The single writer of the log. It drains its mailbox into one group: the first append of a group
/// posts a message to the actor itself, and all that came before this message is committed with one
/// sync. Under load it gives the log the next group while those before are made durable.
/// Spawn it detached, so that syncs block no scheduler thread; in simulation spawn it like
/// any actor. `log`, `clock` and `listeners` must outlive the actor.
struct EventLogActorConfiguration {
  EventLog* log = nullptr;
  const Clock* clock = nullptr;
  std::vector<CommitListener*> listeners;
};

struct EventLogActorState;
caf::behavior event_log_actor(caf::stateful_actor<EventLogActorState>* self,
                              EventLogActorConfiguration configuration);

caf::actor spawn_event_log(caf::actor_system& system, EventLogActorConfiguration configuration,
                           bool detached);

/// `AppendError` as a CAF error and back; nullopt where the error is another.
caf::error make_error(AppendError error);
std::optional<AppendError> append_error_of(const caf::error& error);

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::AppendEvents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::Appended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::Subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::AskTime)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::LogTime)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::CommittedBatch)
