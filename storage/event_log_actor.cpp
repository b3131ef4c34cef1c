#include "storage/event_log_actor.hpp"

#include <algorithm>
#include <deque>

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

/// A group that the log has been given: its answers wait until it is durable.
struct BegunGroup {
  std::vector<caf::typed_response_promise<Appended>> promises;
  std::vector<AppendResult> results;
  CommittedBatch batch;
  /// Who asked for the time while this was the newest group, and what it was.
  std::vector<std::pair<caf::actor, LogTime>> time_answers;
};

}  // namespace

struct EventLogActorState {
  const char* name = "event_log";

  EventLogActorConfiguration configuration;
  std::vector<caf::actor> tailers;
  std::vector<PendingAppend> group;
  std::size_t group_event_count = 0;
  std::deque<BegunGroup> begun;
  bool commit_is_posted = false;
  /// The last that was given to a commit or an asker: times never go backwards.
  Time last_time{};

  // Buffers that are used again for each group.
  std::string payloads;
  std::vector<Append> appends;

  /// The clock's, but never before a time that was given already.
  Time now() { return last_time = std::max(last_time, configuration.clock->now()); }
  /// Gives the collected group to the log. It is durable once it is finished.
  void begin_group();
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

/// Listeners first: whoever is answered finds its write in every view.
void acknowledge(Self* self, BegunGroup group) {
  auto& state = self->state;
  if (!group.batch->empty())
    for (auto* listener : state.configuration.listeners) listener->on_commit(group.batch);
  for (std::size_t i = 0; i < group.promises.size(); ++i) {
    if (group.results[i])
      group.promises[i].deliver(*group.results[i]);
    else
      group.promises[i].deliver(make_error(group.results[i].error()));
  }
  if (!group.batch->empty())
    for (const auto& tailer : state.tailers) self->send(tailer, group.batch);
  for (const auto& [asker, time] : group.time_answers) self->send(asker, time);
}

void finish_oldest(Self* self) {
  auto& state = self->state;
  auto group = std::move(state.begun.front());
  state.begun.pop_front();
  if (!state.configuration.log->finish_commit()) {
    group.results.assign(group.results.size(), AppendError::read_only);
    group.batch = std::make_shared<std::vector<RecordedEvent>>();
  }
  acknowledge(self, std::move(group));
}

void post_commit(Self* self) {
  if (std::exchange(self->state.commit_is_posted, true)) return;
  self->send(self, CommitGroup::value);
}

/// Gives the log what has been collected, while groups before are being made durable; then answers
/// those that must be finished. With nothing collected, answers all.
void commit(Self* self) {
  auto& state = self->state;
  const bool begins = !state.group.empty();
  if (begins) state.begin_group();
  const std::size_t left = begins ? state.configuration.log->commits_in_flight_max() - 1 : 0;
  while (state.begun.size() > left) finish_oldest(self);
  if (!state.begun.empty()) post_commit(self);
}

void add_to_group(Self* self, AppendEvents& append, caf::typed_response_promise<Appended> promise) {
  auto& state = self->state;
  state.group_event_count += append.events.size();
  state.group.push_back({std::move(append), std::move(promise)});
  post_commit(self);
  if (state.group_event_count >= group_events_max || state.group.size() >= group_appends_max)
    commit(self);
}

/// What is on its way has an earlier time, what was only collected will have a later.
void answer_time(Self* self, const caf::actor& asker) {
  auto& state = self->state;
  const LogTime time{state.now()};
  if (state.begun.empty())
    self->send(asker, time);
  else
    state.begun.back().time_answers.emplace_back(asker, time);
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

void EventLogActorState::begin_group() {
  encode_group();
  BegunGroup begun_group;
  begun_group.results = configuration.log->begin_commit(appends, now());
  begun_group.batch = batch_of(begun_group.results);
  for (auto& pending : group) begun_group.promises.push_back(std::move(pending.promise));
  begun.push_back(std::move(begun_group));
  group.clear();
  group_event_count = 0;
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
  // Nobody must wait for ever: what was collected is begun, then everything begun is finished.
  self->set_exit_handler([self](const caf::exit_msg& exit) {
    commit(self);
    commit(self);
    self->quit(exit.reason);
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
      [self](const AskTime& ask) { answer_time(self, ask.asker); },
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
