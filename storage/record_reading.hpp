#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/commit_record.hpp"
#include "storage/log_index.hpp"

namespace orrery {

/// Walks over the stored records of an engine in order of position. One thread at a time.
class RecordCursor {
 public:
  virtual ~RecordCursor() = default;

  /// Moves to the last record that starts at or before `position`. False where there is none, or
  /// the engine failed.
  virtual bool seek(Position position) = 0;
  /// Moves to the record that follows. False at the end, or where the engine failed.
  virtual bool next() = 0;

  /// Of the record it stands on; the views live until it moves.
  virtual Position first_position() const = 0;
  virtual std::string_view bytes() const = 0;

  /// What the engine reported; empty where it is merely at its end.
  virtual std::string failure() const = 0;
};

/// Checks that records form one chain: each follows the one before without a gap, names its hash,
/// and has the hash it claims.
class ChainVerifier {
 public:
  /// Expects a record that starts at `next_position`. `previous_hash` is what it must name; nullopt
  /// where that isn't known.
  ChainVerifier(Position next_position, std::optional<ChainHash> previous_hash)
      : next_position_(next_position), hash_(previous_hash) {}

  enum class Fault : std::uint8_t { none, malformed, gap, wrong_hash, wrong_link };

  /// Checks one record. The record is in `record()` unless it is malformed or leaves a gap.
  Fault check(Position first_position, std::string_view bytes);

  CommitRecord& record() { return *record_; }
  Position next_position() const { return next_position_; }
  const std::optional<ChainHash>& hash() const { return hash_; }

  /// A sentence for a person.
  static std::string describe(Fault fault, Position position);

 private:
  ChainHasher hasher_;
  Position next_position_;
  std::optional<ChainHash> hash_;
  std::optional<CommitRecord> record_;
};

/// Visits the events of [from, to], which must be committed, and verifies every record on the way.
/// Long ranges are read and verified ahead on a thread of their own; the visitor stays on this one.
boost::system::result<void, LogDamage> visit_range(RecordCursor& cursor, Position from, Position to,
                                                   const EventLog::Visitor& visitor);

/// Visits the events of `stream` from `from_version` to `tip`, in order. It walks backwards first:
/// every event knows where the one before it in its stream stands.
boost::system::result<void, LogDamage> visit_stream(RecordCursor& cursor, std::string_view stream,
                                                    StreamTip tip, Version from_version,
                                                    const EventLog::Visitor& visitor);

}  // namespace orrery
