#include "drivers/runs/run_logs.hpp"

#include <algorithm>

#include <unistd.h>

#include "drivers/runs/plain_file.hpp"
#include "drivers/runs/run_directory.hpp"

namespace orrery {
namespace {

/// The end of a file, at most so long.
std::optional<std::string> end_of(const std::filesystem::path& file, std::size_t bytes_max) {
  const auto in = open_plain_file(file);
  const auto size = in ? ::lseek(in.get(), 0, SEEK_END) : -1;
  if (size < 0) return std::nullopt;
  std::string text(std::min(static_cast<std::size_t>(size), bytes_max), '\0');
  const auto count =
      ::pread(in.get(), text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::optional<std::string> end_of_log(const std::filesystem::path& file, std::size_t bytes_max) {
  const auto last = end_of(file, bytes_max);
  if (!last) return std::nullopt;
  auto text = *last;
  if (text.size() < bytes_max) {
    auto before = file;
    before += ".1";
    text = end_of(before, bytes_max - text.size()).value_or("") + text;
  }
  if (text.size() < bytes_max) return text;
  const auto line = text.find('\n');  // The first line has lost its beginning.
  return line == std::string::npos ? text : text.substr(line + 1);
}

}  // namespace

RunLogs read_run_logs(const std::filesystem::path& directory, std::string_view service_id,
                      std::uint64_t fence, std::size_t bytes_max) {
  const auto run = RunDirectory::of(directory, service_id, fence);
  return {end_of_log(run.log("out"), bytes_max), end_of_log(run.log("err"), bytes_max)};
}

}  // namespace orrery
