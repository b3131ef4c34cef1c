#include "cli/data_directory.hpp"

#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

FileFailure failure_at(const std::filesystem::path& file) {
  return {fmt::format("{}: {}", file.string(), std::strerror(errno))};
}

bool write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

void throw_exception_from_error(const FileFailure& failure, const boost::source_location&) {
  throw std::logic_error(failure.message);
}

boost::system::result<void, FileFailure> make_data_directory(const std::filesystem::path& data) {
  const auto absolute = std::filesystem::absolute(data).lexically_normal();
  const bool is_file = std::filesystem::exists(data) && !std::filesystem::is_directory(data);
  if (is_file) return FileFailure{fmt::format("{} is no directory", data.string())};
  if (!make_directories_durably(absolute.parent_path(), 0777)) return failure_at(data);
  if (!make_directories_durably(absolute, 0700)) return failure_at(data);
  return {};
}

boost::system::result<void, FileFailure> write_private_file(const std::filesystem::path& file,
                                                            std::string_view text) {
  auto unfinished = file;
  unfinished += ".unfinished";
  ::unlink(unfinished.c_str());  // Of a start that was cut short.
  const int descriptor =
      ::open(unfinished.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return failure_at(unfinished);
  const bool written = write_whole(descriptor, text);
  const auto failure = written ? FileFailure{} : failure_at(unfinished);
  ::close(descriptor);
  if (!written) return failure;
  if (::rename(unfinished.c_str(), file.c_str()) != 0) return failure_at(file);
  if (!sync_directory(std::filesystem::absolute(file).parent_path())) return failure_at(file);
  return {};
}

}  // namespace orrery
