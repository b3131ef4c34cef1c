#include "storage/rocksdb/rocksdb_event_log.hpp"

#include <fmt/format.h>

#include "storage/directory_lock.hpp"
#include "storage/rocksdb/engine.hpp"
#include "storage/rocksdb/inspection.hpp"
#include "storage/rocksdb/open_error.hpp"
#include "storage/watermark.hpp"

namespace orrery {
namespace {

OpenFailure damage(OpenError error, std::string_view detail) {
  return {error, fmt::format("{}: {}", to_string(error), detail)};
}

/// Ends the message with what to do about it.
OpenFailure with_advice(OpenFailure failure, const RocksDbOptions& options) {
  const bool may_be_lost = failure.code != OpenError::directory_unusable &&
                           failure.code != OpenError::locked &&
                           failure.code != OpenError::engine_failure;
  failure.message += fmt::format(" (log in {})", options.directory.string());
  if (may_be_lost)
    failure.message +=
        ". Nothing was changed. Restore the files from a backup, or keep what verifies with "
        "`orrery log recover --accept-loss`";
  return failure;
}

/// Makes an empty log where there is none. The watermark comes first: a database without one is
/// damage.
std::optional<OpenFailure> prepare_directory(const LogFiles& files, const RocksDbOptions& options) {
  std::error_code failure;
  if (!options.read_only) std::filesystem::create_directories(files.directory, failure);
  if (failure) return damage(OpenError::directory_unusable, failure.message());
  const bool empty = !files.has_database() && !std::filesystem::exists(files.watermark());
  if (!empty) return std::nullopt;
  if (options.read_only) return damage(OpenError::directory_unusable, "there is no log");
  if (WatermarkFile::create(files.watermark(), {})) return std::nullopt;
  return damage(OpenError::directory_unusable, "the watermark can't be created");
}

boost::system::result<std::unique_ptr<WatermarkFile>, OpenFailure> open_watermark(
    const LogFiles& files, bool writable) {
  auto watermark = WatermarkFile::open(files.watermark(), writable);
  if (watermark) return *std::move(watermark);
  switch (watermark.error()) {
    case WatermarkFile::Error::missing:
      return damage(OpenError::missing_watermark, "nothing says how far the log was acknowledged");
    case WatermarkFile::Error::damaged:
      return damage(OpenError::damaged_watermark, "neither of its slots verifies");
    case WatermarkFile::Error::unusable:
      break;
  }
  return damage(OpenError::directory_unusable, "the watermark can't be opened");
}

boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_locked(
    RocksDbOptions options, std::unique_ptr<DirectoryLock> lock) {
  const LogFiles files{options.directory};
  auto watermark = open_watermark(files, !options.read_only);
  if (!watermark) return watermark.error();
  const auto vouched = (*watermark)->current();
  const bool exists = std::filesystem::exists(files.current());
  if (!exists && vouched.position > 0)
    return damage(OpenError::missing_table,
                  fmt::format("RocksDB's list of files is gone, and with it events 1 to {}",
                              vouched.position));
  if (exists)
    if (auto failure = inspect(files, vouched, options.read_only, options.env)) return *failure;

  std::unique_ptr<Database> database;
  const auto mode = options.read_only ? Database::Mode::read_only : Database::Mode::read_write;
  const auto status =
      Database::open(files.database(), mode, vouched.position == 0, options.env, database);
  if (!status.ok()) return damage(OpenError::engine_failure, status.ToString());
  auto log = std::make_unique<RocksDbEventLog>(std::move(options), std::move(lock),
                                               *std::move(watermark), std::move(database));
  if (auto failure = log->load()) return *failure;
  return std::unique_ptr<EventLog>(std::move(log));
}

}  // namespace

boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_rocksdb_event_log(
    RocksDbOptions options) {
  const LogFiles files{options.directory};
  if (auto failure = prepare_directory(files, options)) return with_advice(*failure, options);
  std::unique_ptr<DirectoryLock> lock;
  if (!options.read_only) {
    auto taken = DirectoryLock::take(files.lock(), options.lock_patience);
    if (!taken) return with_advice(not_locked(files, taken.error()), options);
    lock = std::move(*taken);
  }
  auto log = open_locked(options, std::move(lock));
  // Beside a writer, files may be replaced between the look at their list and their opening.
  for (int attempt = 0; attempt < 3 && !log && options.read_only; ++attempt)
    log = open_locked(options, nullptr);
  if (!log) return with_advice(log.error(), options);
  return log;
}

}  // namespace orrery
