#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "projections/runtime/view.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Makes new snapshots of views out of the old ones and the log, on a thread of its own at the
/// lowest priority. It never looks at the live views, so it costs the commit path nothing; the
/// price is the memory of one more view at a time.
class BackgroundSnapshots {
 public:
  /// `views` serve as models only: their names and `fresh()`. `newest` is the position of the
  /// newest snapshots. `log` must outlive this.
  BackgroundSnapshots(EventLog& log, std::vector<const View*> views, Position newest,
                      Position events_between);
  /// Gives up the snapshot being made.
  ~BackgroundSnapshots();

  /// Events up to `position` are in the log. Cheap; on the thread that commits.
  void advance(Position position);

 private:
  void run();
  void make_snapshots(Position position);

  EventLog& log_;
  const std::vector<const View*> views_;
  const Position events_between_;
  /// Reaching it starts the next round.
  std::atomic<Position> due_at_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  Position wanted_ = 0;
  std::thread thread_;
};

}  // namespace orrery
