#include "storage/rocksdb/snapshot_store.hpp"

#include "events/archive.hpp"
#include "storage/rocksdb/table_ingestion.hpp"

namespace orrery {
namespace {

constexpr std::size_t logged_bytes_max = 256u << 10;

}  // namespace

void SnapshotStore::put(std::string_view name, const Snapshot& snapshot) {
  std::string value;
  value.reserve(snapshot.bytes.size() + 64);
  ByteWriter writer(value);
  writer(snapshot.position, snapshot.version);
  value.append(snapshot.bytes);
  // A snapshot that can't be written is missed by nobody: the one before still stands.
  if (value.size() <= logged_bytes_max) {
    database_.db->Put({}, database_.family(Database::snapshots), name, value)
        .PermitUncheckedError();
    return;
  }
  TableIngestion ingestion(database_, directory_);
  const auto file = "snapshot-" + std::to_string(++file_count_);
  const auto added = ingestion.add(Database::snapshots, file, [&](rocksdb::SstFileWriter& table) {
    return table.Put(rocksdb::Slice(name), rocksdb::Slice(value));
  });
  if (added.ok()) ingestion.finish().PermitUncheckedError();
}

std::optional<Snapshot> SnapshotStore::get(std::string_view name) const {
  rocksdb::PinnableSlice value;
  const auto status = database_.db->Get({}, database_.family(Database::snapshots), name, &value);
  Snapshot snapshot;
  constexpr auto header_size = sizeof snapshot.position + sizeof snapshot.version;
  if (!status.ok() || value.size() < header_size) return std::nullopt;
  ByteReader reader(value.ToStringView());
  reader(snapshot.position, snapshot.version);
  snapshot.bytes = value.ToStringView().substr(header_size);
  return snapshot;
}

}  // namespace orrery
