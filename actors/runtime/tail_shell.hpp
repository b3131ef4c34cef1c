#pragma once

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/all.hpp>

#include "actors/runtime/tail_actor.hpp"
#include "storage/event_log_actor.hpp"

namespace orrery {

/// Owes something at certain times, as `at` of tailer.hpp says, whatever it is that it sends.
template <class T>
concept Timed = requires(T tailer, Time now) {
  { tailer.at(now) } -> std::same_as<std::vector<typename T::Owed>>;
};

/// A tailer in memory and how far it has come.
template <Tailer T>
struct Tail {
  T tailer;
  Position applied = 0;
  Position snapshot_position = 0;
  std::size_t snapshot_size = 0;
};

/// Events that a snapshot's bytes are worth: a large state is saved less often, so that saving
/// stays a small part of the work, and folding what came since a small part of a start.
inline constexpr std::size_t snapshot_bytes_per_event = 64;

template <Tailer T>
std::string tail_snapshot_name(const T&) {
  return std::string("tail/").append(T::name);
}

/// Puts the newest snapshot into the tailer. One that can't be read, or is of a longer log than
/// this one, is as good as none.
template <Tailer T>
void load_tail(const EventLog& log, Tail<T>& tail) {
  const auto snapshot = log.snapshot(tail_snapshot_name(tail.tailer));
  if (!snapshot || snapshot->position > log.head()) return;
  try {
    tail.tailer.load(snapshot->bytes);
    tail.applied = tail.snapshot_position = snapshot->position;
    tail.snapshot_size = snapshot->bytes.size();
  } catch (const std::exception&) {
    tail.tailer = T();
  }
}

/// Folds what the log holds between the tailer and `head`; nothing is sent meanwhile.
template <Tailer T>
void fold_to(const EventLog& log, Tail<T>& tail, Position head) {
  if (tail.applied >= head) return;
  RecordedEvent recorded;
  const auto read = log.read(tail.applied + 1, head, [&](const StoredEvent& stored) {
    record(stored, recorded);
    tail.tailer.apply(recorded);
    return true;
  });
  if (!read) stop_for_damage(read.error());
  tail.applied = head;
}

template <Tailer T>
void save_tail(EventLog& log, Tail<T>& tail) {
  if (tail.applied == tail.snapshot_position) return;
  Snapshot snapshot{tail.applied, 0, {}};
  tail.tailer.save(snapshot.bytes);
  log.put_snapshot(tail_snapshot_name(tail.tailer), snapshot);
  tail.snapshot_position = tail.applied;
  tail.snapshot_size = snapshot.bytes.size();
}

/// The shell behind every tailer. `Sender` is how what is owed gets on its way: made from (self,
/// tailer), it has `send(std::vector<Owed>)` and `retry()`.
template <Tailer T, class Sender>
caf::behavior tail_actor(caf::stateful_actor<Tail<T>>* self, LogAccess access,
                         TailConfiguration configuration,
                         std::function<std::shared_ptr<Sender>(caf::event_based_actor*, T&)> make) {
  auto& tail = self->state;
  load_tail(*access.log, tail);
  auto sender = make(self, tail.tailer);

  self->set_exit_handler([=, &tail](const caf::exit_msg& exit) {
    save_tail(*access.log, tail);
    self->quit(exit.reason);
  });
  self->request(access.actor, caf::infinite, Subscribe{caf::actor(self)})
      .await(
          [=, &tail](Position head) {
            fold_to(*access.log, tail, head);
            sender->send(tail.tailer.resume());
          },
          [=](const caf::error& failure) { self->quit(failure); });

  return {
      [=, &tail](const CommittedBatch& batch) {
        for (const auto& recorded : *batch) {
          if (recorded.position <= tail.applied) continue;
          tail.tailer.apply(recorded);
          tail.applied = recorded.position;
        }
        sender->send(tail.tailer.due());
        const auto interval = std::max<std::uint64_t>(
            configuration.snapshot_interval, tail.snapshot_size / snapshot_bytes_per_event);
        if (tail.applied >= tail.snapshot_position + interval) save_tail(*access.log, tail);
      },
      [=](const Tick&) {
        sender->retry();
        if constexpr (Timed<T>) self->send(access.actor, AskTime{caf::actor(self)});
      },
      [=, &tail](const LogTime& time) {
        if constexpr (Timed<T>) sender->send(tail.tailer.at(time.now));
      },
      [=, &tail](AskApplied) { return tail.applied; },
  };
}

}  // namespace orrery
