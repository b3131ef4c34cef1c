#include "drivers/runs/plain_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace orrery {
namespace {

Descriptor open_directory_of(const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : ".";
  return Descriptor(
      ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace

Descriptor open_plain_file(const std::filesystem::path& file) {
  const auto directory = open_directory_of(file);
  if (!directory) return Descriptor();
  Descriptor found(::openat(directory.get(), file.filename().c_str(),
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat about {};
  if (!found || ::fstat(found.get(), &about) != 0 || !S_ISREG(about.st_mode)) return Descriptor();
  return found;
}

std::optional<std::string> read_plain_file(const std::filesystem::path& file,
                                           std::size_t bytes_max) {
  const auto in = open_plain_file(file);
  if (!in) return std::nullopt;
  std::string text;
  std::array<char, 4'096> buffer{};
  for (;;) {
    const auto count = ::read(in.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max) return std::nullopt;
  }
}

Descriptor open_plain_directory(const std::filesystem::path& directory) {
  const auto parent = open_directory_of(directory);
  return Descriptor(parent ? ::openat(parent.get(), directory.filename().c_str(),
                                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                           : -1);
}

bool has_entry(const std::filesystem::path& file) {
  const auto directory = open_directory_of(file);
  return directory &&
         ::faccessat(directory.get(), file.filename().c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

}  // namespace orrery
