#include "storage/event_log_actor.hpp"

#include <algorithm>

#include "events/codec.hpp"

namespace orrery {
namespace {

using CommitGroup = caf::atom_constant<caf::atom("commit")>;

/// A group is committed without waiting for its turn once it holds this much: it bounds memory and
/// the time of one commit.
constexpr std::size_t group_events_max = 4096;
constexpr std::size_t group_appends_max = 2048;

/// Category of the errors that stand for an `AppendError`.
constexpr auto append_error_category = caf::atom("append");

struct PendingAppend {
  AppendEvents append;
  caf::typed_response_promise<Appended> promise;
};

}  // namespace

struct EventLogActorState {
  const char* name = "event_log";

  EventLogActorConfiguration configuration;
  std::vector<caf::actor> tailers;
  std::vector<PendingAppend> group;
  std::size_t group_event_count = 0;
  bool commit_is_posted = false;
  /// Of the last commit: times never go backwards.
  Time last_time{};

  // Buffers that are used again for each group.
  std::string payloads;
  std::vector<Append> appends;

  std::vector<AppendResult> commit_group();
  CommittedBatch batch_of(const std::vector<AppendResult>& results);
  void encode_group();
};

namespace {

using Self = caf::stateful_actor<EventLogActorState>;

/// The time of the newest event in the log; the epoch where there is none.
Time time_of_head(const EventLog& log) {
  Time time{};
  const auto head = log.head();
  const auto read = log.read(head, head, [&](const StoredEvent& stored) {
    time = stored.time;
    return true;
  });
  return read ? time : Time{};
}

void commit(Self* self) {
  auto& state = self->state;
  if (state.group.empty()) return;
  const auto results = state.commit_group();
  const auto batch = state.batch_of(results);
  auto group = std::exchange(state.group, {});
  state.group_event_count = 0;
  if (!batch->empty())
    for (auto* listener : state.configuration.listeners) listener->on_commit(batch);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (results[i])
      group[i].promise.deliver(*results[i]);
    else
      group[i].promise.deliver(make_error(results[i].error()));
  }
  if (!batch->empty())
    for (const auto& tailer : state.tailers) self->send(tailer, batch);
}

void add_to_group(Self* self, AppendEvents& append, caf::typed_response_promise<Appended> promise) {
  auto& state = self->state;
  state.group_event_count += append.events.size();
  state.group.push_back({std::move(append), std::move(promise)});
  if (!state.commit_is_posted) {
    self->send(self, CommitGroup::value);
    state.commit_is_posted = true;
  }
  if (state.group_event_count >= group_events_max || state.group.size() >= group_appends_max)
    commit(self);
}

}  // namespace

void EventLogActorState::encode_group() {
  payloads.clear();
  appends.resize(group.size());
  // Offsets first: `payloads` moves while it grows.
  std::vector<std::size_t> ends;
  ends.reserve(group_event_count);
  for (const auto& pending : group)
    for (const auto& event : pending.append.events) {
      encode(event, payloads);
      ends.push_back(payloads.size());
    }
  std::size_t begin = 0;
  auto end = ends.begin();
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto& [stream, expected_version, origin, command_id, events] = group[i].append;
    auto& append = appends[i];
    append.stream = stream;
    append.expected_version = expected_version;
    append.origin = std::move(origin);
    append.command_id = command_id;
    append.events.clear();
    for (const auto& event : events) {
      append.events.push_back({tag_of(event), version_of(event),
                               std::string_view(payloads).substr(begin, *end - begin)});
      begin = *end++;
    }
  }
}

std::vector<AppendResult> EventLogActorState::commit_group() {
  encode_group();
  last_time = std::max(last_time, configuration.clock->now());
  return configuration.log->commit(appends, last_time);
}

CommittedBatch EventLogActorState::batch_of(const std::vector<AppendResult>& results) {
  auto batch = std::make_shared<std::vector<RecordedEvent>>();
  batch->reserve(group_event_count);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!results[i] || results[i]->duplicate) continue;
    auto& append = group[i].append;
    auto position = results[i]->first_position;
    auto version = append.expected_version + 1;
    for (auto& event : append.events)
      batch->push_back(
          {position++, append.stream, version++, last_time, appends[i].origin, std::move(event)});
  }
  return batch;
}

caf::behavior event_log_actor(Self* self, EventLogActorConfiguration configuration) {
  self->state.last_time = time_of_head(*configuration.log);
  self->state.configuration = std::move(configuration);
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(self->state.tailers,
                  [&](const caf::actor& tailer) { return tailer.address() == down.source; });
  });
  return {
      [self](AppendEvents& append) -> caf::result<Appended> {
        auto promise = self->make_response_promise<Appended>();
        add_to_group(self, append, promise);
        return promise;
      },
      [self](CommitGroup) {
        self->state.commit_is_posted = false;
        commit(self);
      },
      [self](const Subscribe& subscribe) -> Position {
        self->monitor(subscribe.tailer);
        self->state.tailers.push_back(subscribe.tailer);
        return self->state.configuration.log->head();
      },
  };
}

caf::actor spawn_event_log(caf::actor_system& system, EventLogActorConfiguration configuration,
                           bool detached) {
  return detached ? system.spawn<caf::detached>(event_log_actor, std::move(configuration))
                  : system.spawn(event_log_actor, std::move(configuration));
}

caf::error make_error(AppendError error) {
  // Code 0 means "no error" to CAF.
  return {static_cast<std::uint8_t>(static_cast<unsigned>(error) + 1), append_error_category,
          caf::make_message(std::string(to_string(error)))};
}

std::optional<AppendError> append_error_of(const caf::error& error) {
  if (!error || error.category() != append_error_category) return std::nullopt;
  return static_cast<AppendError>(error.code() - 1);
}

}  // namespace orrery
