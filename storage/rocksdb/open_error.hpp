#pragma once

#include <boost/system/error_code.hpp>

#include "storage/rocksdb/log_files.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {

/// Why `DirectoryLock::take` failed, told apart: another process is at work, or the directory can't
/// be written (a read-only file system, say).
OpenFailure not_locked(const LogFiles& files, const boost::system::error_code& reason);

}  // namespace orrery
