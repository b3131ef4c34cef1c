#include "storage/rocksdb/inspection.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "storage/rocksdb/database.hpp"

namespace orrery {
namespace {

using Fault = ChainVerifier::Fault;

OpenError error_of(const rocksdb::Status& status) {
  const auto text = status.ToString();
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  if (says("No such file") || says("file size mismatch") || says("MANIFEST") || says("CURRENT"))
    return OpenError::missing_table;
  return status.IsCorruption() ? OpenError::damaged_record : OpenError::engine_failure;
}

OpenFailure failure_of(const rocksdb::Status& status) {
  const auto error = error_of(status);
  return {error, fmt::format("{}: {}", to_string(error), status.ToString())};
}

/// The table files of the log, in order of position.
std::vector<rocksdb::LiveFileMetaData> tables_of_log(const Database& database) {
  std::vector<rocksdb::LiveFileMetaData> tables;
  database.db->GetLiveFilesMetaData(&tables);
  std::erase_if(tables, [](const auto& table) { return table.column_family_name != "log"; });
  std::sort(tables.begin(), tables.end(), [](const auto& left, const auto& right) {
    return left.smallestkey < right.smallestkey;
  });
  return tables;
}

OpenFailure unreadable(OpenError error, Position position, const RecordCursor& cursor) {
  auto reason = cursor.failure();
  if (reason.empty()) reason = fmt::format("no commit holds position {}", position);
  return {error, fmt::format("{}: {}", to_string(error), reason)};
}

OpenFailure faulty(OpenError error, Fault fault, Position position) {
  return {error, fmt::format("{}: {}", to_string(error), ChainVerifier::describe(fault, position))};
}

/// Each table file must go on where the one before it ends.
std::optional<OpenFailure> inspect_tables(const Database& database, RecordCursor& cursor,
                                          Position& last_commit) {
  ChainHasher hasher;
  Position next = 1;
  for (const auto& table : tables_of_log(database)) {
    const auto first = position_of_key(table.smallestkey);
    if (first != next)
      return OpenFailure{OpenError::missing_table,
                         fmt::format("{}: events {} to {} are in no table file",
                                     to_string(OpenError::missing_table), next, first - 1)};
    last_commit = position_of_key(table.largestkey);
    if (!cursor.seek(last_commit))
      return unreadable(OpenError::damaged_record, last_commit, cursor);
    const auto record = CommitRecord::parse(last_commit, cursor.bytes());
    if (!record || !record->verify(hasher))
      return faulty(OpenError::damaged_record, Fault::wrong_hash, last_commit);
    next = record->last_position() + 1;
  }
  return std::nullopt;
}

OpenError error_of(Fault fault) {
  switch (fault) {
    case Fault::gap:
      return OpenError::missing_wal;
    case Fault::wrong_link:
      return OpenError::broken_chain;
    default:
      return OpenError::damaged_record;
  }
}

/// Where the log ends, seen from the watermark.
struct Tail {
  Position head = 0;
  /// Hash of the commit that ends at the watermark, where one does.
  std::optional<ChainHash> hash_at_watermark;
  std::uint64_t commits_above_watermark = 0;
};

std::optional<OpenFailure> inspect_tail(RecordCursor& cursor, Position from,
                                        Position watermark_position, Tail& tail) {
  if (watermark_position == 0) tail.hash_at_watermark = ChainHash{};
  if (from > 1) --from;  // One commit earlier, so that the first one's link is verified, too.
  if (!cursor.seek(from)) {
    if (!cursor.failure().empty()) return unreadable(OpenError::damaged_record, from, cursor);
    // A log whose first commits are gone has a record above position 1.
    if (!cursor.seek(std::numeric_limits<Position>::max())) return std::nullopt;
    return faulty(OpenError::missing_wal, Fault::gap, from);
  }
  const auto start = cursor.first_position();
  ChainVerifier verifier(start, start == 1 ? std::optional(ChainHash{}) : std::nullopt);
  do {
    const auto first = cursor.first_position();
    if (const auto fault = verifier.check(first, cursor.bytes()); fault != Fault::none)
      return faulty(error_of(fault), fault, first);
    tail.head = verifier.record().last_position();
    if (tail.head == watermark_position) tail.hash_at_watermark = verifier.hash();
    if (tail.head > watermark_position) ++tail.commits_above_watermark;
  } while (cursor.next());
  if (!cursor.failure().empty())
    return unreadable(OpenError::damaged_record, verifier.next_position(), cursor);
  return std::nullopt;
}

/// The log ends before the watermark: why?
OpenError cause_of_loss(const LogFiles& files, rocksdb::Env* env) {
  if (!files.has_wal()) return OpenError::missing_wal;
  std::unique_ptr<Database> strict;
  const auto status =
      Database::open(files.database(), Database::Mode::read_only_strict, false, env, strict);
  return status.IsCorruption() ? OpenError::damaged_record : OpenError::lost_tail;
}

std::optional<OpenFailure> compare(const LogFiles& files, const Tail& tail,
                                   const Watermark& watermark, bool beside_a_writer,
                                   rocksdb::Env* env) {
  if (tail.head < watermark.position) {
    const auto cause = cause_of_loss(files, env);
    return OpenFailure{cause, fmt::format("{}: events {} to {} were acknowledged and are gone",
                                          to_string(cause), tail.head + 1, watermark.position)};
  }
  if (tail.hash_at_watermark != watermark.hash)
    return OpenFailure{
        OpenError::damaged_watermark,
        fmt::format("{}: it vouches for position {} with another hash than the log has",
                    to_string(OpenError::damaged_watermark), watermark.position)};
  // So many groups may be written and not vouched for when a process dies.
  if (tail.commits_above_watermark > commits_in_flight_max && !beside_a_writer)
    return OpenFailure{
        OpenError::damaged_watermark,
        fmt::format("{}: it is older than the log, which goes on for {} commits after position {}",
                    to_string(OpenError::damaged_watermark), tail.commits_above_watermark,
                    watermark.position)};
  return std::nullopt;
}

}  // namespace

std::optional<OpenFailure> inspect(const LogFiles& files, const Watermark& watermark,
                                   bool beside_a_writer, rocksdb::Env* env) {
  std::unique_ptr<Database> database;
  const auto status =
      Database::open(files.database(), Database::Mode::read_only, false, env, database);
  // A process that died while it made the log: families are missing, and nothing can be lost.
  if (status.IsInvalidArgument() && watermark.position == 0) return std::nullopt;
  if (!status.ok()) return failure_of(status);

  const auto cursor = open_cursor(*database, Access::random);
  Position last_commit_in_tables = 1;
  if (auto failure = inspect_tables(*database, *cursor, last_commit_in_tables)) return failure;
  const auto from = std::min(last_commit_in_tables, std::max<Position>(watermark.position, 1));
  Tail tail;
  if (auto failure = inspect_tail(*cursor, from, watermark.position, tail)) return failure;
  return compare(files, tail, watermark, beside_a_writer, env);
}

}  // namespace orrery
