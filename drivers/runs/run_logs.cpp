#include "drivers/runs/run_logs.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "drivers/runs/run_directory.hpp"

namespace orrery {
namespace {

/// The end of a file, at most so long.
std::string end_of(const std::filesystem::path& file, std::size_t bytes_max) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return "";
  const auto size = static_cast<std::size_t>(in.tellg());
  const auto length = std::min(size, bytes_max);
  in.seekg(static_cast<std::streamoff>(size - length));
  std::string text(length, '\0');
  in.read(text.data(), static_cast<std::streamsize>(length));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::optional<std::string> end_of_log(const std::filesystem::path& file, std::size_t bytes_max) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) return std::nullopt;
  auto text = end_of(file, bytes_max);
  if (text.size() < bytes_max) {
    auto before = file;
    before += ".1";
    text = end_of(before, bytes_max - text.size()) + text;
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
