#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "storage/descriptor.hpp"

namespace orrery {

/// This program again, with other arguments: a run of a bench, or a server that is to be measured.
/// Its standard error is ours, or a file. It is killed with this object where it still runs.
class ChildProcess {
 public:
  /// Throws where it can't be started. `error_file`: empty for our standard error.
  explicit ChildProcess(const std::vector<std::string>& arguments,
                        const std::filesystem::path& error_file = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The next line of its standard output without the newline; nothing at its end.
  std::optional<std::string> read_line();

  /// Waits for its end: the exit code, or 128 and the signal that ended it.
  int wait();
  /// SIGTERM, then waits.
  int stop();

 private:
  pid_t pid_ = 0;
  Descriptor output_;
  std::string unread_;
};

}  // namespace orrery
