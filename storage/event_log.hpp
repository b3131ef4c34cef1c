#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// The contract of the log: the one place where facts live. `storage/rocksdb/` keeps it on disk,
/// `storage/memory/` in memory for simulation; one test suite runs against both
/// (tests/storage/event_log_contract.hpp).
///
/// Events are packed into commits: one record per group commit. Each commit names the hash of the
/// commit before it, so the log is a chain that ends in `chain_hash()`; changing a byte of any
/// event changes every hash after it.

/// SHA-256.
using ChainHash = std::array<std::uint8_t, 32>;

/// An event on its way into the log. `payload` is the codec's form; it must live until `commit`
/// returns.
struct NewEvent {
  std::uint16_t tag = 0;
  std::uint16_t tag_version = 0;
  std::string_view payload;
};

/// Events that belong together: all of them become durable, with successive versions of one stream,
/// or none.
struct Append {
  std::string_view stream;
  /// The version that the writer believes the stream has. 0 for a new stream.
  Version expected_version = 0;
  Origin origin;
  /// Names the command for good, so that a retry gets the first answer and appends nothing. Empty:
  /// not remembered.
  std::string_view command_id;
  std::vector<NewEvent> events;
};

/// Where an append landed.
struct Appended {
  Position first_position = 0;
  Position last_position = 0;
  /// Version of the stream after the append.
  Version version = 0;
  /// The command id was known: these are the numbers of the first time, and nothing was appended
  /// now.
  bool duplicate = false;

  bool operator==(const Appended&) const = default;
};

enum class AppendError : std::uint8_t {
  /// The stream has another version. The writer replays it and decides again.
  wrong_expected_version,
  /// An event exceeds `event_payload_bytes_max`, the append has no events or more than
  /// `append_events_max`, or it exceeds `append_bytes_max` or `append_text_bytes_max`.
  too_large,
  /// Nearly no room is left. Nothing was written; reads go on. Retry after making room.
  disk_full,
  /// A write or sync failed earlier: its outcome is unknown, so the log takes nothing until it is
  /// opened anew.
  read_only,
};
std::string_view to_string(AppendError error);
[[noreturn]] void throw_exception_from_error(const AppendError& error,
                                             const boost::source_location& location);

using AppendResult = boost::system::result<Appended, AppendError>;

inline constexpr std::size_t append_events_max = 1024;

/// Payloads of one append together, and each of its texts (stream, actor, correlation, command id).
/// Far beyond what a request can cause; they keep a commit within what one write can carry.
inline constexpr std::size_t append_bytes_max = 64u << 20;
inline constexpr std::size_t append_text_bytes_max = 1024;

/// An event as it stands in the log. The views live until the visitor returns.
struct StoredEvent {
  Position position = 0;
  std::string_view stream;
  Version version = 0;
  Time time{};
  std::string_view actor;
  Position causation = 0;
  std::string_view correlation;
  std::string_view command_id;
  std::uint16_t tag = 0;
  std::uint16_t tag_version = 0;
  std::string_view payload;
  /// Hash of the commit before the one that holds this event.
  const ChainHash* previous_hash = nullptr;
};

/// The stored event with its payload decoded and upcast. Damage stops the program with the
/// position: the log has verified the bytes' hash before, so this is our own bug.
RecordedEvent record(const StoredEvent& stored);

/// The same into an event that is used again and again: its strings keep their room.
void record(const StoredEvent& stored, RecordedEvent& recorded);

/// Some derived state as of a position of the log (for an aggregate: of its stream). Never truth,
/// always rebuildable.
struct Snapshot {
  Position position = 0;
  /// Version of the aggregate's stream; 0 where the snapshot isn't of one stream.
  Version version = 0;
  std::string bytes;
};

/// Bytes of the log that don't verify: from which position on, and what is wrong, as a sentence.
struct LogDamage {
  Position position = 0;
  std::string message;
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Commits a group with one sync, stamped with `now`. Each append succeeds or is refused on its
  /// own; later ones see the versions of earlier ones. On return everything that succeeded is
  /// durable: record, then watermark, both synced. One thread only, the log actor's.
  virtual std::vector<AppendResult> commit(std::span<const Append> group, Time now) = 0;

  /// How many groups may be begun and not finished. 1: commits don't overlap.
  virtual std::size_t commits_in_flight_max() const { return 1; }

  /// The first half of a commit: as `commit`, but nothing may be acknowledged and no reader sees
  /// anything before `finish_commit`. So a caller with more appends waiting can have the next group
  /// staged and written while this one is made durable. Same thread as `commit`.
  virtual std::vector<AppendResult> begin_commit(std::span<const Append> group, Time now) {
    return commit(group, now);
  }

  /// The second half, of the oldest group begun: on return it is as durable as after `commit`.
  /// False: its outcome is unknown, answer `read_only`.
  virtual bool finish_commit() { return true; }

  /// Return false to stop.
  using Visitor = std::function<bool(const StoredEvent&)>;

  /// Visits the events of [from, to] in order, as far as they are committed. Any thread.
  virtual boost::system::result<void, LogDamage> read(Position from, Position to,
                                                      const Visitor& visitor) const = 0;

  /// Visits the events of one stream from `from_version` on, in order. Any thread.
  virtual boost::system::result<void, LogDamage> read_stream(std::string_view stream,
                                                             Version from_version,
                                                             const Visitor& visitor) const = 0;

  /// Version of a stream; 0 where it has no event. Any thread.
  virtual Version version_of(std::string_view stream) const = 0;

  /// Last committed position; 0 for an empty log. Any thread.
  virtual Position head() const = 0;

  /// Hash of the last commit; all zero for an empty log. Any thread.
  virtual ChainHash chain_hash() const = 0;

  /// False once a write or sync has failed. Any thread.
  virtual bool writable() const = 0;

  /// Snapshots by name ("view/vms", "gpu/<id>" …). The newest replaces the one before. Not synced.
  /// Any thread.
  virtual void put_snapshot(std::string_view name, const Snapshot& snapshot) = 0;
  virtual std::optional<Snapshot> snapshot(std::string_view name) const = 0;

  /// How far a tailer has got, by its name. Not synced: a tailer may see events again. Any thread.
  virtual void put_checkpoint(std::string_view name, Position position) = 0;
  virtual Position checkpoint(std::string_view name) const = 0;
};

[[noreturn]] void throw_exception_from_error(const LogDamage& damage,
                                             const boost::source_location& location);

/// Sees every committed batch before its appends are acknowledged, on the log actor's thread and in
/// order of position. Read models hang here: so an acknowledged write is visible to every reader.
/// Must not block or throw.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  virtual void on_commit(const CommittedBatch& batch) = 0;
};

}  // namespace orrery
