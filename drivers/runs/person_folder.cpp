#include "drivers/runs/person_folder.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "storage/durable_directory.hpp"

namespace orrery {

std::filesystem::path person_folder(const std::filesystem::path& homes, std::string_view user) {
  if (homes.empty() || user.empty() || user == "." || user == ".." ||
      user.find('/') != std::string_view::npos || user.find('\0') != std::string_view::npos)
    return {};
  auto folder = homes / user;
  return make_directories_durably(folder, S_IRWXU) ? folder : std::filesystem::path();
}

std::optional<std::string> place_in_folder(const std::filesystem::path& folder,
                                           std::string_view base, std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return std::nullopt;
  const std::filesystem::path wanted(path);
  const auto whole = (wanted.is_absolute() ? wanted : folder / base / wanted).lexically_normal();
  const auto place = whole.lexically_relative(folder.lexically_normal()).string();
  if (place.empty() || place == ".." || place.starts_with("../")) return std::nullopt;
  return place;
}

Descriptor open_in_folder(const std::filesystem::path& folder, const std::string& place, int flags,
                          std::uint32_t mode) {
  const Descriptor root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return Descriptor();
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return Descriptor(
      static_cast<int>(::syscall(SYS_openat2, root.get(), place.c_str(), &how, sizeof how)));
}

}  // namespace orrery
