#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "projections/runtime/view.hpp"
#include "storage/event_log.hpp"

namespace orrery {

class BackgroundSnapshots;

/// Every read model of the process. It folds committed batches on the log actor's thread before
/// their appends are acknowledged, so whoever has an acknowledgement finds the effect in every view
/// (docs/adr/0009-views-on-the-log-thread.md).
///
/// Life: `add` each view, `catch_up` before anything is served, then hang it to the log actor as a
/// `CommitListener`; `save_snapshots` after the log actor has stopped.
class Views : public CommitListener {
 public:
  Views();
  ~Views() override;
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  /// `view` must outlive this. Before `catch_up` only.
  void add(View& view);

  /// Brings every view to the head of the log: newest snapshot that fits this log, then the events
  /// after it. A snapshot that doesn't fit (other form, other history, damaged) is passed over.
  /// Decoding and folding run on one thread each. Damage of the log comes back with its position;
  /// the views are of no use then.
  boost::system::result<void, LogDamage> catch_up(const EventLog& log);

  /// Stores a snapshot of every view as of `applied()`. No commit may run meanwhile.
  void save_snapshots(EventLog& log);

  /// Keeps the snapshots of `log` at most about `events_between` events behind from now on, on a
  /// thread of its own at idle priority: it builds the next snapshot from the one before and the
  /// log, one view after the other, and touches neither the live views nor the commit path. Start
  /// and stop it while no commit runs. Ends with `stop_background_snapshots`, `save_snapshots` or
  /// the destructor. `log` must outlive it.
  void start_background_snapshots(EventLog& log, Position events_between);
  void stop_background_snapshots();

  void on_commit(const CommittedBatch& batch) override;

  /// In the order in which they were added.
  const std::vector<View*>& all() const { return views_; }

  /// Position of the last event that every view has folded. Any thread.
  Position applied() const { return applied_.load(std::memory_order_acquire); }

 private:
  std::vector<View*> views_;
  Position newest_snapshot_ = 0;
  std::atomic<Position> applied_{0};
  std::unique_ptr<BackgroundSnapshots> background_;
};

}  // namespace orrery
