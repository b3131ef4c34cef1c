#include "storage/rocksdb/index_runs.hpp"

#include <algorithm>
#include <cstring>

#include <rocksdb/sst_file_writer.h>

namespace orrery {
namespace {

constexpr std::string_view run_prefix = "index-run-";

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

rocksdb::Options writer_options(Database::Family family) {
  return {Database::database_options(Database::Mode::read_write, false, nullptr),
          Database::options_of(family)};
}

rocksdb::Status write_streams(const IndexPart& part, const std::string& file) {
  const auto options = writer_options(Database::streams);
  rocksdb::SstFileWriter writer({}, options);
  auto status = writer.Open(file);
  if (status.ok()) status = writer.Put(covered_key, slice_of(part.covered));
  for (const auto* entry : sorted(part.streams)) {
    if (!status.ok()) return status;
    const auto& tip = entry->value.committed;
    if (tip.version != 0) status = writer.Put(entry_key(entry->name), slice_of(tip));
  }
  return status.ok() ? writer.Finish() : status;
}

rocksdb::Status write_commands(const IndexPart& part, const std::string& file) {
  const auto options = writer_options(Database::keys);
  rocksdb::SstFileWriter writer({}, options);
  auto status = writer.Open(file);
  for (const auto* entry : sorted(part.commands)) {
    if (!status.ok()) return status;
    status = writer.Put(entry_key(entry->name), slice_of(entry->value));
  }
  return status.ok() ? writer.Finish() : status;
}

}  // namespace

void IndexRuns::remove_unfinished() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored))
    if (entry.path().filename().string().starts_with(run_prefix))
      std::filesystem::remove(entry.path(), ignored);
}

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
  const auto file = [&](std::string_view name) {
    return (directory_ / (std::string(run_prefix) + std::to_string(part.covered))).string() +
           std::string(name);
  };
  std::vector<rocksdb::IngestExternalFileArg> runs;
  const auto add = [&](Database::Family family, std::string path) {
    auto& run = runs.emplace_back();
    run.column_family = database_.family(family);
    run.external_files = {std::move(path)};
    run.options.move_files = true;
    run.options.failed_move_fall_back_to_copy = true;
    run.options.write_global_seqno = false;
  };
  add(Database::streams, file(".streams"));
  if (!write_streams(part, runs.back().external_files[0]).ok()) return false;
  if (part.commands.size() > 0) {  // A table file without an entry is refused.
    add(Database::keys, file(".keys"));
    if (!write_commands(part, runs.back().external_files[0]).ok()) return false;
  }
  return database_.db->IngestExternalFiles(runs).ok();
}

}  // namespace orrery
