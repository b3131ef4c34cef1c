#include "cli/data_directory.hpp"

#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool sync_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

void throw_exception_from_error(const FileFailure& failure, const boost::source_location&) {
  throw std::logic_error(failure.message);
}

boost::system::result<void, FileFailure> make_data_directory(const std::filesystem::path& data) {
  if (data.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(data.parent_path(), error);
    if (error) return FileFailure{fmt::format("{}: {}", data.string(), error.message())};
  }
  if (::mkdir(data.c_str(), 0700) != 0 && errno != EEXIST) return failure_at(data);
  if (!std::filesystem::is_directory(data))
    return FileFailure{fmt::format("{} is no directory", data.string())};
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
