#include "storage/rocksdb/open_error.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "storage/directory_lock.hpp"

namespace orrery {

std::string_view to_string(OpenError error) {
  switch (error) {
    case OpenError::directory_unusable:
      return "the log's directory can't be used";
    case OpenError::locked:
      return "another process has the log open";
    case OpenError::missing_watermark:
      return "the watermark is missing";
    case OpenError::damaged_watermark:
      return "the watermark is damaged";
    case OpenError::missing_wal:
      return "a write-ahead log is missing";
    case OpenError::missing_table:
      return "a table file is missing or cut";
    case OpenError::lost_tail:
      return "the end of the log is lost";
    case OpenError::damaged_record:
      return "stored bytes have changed";
    case OpenError::broken_chain:
      return "the chain of commits is broken";
    case OpenError::engine_failure:
      return "RocksDB can't open the log";
  }
  return "open error";
}

OpenFailure not_locked(const LogFiles& files, const boost::system::error_code& reason) {
  if (reason == boost::system::errc::operation_would_block)
    return {OpenError::locked, fmt::format("{}: process {}", to_string(OpenError::locked),
                                           DirectoryLock::holder_of(files.lock()))};
  return {OpenError::directory_unusable,
          fmt::format("{}: {}: {}", to_string(OpenError::directory_unusable), files.lock().string(),
                      reason.message())};
}

int exit_code(OpenError error) {
  constexpr int first = 20;
  return first + static_cast<int>(error);
}

void throw_exception_from_error(const OpenFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

}  // namespace orrery
