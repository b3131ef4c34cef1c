#include "storage/record_reading.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace orrery {
namespace {

using ReadResult = boost::system::result<void, LogDamage>;
using Fault = ChainVerifier::Fault;

LogDamage missing(const RecordCursor& cursor, Position position) {
  const auto failure = cursor.failure();
  return {position, failure.empty() ? fmt::format("no record holds position {}", position)
                                    : fmt::format("position {}: {}", position, failure)};
}

LogDamage malformed(Position position) {
  return {position, ChainVerifier::describe(Fault::malformed, position)};
}

/// Moves to the record that holds `position`; nullopt where it isn't there.
std::optional<CommitRecord> record_at(RecordCursor& cursor, Position position) {
  if (!cursor.seek(position)) return std::nullopt;
  auto record = CommitRecord::parse(cursor.first_position(), cursor.bytes());
  if (!record || record->last_position() < position) return std::nullopt;
  return record;
}

enum class Wanted : std::uint8_t { more, nothing_more };

boost::system::result<Wanted, LogDamage> visit_record(CommitRecord& record, Position from,
                                                      Position to,
                                                      const EventLog::Visitor& visitor) {
  CommittedEvent event;
  const auto last = std::min(to, record.last_position());
  for (auto position = std::max(from, record.first_position()); position <= last; ++position) {
    if (!record.read(position, event)) return malformed(position);
    if (!visitor(event.stored)) return Wanted::nothing_more;
  }
  return Wanted::more;
}

/// Verified records on their way from the reading thread to the visiting one. Bounded in bytes.
class ReadAhead {
 public:
  /// Waits for room. False: the visitor is gone.
  bool push(std::string record, Position first_position) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || bytes_ < bytes_max; });
    if (closed_) return false;
    bytes_ += record.size();
    records_.emplace_back(first_position, std::move(record));
    changed_.notify_all();
    return true;
  }

  void end(std::optional<LogDamage> damage) {
    const std::lock_guard lock(mutex_);
    damage_ = std::move(damage);
    ended_ = true;
    changed_.notify_all();
  }

  /// Everything that is there; waits for the first. Empty at the end.
  std::deque<std::pair<Position, std::string>> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !records_.empty(); });
    bytes_ = 0;
    changed_.notify_all();
    return std::exchange(records_, {});
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  const std::optional<LogDamage>& damage() const { return damage_; }

 private:
  static constexpr std::size_t bytes_max = 8u << 20;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<Position, std::string>> records_;
  std::size_t bytes_ = 0;
  bool ended_ = false;
  bool closed_ = false;
  std::optional<LogDamage> damage_;
};

/// Hands every verified record of [from, to] to `sink`, until that returns false.
template <class Sink>
std::optional<LogDamage> verify_range(RecordCursor& cursor, Position from, Position to,
                                      const Sink& sink) {
  if (!cursor.seek(from)) return missing(cursor, from);
  ChainVerifier verifier(cursor.first_position(), std::nullopt);
  for (;;) {
    const auto first = cursor.first_position();
    if (const auto fault = verifier.check(first, cursor.bytes()); fault != Fault::none)
      return LogDamage{first, ChainVerifier::describe(fault, first)};
    if (verifier.next_position() <= from) return missing(cursor, from);
    if (!sink(verifier.record())) return std::nullopt;
    if (verifier.next_position() > to) return std::nullopt;
    if (!cursor.next()) return missing(cursor, verifier.next_position());
  }
}

ReadResult visit_range_ahead(RecordCursor& cursor, Position from, Position to,
                             const EventLog::Visitor& visitor) {
  ReadAhead ahead;
  std::thread reader([&] {
    ahead.end(verify_range(cursor, from, to, [&](const CommitRecord& record) {
      return ahead.push(std::string(record.bytes()), record.first_position());
    }));
  });
  const struct Join {
    ReadAhead& ahead;
    std::thread& reader;
    ~Join() {
      ahead.close();
      reader.join();
    }
  } join{ahead, reader};

  for (auto records = ahead.take(); !records.empty(); records = ahead.take())
    for (const auto& [first, bytes] : records) {
      auto record = CommitRecord::parse(first, bytes);
      const auto wanted = visit_record(*record, from, to, visitor);
      if (!wanted) return wanted.error();
      if (*wanted == Wanted::nothing_more) return {};
    }
  if (ahead.damage()) return *ahead.damage();
  return {};
}

/// Where an event of a stream stands, and the bytes of its record as long as they aren't many.
struct StreamStep {
  Position position = 0;
  Position record_position = 0;
  std::string record;
};

/// Copies of records that a walk keeps, so that it needn't read them again on the way forward.
constexpr std::size_t kept_bytes_max = 8u << 20;

/// The steps from `tip` back to `from_version`, newest first.
boost::system::result<std::vector<StreamStep>, LogDamage> walk_back(RecordCursor& cursor,
                                                                    std::string_view stream,
                                                                    StreamTip tip,
                                                                    Version from_version) {
  std::vector<StreamStep> steps;
  std::optional<CommitRecord> record;
  CommittedEvent event;
  std::size_t kept_bytes = 0;
  auto position = tip.position;
  for (auto version = tip.version; version >= from_version; --version) {
    const bool same_record = record && position >= record->first_position();
    if (!same_record) record = record_at(cursor, position);
    if (!record) return missing(cursor, position);
    if (!record->read(position, event)) return malformed(position);
    if (event.stored.stream != stream || event.stored.version != version)
      return LogDamage{
          position, fmt::format("position {} isn't version {} of {}", position, version, stream)};
    auto& step = steps.emplace_back(StreamStep{position, record->first_position(), {}});
    if (!same_record && kept_bytes + record->bytes().size() <= kept_bytes_max) {
      step.record = record->bytes();
      kept_bytes += step.record.size();
    }
    if (event.previous_position >= position) return malformed(position);
    position = event.previous_position;
  }
  return steps;
}

}  // namespace

Fault ChainVerifier::check(Position first_position, std::string_view bytes) {
  if (first_position != next_position_) return Fault::gap;
  record_ = CommitRecord::parse(first_position, bytes);
  if (!record_) return Fault::malformed;
  if (!record_->verify(hasher_)) return Fault::wrong_hash;
  if (hash_ && record_->previous_hash() != *hash_) return Fault::wrong_link;
  hash_ = record_->hash();
  next_position_ = record_->last_position() + 1;
  return Fault::none;
}

std::string ChainVerifier::describe(Fault fault, Position position) {
  switch (fault) {
    case Fault::none:
      return "no fault";
    case Fault::malformed:
      return fmt::format("the commit at position {} is malformed", position);
    case Fault::gap:
      return fmt::format("events before position {} are missing", position);
    case Fault::wrong_hash:
      return fmt::format("the bytes of the commit at position {} don't match its hash", position);
    case Fault::wrong_link:
      return fmt::format("the commit at position {} doesn't name the hash of the one before it",
                         position);
  }
  return "unknown fault";
}

ReadResult visit_range(RecordCursor& cursor, Position from, Position to,
                       const EventLog::Visitor& visitor) {
  from = std::max<Position>(from, 1);
  if (from > to) return {};
  // A visitor that takes a page of a long range and stops shouldn't pay for what lies behind it.
  constexpr Position direct_events_max = 8192;
  const auto direct_to = to - from > 2 * direct_events_max ? from + direct_events_max : to;
  std::optional<LogDamage> damage;
  bool wants_more = true;
  auto unread = verify_range(cursor, from, direct_to, [&](CommitRecord& record) {
    const auto wanted = visit_record(record, from, direct_to, visitor);
    if (!wanted) damage = wanted.error();
    wants_more = wanted && *wanted == Wanted::more;
    return wants_more;
  });
  if (unread) return *std::move(unread);
  if (damage) return *std::move(damage);
  if (!wants_more || direct_to == to) return {};
  return visit_range_ahead(cursor, direct_to + 1, to, visitor);
}

ReadResult visit_stream(RecordCursor& cursor, std::string_view stream, StreamTip tip,
                        Version from_version, const EventLog::Visitor& visitor) {
  const auto steps = walk_back(cursor, stream, tip, std::max<Version>(from_version, 1));
  if (!steps) return steps.error();
  std::optional<CommitRecord> record;
  CommittedEvent event;
  // Forward. A record's bytes are with the newest of its steps, which comes last here.
  for (auto step = steps->rbegin(); step != steps->rend(); ++step) {
    const bool same_record = record && record->first_position() == step->record_position;
    if (!same_record) {
      const auto newest = std::find_if(step, steps->rend(), [&](const StreamStep& later) {
        return later.record_position != step->record_position || !later.record.empty();
      });
      const bool kept = newest != steps->rend() && newest->record_position == step->record_position;
      record = kept ? CommitRecord::parse(step->record_position, newest->record)
                    : record_at(cursor, step->position);
    }
    if (!record) return missing(cursor, step->position);
    if (!record->read(step->position, event)) return malformed(step->position);
    if (!visitor(event.stored)) return {};
  }
  return {};
}

}  // namespace orrery
