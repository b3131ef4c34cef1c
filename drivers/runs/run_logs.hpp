#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

/// What a service's process wrote. Absent where it hasn't been started, or isn't kept any more.
struct RunLogs {
  std::optional<std::string> out;
  std::optional<std::string> err;
};

/// The end of each log, at most so many bytes of it, from a whole line on. Reads files: not from an
/// event loop that must not block. `directory` is `RunConfiguration::directory`.
RunLogs read_run_logs(const std::filesystem::path& directory, std::string_view service_id,
                      std::uint64_t fence, std::size_t bytes_max);

}  // namespace orrery
