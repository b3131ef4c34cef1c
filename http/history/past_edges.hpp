#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "http/history/past_edge.hpp"

namespace orrery {

struct PastEdgeLimits {
  /// Moments kept at hand, the least recently asked for goes first. Each takes as much memory as
  /// the views of its dialect did then.
  std::size_t kept_max = 3;
  /// Requests that wait; more are told to come again.
  std::size_t waiting_max = 64;
  /// Of one asker, so that nobody keeps the others from the past.
  std::size_t waiting_per_asker_max = 8;
};

/// The dialects as of past moments: made on a thread of its own at low priority, from the nearest
/// snapshots and the log, and kept for a while. Who asks for the same moment shares it. Any thread.
class PastEdges {
 public:
  /// What is wanted: a dialect (an index into those added), a position, and the time that counts as
  /// now.
  struct Wish {
    std::size_t dialect = 0;
    Position position = 0;
    Time time{};
    /// Who wants it; empty: nobody in particular.
    std::string asker = {};
    /// Asked before work is begun: where nobody waits any more, there is none. Any thread, must not
    /// block; empty: always.
    std::function<bool()> is_wanted = {};
  };
  enum class Failure : std::uint8_t { none, too_many_wait, log_damaged, abandoned, stopping };
  /// Gets the edge, or why there is none. On the caller's thread or this object's own.
  using Ready = std::function<void(std::shared_ptr<const PastEdge>, Failure)>;

  /// `log` must outlive this.
  explicit PastEdges(const EventLog& log, PastEdgeLimits limits = {});
  /// Gives up what is being made; who waits is told.
  ~PastEdges();
  PastEdges(const PastEdges&) = delete;
  PastEdges& operator=(const PastEdges&) = delete;

  /// Before the first `find`. Returns the dialect's index.
  std::size_t add(AddPastRoutes routes);
  const AddPastRoutes& routes_of(std::size_t dialect) const { return dialects_[dialect]; }

  void find(const Wish& wish, Ready ready);

  /// How many have been made since the start, for tests and metrics.
  std::uint64_t made_count() const { return made_count_.load(); }

 private:
  struct Kept {
    std::size_t dialect = 0;
    Position position = 0;
    std::shared_ptr<PastViews> views;
    /// The last that was made of these views.
    std::shared_ptr<const PastEdge> edge;
  };
  struct Waiting {
    Wish wish;
    Ready ready;
  };
  struct Job {
    std::size_t dialect = 0;
    Position position = 0;
    std::vector<Waiting> waiting;
  };

  std::shared_ptr<const PastEdge> edge_of(Kept& kept, Time time);
  std::shared_ptr<const PastEdge> find_kept(const Wish& wish);
  bool is_full_for(const std::string& asker) const;
  std::vector<Ready> take_abandoned();
  void run();
  void carry_out(Job job);
  std::shared_ptr<PastViews> folded_views(const Job& job, Failure& failure);

  const EventLog& log_;
  const PastEdgeLimits limits_;
  std::vector<AddPastRoutes> dialects_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> made_count_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  /// The one asked for last comes first.
  std::list<Kept> kept_;
  /// The front one is being worked at.
  std::deque<Job> jobs_;
  std::size_t waiting_count_ = 0;
  std::thread thread_;
};

}  // namespace orrery
