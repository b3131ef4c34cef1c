#include "drivers/runs/record_file.hpp"

#include <array>
#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/descriptor.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

/// Nobody else's, on whichever host that has the directory.
std::filesystem::path unfinished_name(std::filesystem::path file) {
  static std::atomic<std::uint64_t> count{0};
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  return file += fmt::format(".{}.{}.{}", host.data(), ::getpid(), ++count);
}

/// The file has the text durably, for its owner only; its name isn't durable.
bool write_new_file(const std::filesystem::path& file, std::string_view text) {
  const Descriptor out(::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
                              S_IRUSR | S_IWUSR));
  return out && write_all(out.get(), text) && ::fsync(out.get()) == 0;
}

/// Some file systems know no links between files; there the one who looks first wins.
bool link_or_rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0 || errno == EEXIST) return true;
  const bool has_links = errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS;
  if (has_links) return false;
  return ::access(to.c_str(), F_OK) == 0 || ::rename(from.c_str(), to.c_str()) == 0;
}

/// `errno` is that of the failure.
void drop_unfinished(const std::filesystem::path& file) {
  const auto reason = errno;
  ::unlink(file.c_str());
  errno = reason;
}

}  // namespace

bool write_record_text(const std::filesystem::path& file, std::string_view text) {
  const auto unfinished = unfinished_name(file);
  if (write_new_file(unfinished, text) && ::rename(unfinished.c_str(), file.c_str()) == 0)
    return sync_directory(file.parent_path());
  drop_unfinished(unfinished);
  return false;
}

bool write_first_record_text(const std::filesystem::path& file, std::string_view text) {
  const auto unfinished = unfinished_name(file);
  const bool is_there = write_new_file(unfinished, text) && link_or_rename(unfinished, file);
  drop_unfinished(unfinished);
  return is_there && sync_directory(file.parent_path());
}

}  // namespace orrery
