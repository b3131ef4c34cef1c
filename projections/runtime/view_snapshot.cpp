#include "projections/runtime/view_snapshot.hpp"

#include <exception>

#include "events/archive.hpp"

namespace orrery {
namespace {

std::string name_of_snapshot(const View& view) { return "view/" + std::string(view.name()); }

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

void save_view(const View& view, Position position, EventLog& log) {
  if (position == 0) return;
  Snapshot snapshot;
  snapshot.position = position;
  ByteWriter(snapshot.bytes)(fingerprint(log, position));
  view.save(snapshot.bytes);
  log.put_snapshot(name_of_snapshot(view), snapshot);
}

Position load_view(View& view, const EventLog& log) {
  const auto snapshot = log.snapshot(name_of_snapshot(view));
  if (!snapshot || snapshot->position > log.head()) return 0;
  try {
    std::string_view bytes = snapshot->bytes;
    ByteReader reader(bytes);
    std::string print;
    reader(print);
    if (print.empty() || print != fingerprint(log, snapshot->position)) return 0;
    view.load(bytes.substr(bytes.size() - reader.remaining()));
    return snapshot->position;
  } catch (const std::exception&) {
    // A snapshot is never truth: whatever is wrong with it, the log has everything.
    return 0;
  }
}

}  // namespace orrery
