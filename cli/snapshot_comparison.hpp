#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "actors/history/folded_aggregate.hpp"
#include "cli/read_models.hpp"
#include "projections/runtime/view_archive.hpp"

namespace orrery {

/// A stored snapshot that isn't what folding the log comes to.
struct SnapshotDifference {
  /// In the log's store.
  std::string name;
  /// A sentence.
  std::string message;
};

/// Folds fresh views beside their stored snapshots, current and archived. One thread.
class ViewComparison {
 public:
  explicit ViewComparison(const EventLog& log);

  void apply(std::span<const RecordedEvent> events);

  std::size_t compared_count() const { return compared_count_; }
  std::size_t missing_count() const { return missing_count_; }
  const std::vector<SnapshotDifference>& differences() const { return differences_; }

 private:
  struct Folded {
    std::unique_ptr<View> view;
    /// Where the stored snapshots were taken, the last one first; their bytes are read when that is
    /// reached.
    std::vector<ArchivedSnapshot> snapshots;
  };
  void fold(Folded& folded, std::span<const RecordedEvent> events);
  void compare(const View& view, const ArchivedSnapshot& snapshot);

  const EventLog& log_;
  std::vector<Folded> views_;
  std::size_t compared_count_ = 0;
  std::size_t missing_count_ = 0;
  std::vector<SnapshotDifference> differences_;
};

/// The same of aggregates that have snapshots. One thread.
class AggregateComparison {
 public:
  explicit AggregateComparison(const EventLog& log);

  /// What is wrong with the event itself, if anything.
  std::optional<LogDamage> apply(const RecordedEvent& recorded);

  std::size_t compared_count() const { return compared_count_; }
  const std::vector<SnapshotDifference>& differences() const { return differences_; }

 private:
  struct Folded {
    std::unique_ptr<FoldedAggregate> aggregate;
    Version version = 0;
  };
  bool has_snapshots(std::string_view stream) const;
  void start(const std::string& stream);
  void compare(const std::string& stream, const Folded& folded);

  const EventLog& log_;
  /// Kinds that have snapshots.
  std::vector<std::string_view> kinds_;
  /// Those with a snapshot that isn't reached yet.
  boost::unordered_flat_map<std::string, Folded> aggregates_;
  std::size_t compared_count_ = 0;
  std::vector<SnapshotDifference> differences_;
};

}  // namespace orrery
