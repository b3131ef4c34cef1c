#include "cli/snapshot_comparison.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "actors/runtime/aggregate_snapshots.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/view_snapshot.hpp"

namespace orrery {
namespace {

/// What differs first; nullopt where nothing does.
std::optional<std::string> difference(std::string_view folded, std::string_view stored) {
  if (folded == stored) return std::nullopt;
  const auto [at, other] = std::ranges::mismatch(folded, stored);
  return fmt::format("byte {} differs ({} bytes stored, {} folded)", at - folded.begin(),
                     stored.size(), folded.size());
}

}  // namespace

ViewComparison::ViewComparison(const EventLog& log) : log_(log) {
  const ReadModels models;
  for (const View* view : models.views.all()) {
    auto snapshots = archived_snapshots(*view, log);
    auto current = snapshot_name_of_view(*view);
    const auto stored = log.snapshot(current);
    if (stored && stored->position > 0)
      snapshots.push_back({stored->position, std::move(current)});
    else
      ++missing_count_;
    std::erase_if(snapshots, [&](const auto& each) { return each.position > log.head(); });
    std::ranges::stable_sort(snapshots, std::ranges::greater(), &ArchivedSnapshot::position);
    if (!snapshots.empty()) views_.push_back({view->fresh(), std::move(snapshots)});
  }
}

void ViewComparison::apply(std::span<const RecordedEvent> events) {
  for (auto& folded : views_) fold(folded, events);
  std::erase_if(views_, [](const Folded& folded) { return folded.snapshots.empty(); });
}

void ViewComparison::fold(Folded& folded, std::span<const RecordedEvent> events) {
  auto& snapshots = folded.snapshots;
  for (const auto& event : events) {
    folded.view->apply(event);
    for (; !snapshots.empty() && snapshots.back().position == event.position; snapshots.pop_back())
      compare(*folded.view, snapshots.back());
    if (snapshots.empty()) return;
  }
}

void ViewComparison::compare(const View& view, const ArchivedSnapshot& snapshot) {
  const auto stored = log_.snapshot(snapshot.name);
  if (!stored || stored->position != snapshot.position) {  // A server has replaced it meanwhile.
    ++missing_count_;
    return;
  }
  ++compared_count_;
  const auto fresh = snapshot_of(view, snapshot.position, log_);
  if (const auto differs = difference(fresh.bytes, stored->bytes))
    differences_.push_back(
        {snapshot.name, fmt::format("{} as of position {} isn't what the log says: {}",
                                    snapshot.name, snapshot.position, *differs)});
}

AggregateComparison::AggregateComparison(const EventLog& log) : log_(log) {
  for (const auto kind : stream_kinds())
    if (!snapshot_name_of_stream(stream_name(kind, "x")).empty()) kinds_.push_back(kind);
}

std::optional<LogDamage> AggregateComparison::apply(const RecordedEvent& recorded) {
  if (!has_snapshots(recorded.stream)) return std::nullopt;
  if (recorded.version == 1) start(recorded.stream);
  const auto found = aggregates_.find(recorded.stream);
  if (found == aggregates_.end()) return std::nullopt;
  if (!found->second.aggregate->apply(recorded.event))
    return LogDamage{recorded.position, fmt::format("{} of {} doesn't fit what came before",
                                                    name_of(recorded.event), recorded.stream)};
  if (recorded.version < found->second.version) return std::nullopt;
  compare(recorded.stream, found->second);
  aggregates_.erase(found);
  return std::nullopt;
}

bool AggregateComparison::has_snapshots(std::string_view stream) const {
  const auto kind = stream_aggregate(stream);
  return std::ranges::find(kinds_, kind) != kinds_.end();
}

void AggregateComparison::start(const std::string& stream) {
  const auto snapshot = log_.snapshot(snapshot_name_of_stream(stream));
  if (!snapshot || snapshot->version == 0 || snapshot->version > log_.version_of(stream)) return;
  aggregates_.emplace(stream, Folded{fold_of_stream(stream), snapshot->version});
}

void AggregateComparison::compare(const std::string& stream, const Folded& folded) {
  const auto name = snapshot_name_of_stream(stream);
  const auto snapshot = log_.snapshot(name);
  if (!snapshot || snapshot->version != folded.version) return;  // Replaced meanwhile.
  ++compared_count_;
  std::string state;
  folded.aggregate->save(state);
  if (const auto differs = difference(state, snapshot->bytes))
    differences_.push_back({name, fmt::format("{} as of version {} isn't what its stream says: {}",
                                              name, folded.version, *differs)});
}

}  // namespace orrery
