#include "projections/runtime/background_snapshots.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "projections/runtime/replay.hpp"
#include "projections/runtime/view_archive.hpp"
#include "projections/runtime/view_snapshot.hpp"

namespace orrery {
namespace {

constexpr int nice_lowest = 19;

/// Of the calling thread. Where the system refuses, the priority stays: nothing depends on it.
void set_nice(int nice) { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice); }

}  // namespace

BackgroundSnapshots::BackgroundSnapshots(EventLog& log, std::vector<const View*> views,
                                         Position newest, Position events_between)
    : log_(log),
      views_(std::move(views)),
      events_between_(events_between),
      due_at_(newest + events_between),
      thread_([this] { run(); }) {}

BackgroundSnapshots::~BackgroundSnapshots() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundSnapshots::advance(Position position) {
  if (position < due_at_.load(std::memory_order_relaxed)) return;
  due_at_ = position + events_between_;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = position;
  }
  changed_.notify_all();
}

void BackgroundSnapshots::run() {
  set_nice(nice_lowest);
  Position made = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopped_ || wanted_ > made; });
    if (stopped_) return;
    made = wanted_;
    lock.unlock();
    make_snapshots(made);
    lock.lock();
  }
}

void BackgroundSnapshots::make_snapshots(Position position) {
  for (const View* model : views_) {
    const auto view = model->fresh();
    const Position loaded = load_view(*view, log_);
    if (loaded >= position) continue;
    const auto replayed = replay(log_, loaded + 1, position, [&](const auto& events) {
      for (const auto& event : events) view->apply(event);
      return !stopped_;
    });
    if (stopped_ || !replayed) return;
    save_view(*view, position, log_);
    archive_view(*view, position, log_);
  }
}

}  // namespace orrery
