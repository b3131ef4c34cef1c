#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "events/service_events.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// One stream of a process's output, kept in a file and the one before it ("….log.1"): together the
/// end of it, at most `bytes_max` long.
class OutputLog {
 public:
  OutputLog(std::filesystem::path file, std::uint64_t bytes_max);

  /// What can't be written, for want of room, is lost: the process must not wait for it.
  void write(std::string_view text);

 private:
  void open();

  std::filesystem::path file_;
  std::uint64_t file_bytes_max_;
  std::uint64_t written_ = 0;
  Descriptor out_;
};

/// Looks in every line of a stream for what says how far the service is.
class StageWatch {
 public:
  explicit StageWatch(const std::vector<LogPattern>& patterns) : patterns_(patterns) {}

  /// The stages that the lines in `text`, which goes on where the last one ended, tell for the
  /// first time. A line that isn't finished tells already.
  std::vector<ServiceStage> take(std::string_view text);

 private:
  std::vector<LogPattern> patterns_;
  std::set<ServiceStage> told_;
  /// The end of what was taken, as far as a pattern may begin in it.
  std::string rest_;
};

}  // namespace orrery
