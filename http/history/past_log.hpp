#pragma once

#include <algorithm>

#include "storage/event_log.hpp"

namespace orrery {

/// A log as it was at a past position: nothing after it is there. Only to be read. Threads as in
/// the contract.
class PastLog : public EventLog {
 public:
  /// `log` must outlive this.
  PastLog(const EventLog& log, Position head) : log_(log), head_(head) {}

  std::vector<AppendResult> commit(std::span<const Append> group, Time) override {
    return std::vector<AppendResult>(group.size(), AppendError::read_only);
  }
  boost::system::result<void, LogDamage> read(Position from, Position to,
                                              const Visitor& visitor) const override {
    return log_.read(from, std::min(to, head_), visitor);
  }
  boost::system::result<void, LogDamage> read_stream(std::string_view stream, Version from_version,
                                                     const Visitor& visitor) const override {
    return log_.read_stream(stream, from_version, [&](const StoredEvent& stored) {
      return stored.position <= head_ && visitor(stored);
    });
  }
  /// Costs a walk over the stream.
  Version version_of(std::string_view stream) const override {
    Version version = 0;
    (void)read_stream(stream, 1, [&](const StoredEvent& stored) {
      version = stored.version;
      return true;
    });
    return version;
  }
  Position head() const override { return head_; }
  /// Of the present: commits are hashed, not events.
  ChainHash chain_hash() const override { return log_.chain_hash(); }
  bool writable() const override { return false; }
  void put_snapshot(std::string_view, const Snapshot&) override {}
  std::optional<Snapshot> snapshot(std::string_view) const override { return std::nullopt; }
  void put_checkpoint(std::string_view, Position) override {}
  Position checkpoint(std::string_view) const override { return 0; }

 private:
  const EventLog& log_;
  Position head_;
};

}  // namespace orrery
