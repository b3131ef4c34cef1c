#pragma once

#include <string>

#include "projections/runtime/view.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Snapshots of views in the log's store, as "view/<name>" (docs/formats/view_snapshot.md). Each
/// names the event that it was taken after, so that it fits only a log with the same history.

/// Stores `view`, which must have folded everything up to `position` and nothing beyond.
void save_view(const View& view, Position position, EventLog& log);

/// Loads the newest snapshot into `view` and returns its position. Where there is none that fits,
/// the view is left (or made) empty and the position is 0.
Position load_view(View& view, const EventLog& log);

/// "view/<name>".
std::string snapshot_name_of_view(const View& view);

/// What `save_view` stores.
Snapshot snapshot_of(const View& view, Position position, const EventLog& log);

/// Loads what `save_view` stored, as `load_view` does.
Position load_snapshot(View& view, const Snapshot& snapshot, const EventLog& log);

}  // namespace orrery
