#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/commit_record.hpp"
#include "storage/recent_table.hpp"

namespace orrery {

/// The last event of a stream. Earlier ones are found by walking the log backwards from there.
struct StreamTip {
  Version version = 0;
  Position position = 0;
};

/// What a command id was answered.
struct CommandAnswer {
  Position first_position = 0;
  Position last_position = 0;
  Version version = 0;
};

/// The part of the index that went to disk. Any thread.
class OlderIndex {
 public:
  virtual ~OlderIndex() = default;
  virtual std::optional<StreamTip> stream(std::string_view name) const = 0;
  virtual std::optional<CommandAnswer> command(std::string_view id) const = 0;
};

/// A part of the index on its way to disk: all that changed up to `covered`.
struct IndexPart {
  /// The last event that readers may see, and what the groups being committed make of it.
  struct Stream {
    StreamTip committed;
    StreamTip staged;
  };
  RecentTable<Stream> streams;
  RecentTable<CommandAnswer> commands;
  Position covered = 0;
  std::uint64_t event_count = 0;
};

/// What a group makes of a stream, to be published once the group is durable.
struct StagedTip {
  IndexPart::Stream* stream = nullptr;
  StreamTip tip;
};

/// Where each stream ends, and which commands are known. The recent part lives in memory; older
/// parts are handed to an `OlderIndex`. All of it can be rebuilt from the log.
///
/// One thread, the committing one, stages and publishes; `tip` comes from any thread and never sees
/// what is staged only.
class LogIndex {
 public:
  /// `older` may be null, and must outlive the index.
  explicit LogIndex(const OlderIndex* older) : older_(older) {}

  /// The stream's last event for readers; version 0 where it has none.
  StreamTip tip(std::string_view stream) const;

  /// For the committing thread: what the group so far makes of a stream or command.
  class Staging;

  /// Takes in a record that is already in the log: rebuilding. False where it doesn't parse.
  bool add(CommitRecord& record);

  /// How much has changed since the last part was frozen.
  std::size_t recent_entries() const;
  std::uint64_t recent_events() const;

  /// Makes all that has changed, as of position `covered`, an immutable part; the previous one must
  /// have been dropped, and nothing be staged. Lookups go on seeing it until `drop_frozen`, when
  /// the older index has it.
  std::shared_ptr<const IndexPart> freeze(Position covered);
  void drop_frozen();

 private:
  IndexPart::Stream& stream_entry(std::string_view name);
  std::optional<CommandAnswer> find_command(std::string_view id) const;

  const OlderIndex* older_;
  mutable std::mutex mutex_;
  IndexPart recent_;
  std::shared_ptr<const IndexPart> frozen_;
};

/// One group's way into the index. Holds the index's lock while it lives; keep it short.
class LogIndex::Staging {
 public:
  explicit Staging(LogIndex& index) : index_(index), lock_(index.mutex_) {}

  std::optional<CommandAnswer> command(std::string_view id) const {
    return index_.find_command(id);
  }

  /// The stream's entry, for `stage`. Its staged tip is what an append has to expect. It stays
  /// where it is until the index is frozen.
  IndexPart::Stream& stream(std::string_view name) { return index_.stream_entry(name); }

  void add_command(std::string_view id, const CommandAnswer& answer);

  /// Makes staged tips visible to readers: what they stand for is durable now.
  void publish(const std::vector<StagedTip>& tips, std::uint64_t event_count);

 private:
  LogIndex& index_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace orrery
