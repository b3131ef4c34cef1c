#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

namespace batch {
class ForecastBoard;
}

/// Decides which waiting job runs next, and where: it folds jobs, policies, people, nodes and
/// leases from the log and owes `Job::Schedule`, and `Job::Stop` of jobs that others take the place
/// of. Pure. How it decides stands in docs/batch-policy.md; `batch::plan` (actors/batch/plan.hpp)
/// is the decision itself.
///
/// A pass over the queue follows at once on every commit that may change it while few wait, and
/// once a second at most where many do. A place that turns out to be taken (`JobUnscheduled`) is
/// left alone until something about its node changes.
class BatchScheduler {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "batch_scheduler.2";
  /// In the envelopes of its events.
  static constexpr std::string_view origin_name = "batch_scheduler";
  /// With so many or fewer waiting a pass follows at once.
  static constexpr std::size_t few = 1'000;

  BatchScheduler();
  ~BatchScheduler();
  BatchScheduler(BatchScheduler&&) noexcept;
  BatchScheduler& operator=(BatchScheduler&&) noexcept;

  /// Where each pass leaves its forecast; null: nowhere. Outlives the scheduler.
  void publish_to(batch::ForecastBoard* board);

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  std::vector<OwedCommand> at(Time now);
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(TimedTailer<BatchScheduler>);

}  // namespace orrery
