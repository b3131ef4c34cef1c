#pragma once

#include <filesystem>

#include <boost/system/result.hpp>

#include "sim/fork/log_copy.hpp"

namespace orrery {

struct ForkDirectoryWish {
  Position position = 0;
  /// The data directory of the original, for its keys.
  std::filesystem::path from;
  /// Must not be there yet.
  std::filesystem::path into;
  bool with_keys = false;
  std::string reason;
};

/// Makes a data directory that a server can serve: the log up to the position, then `LogForked`,
/// and each webhook is paused. It appears whole or not at all. Keys come along only where they are
/// wished: of persons, of which otherwise nothing can be opened, and of the edge, without which
/// their mail addresses aren't recognised.
boost::system::result<LogCopy, ForkFailure> make_fork_directory(
    const EventLog& original, const ForkDirectoryWish& wish,
    const std::function<void(Position)>& progress);

}  // namespace orrery
