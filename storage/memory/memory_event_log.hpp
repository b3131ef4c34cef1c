#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/event_log.hpp"

namespace orrery {

/// What becomes of a commit, for simulated faults.
enum class CommitFate : std::uint8_t {
  succeeds,
  /// Nothing is written, every append answers `disk_full`, and the log goes on.
  disk_full,
  /// The write failed before anything landed; the log is read-only from now on.
  fails_before_write,
  /// The sync failed although everything landed: after a restart the events are there.
  fails_after_write,
};

/// The log of the simulation: the same records, chain and answers as the RocksDB engine, in memory.
/// Threads as in the contract.
class MemoryEventLog : public EventLog {
 public:
  MemoryEventLog();
  ~MemoryEventLog() override;

  /// Asked at the start of each commit; also the place for a simulation to make a commit slow.
  void set_fate(std::function<CommitFate()> fate);

  /// The log as a new process would find it after a crash: all that was written, writable again.
  /// Unsynced snapshots and checkpoints survive only where `keep_unsynced` says so.
  std::unique_ptr<MemoryEventLog> restarted(bool keep_unsynced = true) const;

  std::vector<AppendResult> commit(std::span<const Append> group, Time now) override;
  boost::system::result<void, LogDamage> read(Position from, Position to,
                                              const Visitor& visitor) const override;
  boost::system::result<void, LogDamage> read_stream(std::string_view stream, Version from_version,
                                                     const Visitor& visitor) const override;
  Version version_of(std::string_view stream) const override;
  Position head() const override;
  ChainHash chain_hash() const override;
  bool writable() const override;
  void put_snapshot(std::string_view name, const Snapshot& snapshot) override;
  std::optional<Snapshot> snapshot(std::string_view name) const override;
  void put_checkpoint(std::string_view name, Position position) override;
  Position checkpoint(std::string_view name) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
