#pragma once

#include <optional>

#include "storage/rocksdb/log_files.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/watermark.hpp"

namespace orrery {

/// Groups that a log may have begun and not finished.
inline constexpr std::size_t commits_in_flight_max = 3;

/// Looks at a log without changing a byte of it: do all files open, does the end of the chain
/// verify, and is everything there that the watermark vouches for?
///
/// Verified is what RocksDB recovers from its write-ahead log, and the last commit of every table
/// file with the place where the next one goes on. Bytes in the middle of a table file are verified
/// when they are read, and by `orrery log verify`.
///
/// `beside_a_writer`: a server may be appending, so the log may be far ahead of `watermark`, which
/// was read before.
std::optional<OpenFailure> inspect(const LogFiles& files, const Watermark& watermark,
                                   bool beside_a_writer, rocksdb::Env* env);

}  // namespace orrery
