#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "storage/clock.hpp"
#include "storage/event_log.hpp"

namespace orrery::aicenter {

/// Tells requests when the tasks of an array that they have submitted are jobs. Hang it to the log
/// actor after the views, so that whoever is told finds them in every view. Any thread.
class ArraySettlements : public CommitListener {
 public:
  using Settled = std::function<void()>;
  /// Nobody waits longer: the array is durable, and its tasks are made in any case.
  static constexpr std::chrono::seconds patience{5};

  /// Before the command is sent that makes them: `done` is called once at most, when jobs
  /// `first_id` to `first_id + count - 1` are there, or patience is over. On the log's thread, or
  /// on that of `on_time`: keep it short; what it throws is lost.
  void await(std::uint32_t first_id, std::uint32_t count, Time until, Settled done);
  /// Where the command was refused.
  void forget(std::uint32_t first_id);

  /// Tells those whose patience is over. Somebody calls it now and then, such as once a second.
  void on_time(Time now);
  void on_commit(const CommittedBatch& batch) override;

 private:
  struct Waiting {
    std::uint32_t count = 0;
    std::uint32_t made = 0;
    Time until{};
    Settled done;
  };

  std::mutex mutex_;
  /// By the id of the first task.
  std::map<std::uint32_t, Waiting> waiting_;
};

}  // namespace orrery::aicenter
