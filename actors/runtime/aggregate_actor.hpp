#pragma once

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/mp11/algorithm.hpp>
#include <caf/all.hpp>

#include "actors/runtime/command_message.hpp"
#include "actors/runtime/log_access.hpp"
#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "storage/event_log_actor.hpp"

namespace orrery {

/// Told by the registry that the aggregate may go to rest: it quits, and nothing comes after this.
struct Rest {};

/// Tells the registry that this aggregate has come to its end: it will hardly be asked again.
struct CameToItsEnd {
  std::string id;
};

/// An aggregate whose stream grows without end (a node, a GPU, a wallet) and whose state can be
/// stored: it is woken from a snapshot and the events after it.
template <class A>
inline constexpr bool has_snapshots = false;
template <>
inline constexpr bool has_snapshots<Gpu> = true;
template <>
inline constexpr bool has_snapshots<Node> = true;
template <>
inline constexpr bool has_snapshots<Wallet> = true;

/// The form of its snapshots, counted up whenever the form of its state changes: one of another
/// form must not be read.
template <class A>
inline constexpr unsigned snapshot_form = 1;
template <>
inline constexpr unsigned snapshot_form<Gpu> = 2;  // What is wrong has steps.
template <>
inline constexpr unsigned snapshot_form<Node> = 4;  // Cordons have owners.

/// "wallet/<id>", "node.4/<id>".
template <class A>
std::string snapshot_name(std::string_view id) {
  std::string prefix(A::stream_prefix);
  if (snapshot_form<A> != 1) prefix += "." + std::to_string(snapshot_form<A>);
  return stream_name(prefix, id);
}

/// Events between two snapshots of an aggregate: about what a wake reads in one page of the log.
inline constexpr Version aggregate_snapshot_interval = 64;
/// A large state is saved less often: an event is worth so much of it.
inline constexpr std::size_t aggregate_snapshot_bytes_per_event = 256;

/// One aggregate in memory. `version` is its stream's.
template <class A>
struct Aggregate {
  std::string id;
  Version version = 0;
  typename A::State state;
  Version snapshot_version = 0;
  bool end_told = false;
  /// Of the newest snapshot, in bytes.
  std::size_t snapshot_size = 0;
};

/// The event as the aggregate knows it. Another aggregate's event in its stream is a corrupt log.
template <class A>
typename A::Event event_of(const Event& event) {
  return std::visit(
      []<class E>(const E& fact) -> typename A::Event {
        if constexpr (boost::mp11::mp_contains<typename A::Event, E>::value) {
          return fact;
        } else {
          std::abort();
        }
      },
      event);
}

/// Puts the newest snapshot into a fresh aggregate. One that can't be read, or is of more events
/// than the stream has, is as good as none.
template <class A>
void load_snapshot(const EventLog& log, const std::string& stream, Aggregate<A>& aggregate) {
  const auto snapshot = log.snapshot(snapshot_name<A>(aggregate.id));
  if (!snapshot || snapshot->version > log.version_of(stream)) return;
  try {
    ByteReader reader(snapshot->bytes);
    reader(aggregate.state);
    if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
    aggregate.version = aggregate.snapshot_version = snapshot->version;
    aggregate.snapshot_size = snapshot->bytes.size();
  } catch (const std::exception&) {
    aggregate.state = {};
  }
}

/// The state of the aggregate as its stream says: the newest snapshot, then the events after it. A
/// stream without events costs no read.
template <class A>
Aggregate<A> replay(const EventLog& log, std::string id) {
  Aggregate<A> aggregate{std::move(id), 0, {}, 0, false};
  const auto stream = stream_name(A::stream_prefix, aggregate.id);
  if (log.version_of(stream) == 0) return aggregate;
  if constexpr (has_snapshots<A>) load_snapshot(log, stream, aggregate);
  const auto read = log.read_stream(stream, aggregate.version + 1, [&](const StoredEvent& stored) {
    aggregate.state = A::evolve(std::move(aggregate.state), event_of<A>(record(stored).event));
    aggregate.version = stored.version;
    return true;
  });
  if (!read) stop_for_damage(read.error());
  return aggregate;
}

template <class A>
void save_snapshot(EventLog& log, Aggregate<A>& aggregate) {
  if constexpr (has_snapshots<A>) {
    const auto interval = std::max<Version>(
        aggregate_snapshot_interval, aggregate.snapshot_size / aggregate_snapshot_bytes_per_event);
    if (aggregate.version < aggregate.snapshot_version + interval) return;
    Snapshot snapshot{0, aggregate.version, {}};
    ByteWriter writer(snapshot.bytes);
    writer(aggregate.state);
    log.put_snapshot(snapshot_name<A>(aggregate.id), snapshot);
    aggregate.snapshot_version = aggregate.version;
    aggregate.snapshot_size = snapshot.bytes.size();
  }
}

template <class A>
AppendEvents append_of(const Aggregate<A>& aggregate, CommandMessage<A>& message,
                       const std::vector<typename A::Event>& events) {
  AppendEvents append{stream_name(A::stream_prefix, aggregate.id),
                      aggregate.version,
                      std::move(message.origin),
                      std::move(message.command_id),
                      {}};
  append.events.reserve(events.size());
  for (const auto& event : events)
    std::visit([&](const auto& fact) { append.events.emplace_back(fact); }, event);
  return append;
}

/// The one shell of all aggregates: decide, append, evolve, reply. No rules.
///
/// It answers `CommandMessage<A>` with `Outcome<A>` once the events are durable, and holds back
/// every other message meanwhile without blocking a thread (`await`). A failed append may still
/// have landed: the actor answers with the error and quits, and the registry wakes it from the log.
template <class A>
caf::behavior aggregate_actor(caf::stateful_actor<Aggregate<A>>* self, std::string aggregate_id,
                              LogAccess access, caf::actor_addr registry) {
  self->state = replay<A>(*access.log, std::move(aggregate_id));

  const auto settle = [=] {
    auto& aggregate = self->state;
    save_snapshot(*access.log, aggregate);
    if (aggregate.end_told || !A::is_terminal(aggregate.state)) return;
    aggregate.end_told = true;
    if (auto told = caf::actor_cast<caf::actor>(registry))
      self->send(told, CameToItsEnd{aggregate.id});
  };

  return {
      [=](CommandMessage<A>& message) -> caf::result<Outcome<A>> {
        auto& aggregate = self->state;
        auto decision = A::decide(aggregate.state, message.command);
        if (!decision) return Outcome<A>{aggregate.version, 0, decision.error()};
        if (decision->empty()) {
          settle();
          return Outcome<A>{aggregate.version, 0, std::nullopt};
        }
        auto reply = self->template make_response_promise<Outcome<A>>();
        self->request(access.actor, caf::infinite, append_of(aggregate, message, *decision))
            .await(  // Durable first.
                [=, &aggregate, events = std::move(*decision)](const Appended& appended) mutable {
                  if (!appended.duplicate) {
                    for (const auto& event : events)
                      aggregate.state = A::evolve(std::move(aggregate.state), event);
                    aggregate.version = appended.version;
                  }
                  reply.deliver(Outcome<A>{appended.version, appended.last_position, std::nullopt});
                  settle();
                },
                [=](const caf::error& failure) mutable {
                  reply.deliver(failure);
                  self->quit(failure);
                });
        return reply;
      },
      [=](Rest) { self->quit(); },
  };
}

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::Rest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::CameToItsEnd)
