#pragma once

#include <span>
#include <vector>

#include "storage/commit_record.hpp"
#include "storage/log_index.hpp"

namespace orrery {

/// Turns a group of appends into one commit record: checks limits, command ids and expected
/// versions, numbers the events. Shared by the engines, which differ only in where the record goes.
/// Buffers are used again. The committing thread's alone.
class GroupStaging {
 public:
  explicit GroupStaging(LogIndex& index) : index_(index) {}

  /// Answers each append. `record()` has no event where every append was refused or known.
  std::vector<AppendResult> stage(std::span<const Append> group, Position head,
                                  const ChainHash& previous_hash, Time now);

  CommitRecordWriter& record() { return record_; }

  /// What to publish once the record is durable. Never published, readers see nothing of the group.
  std::vector<StagedTip>& tips() { return tips_; }

 private:
  AppendResult stage_one(LogIndex::Staging& staging, const Append& append);

  LogIndex& index_;
  CommitRecordWriter record_;
  std::vector<StagedTip> tips_;
};

}  // namespace orrery
