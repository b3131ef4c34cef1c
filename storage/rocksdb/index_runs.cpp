#include "storage/rocksdb/index_runs.hpp"

#include <algorithm>
#include <cstring>

#include "storage/rocksdb/table_ingestion.hpp"

namespace orrery {
namespace {

/// Sorts before every entry: those start with `entry_mark`.
constexpr std::string_view covered_key = "c";
constexpr char entry_mark = 's';

template <class Value>
rocksdb::Slice slice_of(const Value& value) {
  static_assert(std::has_unique_object_representations_v<Value>, "stored as it is in memory");
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <class Value>
std::optional<Value> get(const Database& database, Database::Family family, std::string_view key) {
  rocksdb::PinnableSlice found;
  const auto status = database.db->Get({}, database.family(family), key, &found);
  Value value;
  if (!status.ok() || found.size() != sizeof value) return std::nullopt;
  std::memcpy(&value, found.data(), sizeof value);
  return value;
}

std::string entry_key(std::string_view name) {
  std::string key;
  key.reserve(name.size() + 1);
  key.push_back(entry_mark);
  return key.append(name);
}

template <class Value>
auto sorted(const RecentTable<Value>& table) {
  std::vector<const typename RecentTable<Value>::Entry*> entries;
  entries.reserve(table.size());
  for (const auto& entry : table.entries()) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* left, const auto* right) { return left->name < right->name; });
  return entries;
}

rocksdb::Status fill_streams(rocksdb::SstFileWriter& table, const IndexPart& part) {
  auto status = table.Put(covered_key, slice_of(part.covered));
  for (const auto* entry : sorted(part.streams)) {
    if (!status.ok()) return status;
    const auto& tip = entry->value.committed;
    if (tip.version != 0) status = table.Put(entry_key(entry->name), slice_of(tip));
  }
  return status;
}

rocksdb::Status fill_commands(rocksdb::SstFileWriter& table, const IndexPart& part) {
  rocksdb::Status status;
  for (const auto* entry : sorted(part.commands)) {
    if (!status.ok()) return status;
    status = table.Put(entry_key(entry->name), slice_of(entry->value));
  }
  return status;
}

}  // namespace

std::optional<StreamTip> IndexRuns::stream(std::string_view name) const {
  return get<StreamTip>(database_, Database::streams, entry_key(name));
}

std::optional<CommandAnswer> IndexRuns::command(std::string_view id) const {
  return get<CommandAnswer>(database_, Database::keys, entry_key(id));
}

Position IndexRuns::covered() const {
  return get<Position>(database_, Database::streams, covered_key).value_or(0);
}

bool IndexRuns::write(const IndexPart& part) {
  TableIngestion ingestion(database_, directory_);
  auto status = ingestion.add(Database::streams, "streams",
                              [&](auto& table) { return fill_streams(table, part); });
  if (status.ok() && part.commands.size() > 0)  // A table file without an entry is refused.
    status = ingestion.add(Database::keys, "keys",
                           [&](auto& table) { return fill_commands(table, part); });
  return status.ok() && ingestion.finish().ok();
}

}  // namespace orrery
