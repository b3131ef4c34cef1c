#include "drivers/runs/listening.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "drivers/runs/file_text.hpp"
#include "drivers/runs/process_table.hpp"

namespace orrery {
namespace {

/// "socket:[17]" for each socket that listens at the port.
std::set<std::string> sockets_at(std::uint16_t port) {
  const auto wanted = fmt::format(":{:04X}", port);
  std::set<std::string> found;
  for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::istringstream lines(read_file_text(table));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
      words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
          timeout >> inode;
      constexpr std::string_view listening = "0A";
      if (state == listening && local.ends_with(wanted))
        found.insert(fmt::format("socket:[{}]", inode));
    }
  }
  return found;
}

enum class Holding { no, yes, unknown };

Holding holds_one(std::int32_t pid, const std::set<std::string>& sockets) {
  std::error_code failure;
  auto entry = std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid), failure);
  if (failure == std::errc::permission_denied) return Holding::unknown;
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry->path(), gone);
    if (!gone && sockets.contains(target.string())) return Holding::yes;
  }
  return Holding::no;
}

}  // namespace

bool is_listening(std::int32_t ancestor, std::uint16_t port) {
  const auto sockets = sockets_at(port);
  const auto processes = descendants_of(ancestor);
  return std::ranges::any_of(processes, [&](const ProcessEntry& process) {
    return holds_one(process.identity.pid, sockets) != Holding::no;
  });
}

}  // namespace orrery
