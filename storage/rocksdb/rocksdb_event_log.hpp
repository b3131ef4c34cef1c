#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace rocksdb {
class Env;
}

namespace orrery {

/// Why a log can't be opened. Each has its own exit code, so that scripts can tell them apart. What
/// an open detects, and what only `orrery log verify` does, says docs/formats/detection.md.
enum class OpenError : std::uint8_t {
  /// The directory can't be created, read or written.
  directory_unusable,
  /// Another process has the log open.
  locked,
  /// The log has commits, but the file that vouches for them is gone.
  missing_watermark,
  /// No slot of the watermark verifies, or it vouches for another log than this.
  damaged_watermark,
  /// The write-ahead log is gone, and with it acknowledged events.
  missing_wal,
  /// A table file, or the list of them, is gone or has another size.
  missing_table,
  /// Acknowledged events at the end are gone: the write-ahead log was cut.
  lost_tail,
  /// Bytes of acknowledged events changed: a checksum doesn't match.
  damaged_record,
  /// A commit doesn't continue the one before it.
  broken_chain,
  /// Anything else that RocksDB reports.
  engine_failure,
};

struct OpenFailure {
  OpenError code = OpenError::engine_failure;
  /// For the operator: what is wrong, where, and the command that helps.
  std::string message;
};

std::string_view to_string(OpenError error);

/// Exit code of a program that couldn't open its log: 20 and up, one per error.
int exit_code(OpenError error);

[[noreturn]] void throw_exception_from_error(const OpenFailure& failure,
                                             const boost::source_location& location);

struct RocksDbOptions {
  /// Belongs to this log alone; created where missing.
  std::filesystem::path directory;
  /// How long to wait for another process to let go of the log.
  std::chrono::milliseconds lock_patience{0};
  /// Appends are refused with `disk_full` when fewer bytes would be left.
  std::uint64_t free_bytes_min = 256u << 20;
  /// Opens for reading, beside a running server too; commits answer `read_only`. Sees what was
  /// committed before the open.
  bool read_only = false;
  /// A part of the index goes to disk each time this many streams or command ids have changed.
  std::size_t index_run_entries_max = 256u << 10;
  /// … or after this many events, which bounds what an open has to scan.
  std::uint64_t index_run_events_max = 1u << 20;

  /// For tests: asks how many bytes are free (default: the file system), and where files live.
  std::function<std::uint64_t()> free_bytes = {};
  rocksdb::Env* env = nullptr;
};

/// Opens the log, verifies its end against the watermark, and changes nothing unless it verifies:
/// a damaged log stays as it is for `recover_log`.
boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_rocksdb_event_log(
    RocksDbOptions options);

/// What a recovery kept.
struct Recovery {
  /// Last position that the watermark vouched for; 0 where it couldn't be read.
  Position acknowledged_position = 0;
  /// Last position of the longest prefix whose chain verifies. The event that records the loss
  /// follows it.
  Position recovered_position = 0;
  /// The damaged files, moved aside and untouched.
  std::filesystem::path damaged_directory;
};

/// `orrery log recover --accept-loss`: keeps the longest prefix that verifies, moves the damaged
/// files aside and appends `LogLossAccepted`, so that the loss is part of the history.
boost::system::result<Recovery, OpenFailure> recover_log(const RocksDbOptions& options,
                                                         std::string_view reason, Time now);

}  // namespace orrery
