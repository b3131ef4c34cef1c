#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "projections/runtime/view.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Older snapshots of views, so that a view as of a past moment needn't be folded from the first
/// event: "archive/<name>/<slot>", with a list of them as "archive/<name>"
/// (docs/formats/view_snapshot.md). The further back, the further apart: what lies between two
/// neighbours is about the same share of the history behind them.

/// How much of one view is kept.
struct ArchiveLimits {
  std::size_t count_max = 12;
  /// Of all its snapshots together; the newest is kept whatever its size.
  std::uint64_t bytes_max = 1u << 30;
};

/// Keeps a snapshot of `view`, which must have folded everything up to `position` and nothing
/// beyond, and drops what the limits have no room for. A crash on the way loses a snapshot at most.
/// One thread at a time.
void archive_view(const View& view, Position position, EventLog& log,
                  const ArchiveLimits& limits = {});

/// Loads the newest snapshot that isn't after `position`, archived or current, into the empty
/// `view`, and returns the position it was taken at; 0, and the view is empty, where there is none
/// that fits. Any thread.
Position load_view_before(View& view, Position position, const EventLog& log);

/// An archived snapshot, by its name in the log's store.
struct ArchivedSnapshot {
  Position position = 0;
  std::string name;
};

/// All that the list names, ascending by position. One may hold another position than it says: then
/// it is as good as none.
std::vector<ArchivedSnapshot> archived_snapshots(const View& view, const EventLog& log);

/// The positions of the archived snapshots, ascending.
std::vector<Position> archived_positions(const View& view, const EventLog& log);

/// Which of `positions` (ascending; at least two) is missed least: never the last one, as the view
/// goes on from there.
std::size_t least_missed(std::span<const Position> positions);

}  // namespace orrery
