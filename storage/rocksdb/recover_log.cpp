#include <fmt/format.h>

#include "events/codec.hpp"
#include "storage/directory_lock.hpp"
#include "storage/durable_directory.hpp"
#include "storage/rocksdb/database.hpp"
#include "storage/rocksdb/log_files.hpp"
#include "storage/rocksdb/open_error.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/watermark.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

OpenFailure failure(OpenError code, std::string message) { return {code, std::move(message)}; }

/// Opens what is left without changing it; where RocksDB refuses, lets it repair a copy made of
/// hard links and opens that.
rocksdb::Status open_remains(const LogFiles& files, const fs::path& copy, rocksdb::Env* env,
                             std::unique_ptr<Database>& remains) {
  if (fs::exists(files.current()) &&
      Database::open(files.database(), Database::Mode::read_only, false, env, remains).ok())
    return rocksdb::Status::OK();
  fs::create_directories(copy);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(files.database(), ignored)) {
    const auto extension = entry.path().extension();
    if (extension != ".sst" && extension != ".log") continue;
    fs::create_hard_link(entry.path(), copy / entry.path().filename());
  }
  const auto options = Database::database_options(Database::Mode::read_write, false, env);
  const auto status = rocksdb::RepairDB(copy, options, Database::descriptors());
  if (!status.ok()) return status;
  // Families that held nothing are not repaired, but made anew.
  return Database::open(copy, Database::Mode::read_write, true, env, remains);
}

/// Copies commits, byte for byte, as long as the chain verifies. Returns where it ends.
boost::system::result<Watermark, OpenFailure> copy_verified(const Database& remains,
                                                            const Database& fresh) {
  Watermark end;
  const auto cursor = open_cursor(remains, Access::random);
  ChainVerifier verifier(1, ChainHash{});
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  for (bool found = cursor->seek(1); found; found = cursor->next()) {
    const auto first = cursor->first_position();
    if (verifier.check(first, cursor->bytes()) != ChainVerifier::Fault::none) break;
    const auto status =
        fresh.db->Put(unlogged, fresh.family(Database::log), log_key(first), cursor->bytes());
    if (!status.ok()) return failure(OpenError::engine_failure, status.ToString());
    end = {verifier.record().last_position(), verifier.record().hash()};
  }
  const auto status = fresh.db->Flush({}, fresh.family(Database::log));
  if (!status.ok()) return failure(OpenError::engine_failure, status.ToString());
  return end;
}

fs::path damaged_directory(const fs::path& directory, int number) {
  return directory / fmt::format("damaged-{}", number);
}

/// A number for the damaged files that no earlier recovery has taken.
int next_damaged_number(const fs::path& directory) {
  int number = 1;
  while (fs::exists(damaged_directory(directory, number))) ++number;
  return number;
}

void move(const fs::path& from, const fs::path& to) {
  fs::rename(from, to);
  if (!sync_directory(from.parent_path()) || !sync_directory(to.parent_path()))
    throw fs::filesystem_error("sync", to, std::make_error_code(std::errc::io_error));
}

/// Puts the recovered log in place, which holds the event about the loss already. Killed at any
/// point, the log either refuses to open as before, or is recovered: while the database is one and
/// the watermark the other, they don't fit.
void swap_in(const LogFiles& files, const LogFiles& recovered, const fs::path& damaged) {
  fs::create_directories(damaged);
  if (fs::exists(files.watermark()))
    fs::copy_file(files.watermark(), damaged / "watermark", fs::copy_options::overwrite_existing);
  else  // Keeps an interrupted recovery from looking like a directory without a log.
    WatermarkFile::create(files.watermark(), {std::numeric_limits<Position>::max(), {}});
  if (files.has_database()) move(files.database(), damaged / "db");
  move(recovered.database(), files.database());
  move(recovered.watermark(), files.watermark());
}

fs::path newest_damaged(const LogFiles& files) {
  return damaged_directory(files.directory, next_damaged_number(files.directory) - 1);
}

/// A recovery that was killed before its last rename but one left the damaged database aside.
void take_back(const LogFiles& files) {
  const auto aside = newest_damaged(files) / "db";
  if (!files.has_database() && fs::exists(aside)) move(aside, files.database());
}

/// One that was killed before its last rename left its watermark behind. What it kept, then.
std::optional<Recovery> finish_interrupted(const LogFiles& files, const LogFiles& recovered) {
  if (!files.has_database() || recovered.has_database()) return std::nullopt;
  const auto vouched = WatermarkFile::open(recovered.watermark(), false);
  if (!vouched) return std::nullopt;
  Recovery recovery;
  recovery.recovered_position = (*vouched)->current().position - 1;
  recovery.damaged_directory = newest_damaged(files);
  if (const auto old = WatermarkFile::open(recovery.damaged_directory / "watermark", false))
    recovery.acknowledged_position = (*old)->current().position;
  move(recovered.watermark(), files.watermark());
  fs::remove_all(recovered.directory);
  return recovery;
}

boost::system::result<void, OpenFailure> append_loss(const RocksDbOptions& options,
                                                     const Recovery& recovery,
                                                     std::string_view reason, Time now) {
  auto log = open_rocksdb_event_log(options);
  if (!log) return log.error();
  const Event event = LogLossAccepted{recovery.acknowledged_position, recovery.recovered_position,
                                      std::string(reason)};
  std::string payload;
  encode(event, payload);
  constexpr std::string_view stream = "log/recovery";
  Append append{stream, (*log)->version_of(stream), {"operator", 0, "log recover"}, {}, {}};
  append.events.push_back({tag_of(event), version_of(event), payload});
  const auto result = (*log)->commit({&append, 1}, now).front();
  if (!result) return failure(OpenError::engine_failure, std::string(to_string(result.error())));
  return {};
}

/// Copies what verifies into a log of its own, and ends it with the event about the loss.
boost::system::result<void, OpenFailure> make_recovered(const RocksDbOptions& options,
                                                        const fs::path& salvage,
                                                        const LogFiles& recovered,
                                                        std::string_view reason, Time now,
                                                        Recovery& recovery) {
  Watermark end;
  {
    std::unique_ptr<Database> remains;
    std::unique_ptr<Database> fresh;
    auto status = open_remains(LogFiles{options.directory}, salvage, options.env, remains);
    if (status.ok())
      status = Database::open(recovered.database(), Database::Mode::read_write, true, options.env,
                              fresh);
    if (!status.ok()) return failure(OpenError::engine_failure, status.ToString());
    const auto copied = copy_verified(*remains, *fresh);
    if (!copied) return copied.error();
    end = *copied;
  }
  if (!WatermarkFile::create(recovered.watermark(), end))
    return failure(OpenError::directory_unusable, "the watermark can't be written");
  recovery.recovered_position = end.position;
  auto of_recovered = options;
  of_recovered.directory = recovered.directory;
  return append_loss(of_recovered, recovery, reason, now);
}

boost::system::result<Recovery, OpenFailure> recover_locked(const RocksDbOptions& options,
                                                            std::string_view reason, Time now) {
  const LogFiles files{options.directory};
  const LogFiles recovered{options.directory / "recovered"};
  const auto salvage = options.directory / "salvage";
  if (const auto finished = finish_interrupted(files, recovered)) return *finished;
  take_back(files);
  fs::remove_all(salvage);
  fs::remove_all(recovered.directory);
  fs::create_directories(recovered.directory);
  Recovery recovery;
  if (const auto watermark = WatermarkFile::open(files.watermark(), false))
    recovery.acknowledged_position = (*watermark)->current().position;
  const auto made = make_recovered(options, salvage, recovered, reason, now, recovery);
  if (!made) return made.error();
  recovery.damaged_directory =
      damaged_directory(files.directory, next_damaged_number(files.directory));
  swap_in(files, recovered, recovery.damaged_directory);
  fs::remove_all(salvage);
  fs::remove_all(recovered.directory);
  return recovery;
}

}  // namespace

boost::system::result<Recovery, OpenFailure> recover_log(const RocksDbOptions& options,
                                                         std::string_view reason, Time now) try {
  const LogFiles files{options.directory};
  if (!files.has_database() && !fs::exists(files.watermark()))
    return failure(OpenError::directory_unusable,
                   fmt::format("there is no log in {}", options.directory.string()));
  auto lock = DirectoryLock::take(files.lock());
  if (!lock) return not_locked(files, lock.error());
  return recover_locked(options, reason, now);
} catch (const fs::filesystem_error& error) {
  return failure(OpenError::directory_unusable, error.what());
}

}  // namespace orrery
