#include "http/history/past_edges.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "projections/runtime/fold_until.hpp"

namespace orrery {
namespace {

/// Below what serves the present, above snapshots, for which nobody waits.
constexpr int nice_of_the_past = 10;

}  // namespace

PastEdges::PastEdges(const EventLog& log, PastEdgeLimits limits)
    : log_(log), limits_(limits), thread_([this] { run(); }) {}

PastEdges::~PastEdges() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
  for (auto& job : jobs_)
    for (auto& waiting : job.waiting) waiting.ready(nullptr, Failure::stopping);
}

std::size_t PastEdges::add(AddPastRoutes routes) {
  dialects_.push_back(std::move(routes));
  return dialects_.size() - 1;
}

void PastEdges::find(const Wish& wish, Ready ready) {
  std::unique_lock lock(mutex_);
  if (auto edge = find_kept(wish)) {
    lock.unlock();
    return ready(std::move(edge), Failure::none);
  }
  if (is_full_for(wish.asker)) {
    lock.unlock();
    return ready(nullptr, Failure::too_many_wait);
  }
  auto job = std::ranges::find_if(jobs_, [&](const Job& known) {
    return known.dialect == wish.dialect && known.position == wish.position;
  });
  if (job == jobs_.end()) job = jobs_.insert(jobs_.end(), {wish.dialect, wish.position, {}});
  job->waiting.push_back({wish, std::move(ready)});
  ++waiting_count_;
  changed_.notify_all();
}

/// Under the lock.
bool PastEdges::is_full_for(const std::string& asker) const {
  if (waiting_count_ >= limits_.waiting_max) return true;
  if (asker.empty()) return false;
  std::size_t count = 0;
  for (const auto& job : jobs_)
    count += static_cast<std::size_t>(std::ranges::count(
        job.waiting, asker,
        [](const Waiting& waiting) -> const std::string& { return waiting.wish.asker; }));
  return count >= limits_.waiting_per_asker_max;
}

/// Those of the front job who have gone, and the job with the last of them. Under the lock, and
/// while nobody works at it.
std::vector<PastEdges::Ready> PastEdges::take_abandoned() {
  std::vector<Ready> abandoned;
  auto& job = jobs_.front();
  std::erase_if(job.waiting, [&](Waiting& waiting) {
    if (!waiting.wish.is_wanted || waiting.wish.is_wanted()) return false;
    abandoned.push_back(std::move(waiting.ready));
    return true;
  });
  waiting_count_ -= abandoned.size();
  if (job.waiting.empty()) jobs_.pop_front();
  return abandoned;
}

/// Under the lock.
std::shared_ptr<const PastEdge> PastEdges::find_kept(const Wish& wish) {
  const auto found = std::ranges::find_if(kept_, [&](const Kept& kept) {
    return kept.dialect == wish.dialect && kept.position == wish.position;
  });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return edge_of(*found, wish.time);
}

std::shared_ptr<const PastEdge> PastEdges::edge_of(Kept& kept, Time time) {
  if (!kept.edge || kept.edge->time() != time)
    kept.edge = std::make_shared<const PastEdge>(log_, kept.position, time, dialects_[kept.dialect],
                                                 kept.views);
  return kept.edge;
}

void PastEdges::run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice_of_the_past);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopped_ || !jobs_.empty(); });
    if (stopped_) return;
    if (auto abandoned = take_abandoned(); !abandoned.empty()) {
      lock.unlock();
      for (auto& ready : abandoned) std::exchange(ready, {})(nullptr, Failure::abandoned);
      lock.lock();
      continue;
    }
    const Job job{jobs_.front().dialect, jobs_.front().position, {}};
    lock.unlock();
    carry_out(job);
    lock.lock();
  }
}

void PastEdges::carry_out(Job job) {
  auto failure = Failure::none;
  auto views = folded_views(job, failure);
  std::vector<std::pair<Ready, std::shared_ptr<const PastEdge>>> answers;
  {
    const std::lock_guard lock(mutex_);
    Kept kept{job.dialect, job.position, std::move(views), nullptr};
    for (auto& [wish, ready] : jobs_.front().waiting)
      answers.emplace_back(std::move(ready), kept.views ? edge_of(kept, wish.time) : nullptr);
    waiting_count_ -= answers.size();
    jobs_.pop_front();
    if (kept.views) {
      kept_.push_front(std::move(kept));
      if (kept_.size() > limits_.kept_max) kept_.pop_back();
    }
  }
  for (auto& [ready, edge] : answers) ready(std::move(edge), failure);
}

std::shared_ptr<PastViews> PastEdges::folded_views(const Job& job, Failure& failure) {
  auto views = std::make_shared<PastViews>();
  // The routes choose the views; these are thrown away again, for the time may be another.
  const PastEdge chooser(log_, job.position, Time{}, dialects_[job.dialect], views);
  views->close();
  {
    // Room first, so that never more are in memory than may be kept.
    const std::lock_guard lock(mutex_);
    while (kept_.size() >= limits_.kept_max) kept_.pop_back();
  }
  const auto folded = fold_until(views->all(), job.position, log_, stopped_);
  ++made_count_;
  if (!stopped_ && folded) return views;
  failure = stopped_ ? Failure::stopping : Failure::log_damaged;
  return nullptr;
}

}  // namespace orrery
