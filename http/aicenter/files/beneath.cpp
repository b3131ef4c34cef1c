#include "http/aicenter/files/beneath.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace orrery::aicenter {
namespace {

constexpr unsigned folder_mode = 0700;
/// The kernel answers EAGAIN where things moved while it looked.
constexpr int attempt_count_max = 16;

int openat2_beneath(int folder, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<__u64>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0; attempt < attempt_count_max; ++attempt) {
    const auto opened = ::syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (opened >= 0 || errno != EAGAIN) return static_cast<int>(opened);
  }
  return -1;
}

}  // namespace

Descriptor open_beneath(int folder, const std::string& path, int flags) {
  Descriptor opened(openat2_beneath(folder, path.empty() ? "." : path.c_str(), flags));
  if (!opened && (errno == ENOSYS || errno == EPERM)) return open_step_by_step(folder, path, flags);
  return opened;
}

Descriptor open_step_by_step(int folder, const std::string& path, int flags) {
  constexpr int step_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Descriptor here(::openat(folder, ".", step_flags));
  for (std::size_t from = 0; here;) {
    const auto end = path.find('/', from);
    const auto name = path.empty() ? std::string(".") : path.substr(from, end - from);
    if (end == std::string::npos)
      return Descriptor(::openat(here.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
    here = Descriptor(::openat(here.get(), name.c_str(), step_flags));
    from = end + 1;
  }
  return here;
}

FileResult<Descriptor> open_folder(int folder, const std::string& path, bool make) {
  constexpr int flags = O_RDONLY | O_DIRECTORY;
  auto opened = open_beneath(folder, path, flags);
  if (!opened && errno == ENOENT && make) {
    const auto slash = path.rfind('/');
    auto above = slash == std::string::npos
                     ? FileResult<Descriptor>(open_beneath(folder, {}, flags))
                     : open_folder(folder, path.substr(0, slash), true);
    if (!above) return above.error();
    const auto name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (::mkdirat(above->get(), name.c_str(), folder_mode) != 0 && errno != EEXIST)
      return problem_of(errno);
    ::fsync(above->get());
    opened = open_beneath(above->get(), name, flags);
  }
  if (!opened) return problem_of(errno);
  return opened;
}

FileProblem problem_of(int error) {
  switch (error) {
    case ENOENT:
      return FileProblem::path_does_not_exist;
    case EEXIST:
      return FileProblem::path_exists_already;
    // A symbolic link says ELOOP, a way out EXDEV.
    case ENOTDIR:
    case ELOOP:
    case EXDEV:
      return FileProblem::not_a_folder;
    case EISDIR:
    case ENXIO:
      return FileProblem::not_a_file;
    case ENOTEMPTY:
      return FileProblem::folder_is_not_empty;
    case ENAMETOOLONG:
    case EINVAL:
      return FileProblem::name_is_not_allowed;
    case ENOSPC:
    case EDQUOT:
      return FileProblem::disk_is_full;
    default:
      return FileProblem::disk_failed;
  }
}

}  // namespace orrery::aicenter
