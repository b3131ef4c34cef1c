#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/chain.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// The stored form of one group commit (docs/formats/commit-record.md): the hash of the commit
/// before, a header, the appends with their events, a table of the events' offsets, and the hash of
/// all that. Both engines store exactly these bytes, so both build the same chain.

/// No commit is larger, so that offsets fit and one write can carry it.
inline constexpr std::size_t commit_bytes_max = 256u << 20;

/// Builds records in one buffer that is used again and again.
class CommitRecordWriter {
 public:
  void begin(Position first_position, Time time, const ChainHash& previous_hash);

  /// Adds the events of one append. `previous_position` is where the stream's last event before it
  /// stands, 0 where there is none: from any event the whole stream can be walked backwards.
  void add(const Append& append, Version first_version, Position previous_position);

  /// Completes the record; returns its hash.
  ChainHash finish(ChainHasher& hasher);

  Position next_position() const { return first_position_ + offsets_.size(); }
  std::size_t event_count() const { return offsets_.size(); }
  std::size_t size() const { return bytes_.size(); }
  std::string_view bytes() const { return bytes_; }

  /// Gives a finished record away and takes a buffer for the next in its place.
  std::string& buffer() { return bytes_; }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> offsets_;
  Position first_position_ = 0;
};

/// An event of a record, and the one before it in its stream.
struct CommittedEvent {
  StoredEvent stored;
  Position previous_position = 0;
};

/// A view of a stored record. Any bytes are safe: what doesn't fit is an error, never a crash.
class CommitRecord {
 public:
  /// nullopt: these bytes are no record that starts at `first_position`.
  static std::optional<CommitRecord> parse(Position first_position, std::string_view bytes);

  Position first_position() const { return first_position_; }
  Position last_position() const { return first_position_ + event_count_ - 1; }
  Time time() const { return time_; }
  const ChainHash& previous_hash() const;
  const ChainHash& hash() const;
  std::string_view bytes() const { return bytes_; }

  /// True where the bytes have the hash that stands at their end.
  bool verify(ChainHasher& hasher) const;

  /// Fills `event` with the event at `position`, which must be within the record; false where the
  /// bytes don't parse. Views point into the record. Events of one append after each other share
  /// the work of reading its texts: pass the same `event` again.
  bool read(Position position, CommittedEvent& event);

 private:
  bool read_append(std::size_t offset);

  std::string_view bytes_;
  Position first_position_ = 0;
  std::uint32_t event_count_ = 0;
  Time time_{};

  /// The append read last.
  struct {
    std::size_t offset = 0;
    std::string_view stream, actor, correlation, command_id;
    Version first_version = 0;
    Position first_position = 0;
    Position previous_position = 0;
    Position causation = 0;
  } append_;
};

}  // namespace orrery
