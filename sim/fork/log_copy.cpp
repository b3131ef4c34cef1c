#include "sim/fork/log_copy.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/mp11/algorithm.hpp>

#include "actors/webhook/webhook.hpp"
#include "events/codec.hpp"
#include "events/stream_name.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

/// An append of the original, kept while its commit is read.
struct KeptAppend {
  /// Where its stream's name lies in the record: events of one append share it.
  const char* place = nullptr;
  std::string stream;
  Version version_before = 0;
  Origin origin;
  std::string command_id;
  Position last_position = 0;
  struct Event {
    std::uint16_t tag = 0;
    std::uint16_t tag_version = 0;
    std::string payload;
  };
  std::vector<Event> events;
};

struct KeptCommit {
  ChainHash previous_hash{};
  Time time{};
  std::vector<KeptAppend> appends;
};

void keep(const StoredEvent& stored, KeptCommit& commit) {
  auto& appends = commit.appends;
  if (appends.empty() || appends.back().place != stored.stream.data()) {
    KeptAppend append;
    append.place = stored.stream.data();
    append.stream = stored.stream;
    append.version_before = stored.version - 1;
    append.origin = {std::string(stored.actor), stored.causation, std::string(stored.correlation)};
    append.command_id = stored.command_id;
    appends.push_back(std::move(append));
  }
  appends.back().last_position = stored.position;
  appends.back().events.push_back({stored.tag, stored.tag_version, std::string(stored.payload)});
}

Append append_of(const KeptAppend& kept) {
  Append append{kept.stream, kept.version_before, kept.origin, kept.command_id, {}};
  for (const auto& event : kept.events)
    append.events.push_back({event.tag, event.tag_version, event.payload});
  return append;
}

/// Writes commit after commit of the original into the copy.
class Copying {
 public:
  Copying(Position to, EventLog& into, const std::function<void(Position)>& progress)
      : to_(to), into_(into), progress_(progress) {}

  /// False: nothing more is wanted.
  bool visit(const StoredEvent& stored) {
    if (!commit_ || commit_->previous_hash != *stored.previous_hash) {
      if (!write_commit() || stored.position > to_) return false;
      commit_.emplace(KeptCommit{*stored.previous_hash, stored.time, {}});
    }
    keep(stored, *commit_);
    return true;
  }

  boost::system::result<LogCopy, ForkFailure> finish() {
    write_commit();
    if (!failure_.empty()) return ForkFailure{failure_};
    copy_.chain_hash = into_.chain_hash();
    return copy_;
  }

 private:
  bool write_commit() {
    if (!commit_) return failure_.empty();
    const auto commit = std::exchange(commit_, std::nullopt);
    if (commit->previous_hash != into_.chain_hash()) {
      failure_ =
          fmt::format("the copy differs from the original before position {}", copy_.position + 1);
      return false;
    }
    std::vector<Append> group;
    for (const auto& kept : commit->appends) {
      if (kept.last_position > to_) {
        copy_.is_whole = false;
        break;
      }
      group.push_back(append_of(kept));
    }
    return group.empty() || write(group, *commit);
  }

  bool write(const std::vector<Append>& group, const KeptCommit& commit) {
    const auto results = into_.commit(group, commit.time);
    for (const auto& result : results) {
      if (result && !result->duplicate) continue;
      failure_ = fmt::format("position {} cannot be written: {}", copy_.position + 1,
                             result ? "its command is there already" : to_string(result.error()));
      return false;
    }
    for (const auto& append : group)
      if (stream_aggregate(append.stream) == Webhook::stream_prefix)
        copy_.webhook_streams.emplace(append.stream);
    copy_.position = commit.appends[group.size() - 1].last_position;
    copy_.time = commit.time;
    if (progress_) progress_(copy_.position);
    return true;
  }

  Position to_;
  EventLog& into_;
  const std::function<void(Position)>& progress_;
  std::optional<KeptCommit> commit_;
  LogCopy copy_;
  std::string failure_;
};

/// One event of the fork's own, at the time of its last.
boost::system::result<void, ForkFailure> append_own(const LogCopy& copy, std::string_view stream,
                                                    const Event& event, EventLog& into) {
  std::string payload;
  encode(event, payload);
  Append append{stream, into.version_of(stream), Origin{"cli/fork", 0, "fork"}, {}, {}};
  append.events.push_back({tag_of(event), version_of(event), payload});
  const std::vector<Append> group{append};
  const auto results = into.commit(group, copy.time);
  if (results.front()) return {};
  return ForkFailure{std::string(to_string(results.front().error()))};
}

bool is_sending(const Webhook::State& state) {
  const auto* hook = std::get_if<Webhook::Registered>(&state);
  return hook != nullptr && !hook->paused;
}

boost::system::result<Webhook::State, ForkFailure> webhook_of(const EventLog& log,
                                                              const std::string& stream) {
  Webhook::State state;
  bool fits = true;
  const auto read = log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    const auto event = decode(stored.tag, stored.tag_version, stored.payload);
    fits = event && std::visit(
                        [&]<class E>(const E& fact) {
                          if constexpr (boost::mp11::mp_contains<WebhookEvent, E>::value) {
                            state = Webhook::evolve(std::move(state), fact);
                            return true;
                          }
                          return false;
                        },
                        *event);
    return fits;
  });
  if (!read) return ForkFailure{read.error().message};
  if (!fits) return ForkFailure{fmt::format("{} cannot be read", stream)};
  return state;
}

}  // namespace

void throw_exception_from_error(const ForkFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

boost::system::result<LogCopy, ForkFailure> copy_log(
    const EventLog& from, Position to, EventLog& into,
    const std::function<void(Position)>& progress) {
  if (into.head() != 0) return ForkFailure{"the log to copy into is not empty"};
  Copying copying(to, into, progress);
  // The commit that `to` lies in is read to its end: only so its last append is known to be whole.
  const auto read =
      from.read(1, from.head(), [&](const StoredEvent& stored) { return copying.visit(stored); });
  if (!read) return ForkFailure{read.error().message};
  return copying.finish();
}

boost::system::result<void, ForkFailure> mark_fork(const LogCopy& copy, const std::string& reason,
                                                   EventLog& into) {
  return append_own(copy, "log/fork", LogForked{copy.position, to_hex(copy.chain_hash), reason},
                    into);
}

boost::system::result<void, ForkFailure> pause_webhooks(const LogCopy& copy, EventLog& into) {
  for (const auto& stream : copy.webhook_streams) {
    const auto hook = webhook_of(into, stream);
    if (!hook) return hook.error();
    if (!is_sending(*hook)) continue;
    const WebhookPaused paused{fmt::format("the log was forked at position {}", copy.position)};
    if (const auto done = append_own(copy, stream, paused, into); !done) return done.error();
  }
  return {};
}

}  // namespace orrery
