#include "projections/runtime/view_archive.hpp"

#include <algorithm>
#include <exception>
#include <string>

#include <boost/describe.hpp>

#include "events/archive.hpp"
#include "projections/runtime/view_snapshot.hpp"

namespace orrery {
namespace {

struct Entry {
  std::uint32_t slot = 0;
  Position position = 0;
  std::uint64_t bytes = 0;

  BOOST_DESCRIBE_CLASS(Entry, (), (slot, position, bytes), (), ())
};

std::string name_of_list(const View& view) { return "archive/" + std::string(view.name()); }

std::string name_of_slot(const View& view, std::uint32_t slot) {
  return name_of_list(view) + "/" + std::to_string(slot);
}

/// Ascending by position; empty where there is no list that can be read.
std::vector<Entry> read_list(const View& view, const EventLog& log) {
  const auto stored = log.snapshot(name_of_list(view));
  if (!stored) return {};
  try {
    std::vector<Entry> entries;
    ByteReader reader(stored->bytes);
    reader(entries);
    const bool sound = std::ranges::is_sorted(entries, {}, &Entry::position);
    return sound ? entries : std::vector<Entry>();
  } catch (const std::exception&) {
    return {};
  }
}

void write_list(const View& view, const std::vector<Entry>& entries, EventLog& log) {
  Snapshot list;
  list.position = entries.empty() ? 0 : entries.back().position;
  ByteWriter(list.bytes)(entries);
  log.put_snapshot(name_of_list(view), list);
}

std::uint64_t bytes_of(const std::vector<Entry>& entries) {
  std::uint64_t bytes = 0;
  for (const auto& entry : entries) bytes += entry.bytes;
  return bytes;
}

std::uint32_t free_slot(const std::vector<Entry>& entries) {
  std::uint32_t slot = 0;
  while (std::ranges::find(entries, slot, &Entry::slot) != entries.end()) ++slot;
  return slot;
}

}  // namespace

std::size_t least_missed(std::span<const Position> positions) {
  std::size_t best = 0;
  double best_share = 2;
  for (std::size_t i = 0; i + 1 < positions.size(); ++i) {
    const Position before = i == 0 ? 0 : positions[i - 1];
    const auto gap = static_cast<double>(positions[i + 1] - before);
    const double share = gap / static_cast<double>(positions.back() - before);
    if (share >= best_share) continue;
    best = i;
    best_share = share;
  }
  return best;
}

void archive_view(const View& view, Position position, EventLog& log, const ArchiveLimits& limits) {
  if (position == 0) return;
  auto entries = read_list(view, log);
  // Of another history, or archived already.
  std::erase_if(entries, [&](const Entry& entry) { return entry.position >= position; });
  const auto snapshot = snapshot_of(view, position, log);
  entries.push_back({free_slot(entries), position, snapshot.bytes.size()});
  const auto slot = entries.back().slot;
  std::vector<std::uint32_t> dropped;
  while (entries.size() > 1 &&
         (entries.size() > limits.count_max || bytes_of(entries) > limits.bytes_max)) {
    std::vector<Position> positions;
    for (const auto& entry : entries) positions.push_back(entry.position);
    const auto least = entries.begin() + static_cast<std::ptrdiff_t>(least_missed(positions));
    dropped.push_back(least->slot);
    entries.erase(least);
  }
  // A slot that the list names at another position than it holds is passed over: any order will do.
  log.put_snapshot(name_of_slot(view, slot), snapshot);
  write_list(view, entries, log);
  for (const auto unused : dropped) log.put_snapshot(name_of_slot(view, unused), {});
}

Position load_view_before(View& view, Position position, const EventLog& log) {
  auto current = log.snapshot("view/" + std::string(view.name()));
  if (current && current->position > position) current.reset();
  const auto load_current = [&]() -> Position {
    const auto loaded = current ? load_snapshot(view, *current, log) : 0;
    current.reset();
    return loaded;
  };
  const auto entries = read_list(view, log);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->position > position) continue;
    if (current && current->position >= entry->position)
      if (const auto loaded = load_current(); loaded > 0) return loaded;
    const auto stored = log.snapshot(name_of_slot(view, entry->slot));
    if (!stored || stored->position != entry->position) continue;
    if (const auto loaded = load_snapshot(view, *stored, log); loaded > 0) return loaded;
  }
  return load_current();
}

std::vector<ArchivedSnapshot> archived_snapshots(const View& view, const EventLog& log) {
  std::vector<ArchivedSnapshot> snapshots;
  for (const auto& entry : read_list(view, log))
    snapshots.push_back({entry.position, name_of_slot(view, entry.slot)});
  return snapshots;
}

std::vector<Position> archived_positions(const View& view, const EventLog& log) {
  std::vector<Position> positions;
  for (const auto& entry : read_list(view, log)) positions.push_back(entry.position);
  return positions;
}

}  // namespace orrery
