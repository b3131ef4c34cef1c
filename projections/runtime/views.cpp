#include "projections/runtime/views.hpp"

#include <algorithm>

#include "projections/runtime/background_snapshots.hpp"
#include "projections/runtime/replay.hpp"
#include "projections/runtime/view_snapshot.hpp"

namespace orrery {

Views::Views() = default;
Views::~Views() = default;

void Views::add(View& view) { views_.push_back(&view); }

boost::system::result<void, LogDamage> Views::catch_up(const EventLog& log) {
  const Position head = log.head();
  std::vector<Position> folded;
  for (View* view : views_) folded.push_back(load_view(*view, log));
  const Position oldest = folded.empty() ? head : std::ranges::min(folded);
  newest_snapshot_ = oldest;
  const auto replayed = replay(log, oldest + 1, head, [&](const auto& events) {
    for (std::size_t i = 0; i < views_.size(); ++i)
      for (const auto& event : events)
        if (event.position > folded[i]) views_[i]->apply(event);
    return true;
  });
  if (replayed) applied_.store(head, std::memory_order_release);
  return replayed;
}

void Views::save_snapshots(EventLog& log) {
  stop_background_snapshots();
  for (const View* view : views_) save_view(*view, applied(), log);
}

void Views::start_background_snapshots(EventLog& log, Position events_between) {
  background_ = std::make_unique<BackgroundSnapshots>(
      log, std::vector<const View*>(views_.begin(), views_.end()), newest_snapshot_,
      events_between);
}

void Views::stop_background_snapshots() { background_.reset(); }

void Views::on_commit(const CommittedBatch& batch) {
  if (batch->empty()) return;
  for (View* view : views_)
    for (const auto& event : *batch) view->apply(event);
  const Position position = batch->back().position;
  applied_.store(position, std::memory_order_release);
  if (background_) background_->advance(position);
}

}  // namespace orrery
