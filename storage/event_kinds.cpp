#include "storage/event_kinds.hpp"

#include <algorithm>
#include <exception>
#include <map>

#include "events/archive.hpp"
#include "storage/checked_record.hpp"

namespace orrery {
namespace {

/// Tag → newest version known.
using Kinds = std::map<std::uint16_t, std::uint16_t>;

const Kinds& known_here() {
  static const auto known = [] {
    Kinds kinds;
    for (std::size_t i = 0; i < Events::size; ++i) kinds[Events::tags[i]] = Events::versions[i];
    return kinds;
  }();
  return known;
}

/// Nothing where nothing is remembered: what wrote then is no newer than this.
Kinds remembered(const EventLog& log) {
  const auto snapshot = log.snapshot(event_kinds_snapshot);
  if (!snapshot) return {};
  try {
    Kinds kinds;
    ByteReader reader(snapshot->bytes);
    reader(kinds);
    return kinds;
  } catch (const std::exception&) {
    return {{0, 0}};  // Somebody knew something: better look.
  }
}

bool knows_all(const Kinds& kinds) {
  const auto& here = known_here();
  return std::ranges::all_of(kinds, [&](const auto& kind) {
    const auto found = here.find(kind.first);
    return found != here.end() && kind.second <= found->second;
  });
}

std::optional<LogDamage> find_unknown(const EventLog& log) {
  std::optional<LogDamage> damage;
  RecordedEvent unused;
  const auto read = log.read(1, log.head(), [&](const StoredEvent& stored) {
    const auto known = known_here().find(stored.tag);
    const bool is_known = known != known_here().end() && stored.tag_version <= known->second;
    if (!is_known) damage = record_checked(stored, unused);
    return !damage;
  });
  if (!read) return read.error();
  return damage;
}

}  // namespace

std::optional<LogDamage> refuse_unknown_events(EventLog& log) {
  const auto before = remembered(log);
  if (!knows_all(before))
    if (auto damage = find_unknown(log)) return damage;
  if (before == known_here()) return std::nullopt;
  Snapshot snapshot;
  snapshot.position = log.head();
  ByteWriter writer(snapshot.bytes);
  writer(known_here());
  log.put_snapshot(event_kinds_snapshot, snapshot);
  return std::nullopt;
}

}  // namespace orrery
