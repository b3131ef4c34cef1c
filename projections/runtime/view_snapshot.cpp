#include "projections/runtime/view_snapshot.hpp"

#include <exception>

#include "events/archive.hpp"

namespace orrery {
namespace {

/// The event at `position` with the chain's hash before it: after a loss was accepted, the same
/// position holds another event or stands in another chain. Empty where the log has no such event.
std::string fingerprint(const EventLog& log, Position position) {
  std::string print;
  const auto result = log.read(position, position, [&](const StoredEvent& stored) {
    ByteWriter writer(print);
    writer.write(stored.previous_hash->data(), stored.previous_hash->size());
    writer(stored.time, stored.tag, stored.version, std::string(stored.stream));
    return false;
  });
  return result ? print : std::string();
}

}  // namespace

std::string snapshot_name_of_view(const View& view) { return "view/" + std::string(view.name()); }

Snapshot snapshot_of(const View& view, Position position, const EventLog& log) {
  Snapshot snapshot;
  snapshot.position = position;
  ByteWriter(snapshot.bytes)(fingerprint(log, position));
  view.save(snapshot.bytes);
  return snapshot;
}

Position load_snapshot(View& view, const Snapshot& snapshot, const EventLog& log) {
  if (snapshot.position > log.head()) return 0;
  try {
    std::string_view bytes = snapshot.bytes;
    ByteReader reader(bytes);
    std::string print;
    reader(print);
    if (print.empty() || print != fingerprint(log, snapshot.position)) return 0;
    view.load(bytes.substr(bytes.size() - reader.remaining()));
    return snapshot.position;
  } catch (const std::exception&) {
    // A snapshot is never truth: whatever is wrong with it, the log has everything.
    return 0;
  }
}

void save_view(const View& view, Position position, EventLog& log) {
  if (position == 0) return;
  log.put_snapshot(snapshot_name_of_view(view), snapshot_of(view, position, log));
}

Position load_view(View& view, const EventLog& log) {
  const auto snapshot = log.snapshot(snapshot_name_of_view(view));
  return snapshot ? load_snapshot(view, *snapshot, log) : 0;
}

}  // namespace orrery
