#include "drivers/runs/process_table.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>

#include "drivers/runs/control_group.hpp"
#include "drivers/runs/file_text.hpp"

namespace orrery {
namespace {

/// "pid (name) state parent group session …": the name may hold anything, parentheses too.
std::optional<ProcessEntry> parse_stat(std::int32_t pid, const std::string& stat) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(stat.substr(name_end + 1));
  ProcessEntry entry;
  entry.identity.pid = pid;
  char state = 0;
  std::int32_t group = 0;
  rest >> state >> entry.parent >> group >> entry.session;
  constexpr int fields_between = 15;
  std::string skipped;
  for (int i = 0; i < fields_between; ++i) rest >> skipped;
  rest >> entry.identity.start_ticks;
  entry.is_zombie = state == 'Z' || state == 'X';
  if (!rest) return std::nullopt;
  return entry;
}

/// Whether NAME=value is among the variables that the process was started with.
bool has_variable(std::int32_t pid, std::string_view entry) {
  const auto environment = read_file_text(fmt::format("/proc/{}/environ", pid));
  for (std::size_t at = 0; at < environment.size();) {
    const auto end = std::min(environment.find('\0', at), environment.size());
    if (std::string_view(environment).substr(at, end - at) == entry) return true;
    at = end + 1;
  }
  return false;
}

/// Whether a process is in the session of this leader. The number of a session isn't given again
/// while it has members; what is in it and older than the leader belongs to an earlier one.
bool is_in_session_of(const ProcessIdentity& leader, const ProcessEntry& process) {
  return leader.pid > 0 && process.session == leader.pid &&
         process.identity.start_ticks >= leader.start_ticks;
}

}  // namespace

std::optional<ProcessEntry> find_process(std::int32_t pid) {
  return parse_stat(pid, read_file_text(fmt::format("/proc/{}/stat", pid)));
}

std::vector<ProcessEntry> list_processes() {
  std::vector<ProcessEntry> found;
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator("/proc", failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    const auto name = entry->path().filename().string();
    std::int32_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    if (auto process = find_process(pid)) found.push_back(*process);
  }
  return found;
}

std::vector<ProcessEntry> descendants_of(std::int32_t pid) {
  std::multimap<std::int32_t, ProcessEntry> by_parent;
  for (const auto& process : list_processes()) by_parent.emplace(process.parent, process);
  std::vector<ProcessEntry> found;
  std::vector<std::int32_t> open{pid};
  while (!open.empty()) {
    const auto [first, last] = by_parent.equal_range(open.back());
    open.pop_back();
    for (auto child = first; child != last; ++child) {
      open.push_back(child->second.identity.pid);
      if (!child->second.is_zombie) found.push_back(child->second);
    }
  }
  return found;
}

std::string boot_id() {
  auto id = read_file_text("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

double seconds_since_start(const ProcessIdentity& process) {
  double uptime = 0;
  std::istringstream(read_file_text("/proc/uptime")) >> uptime;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return std::max(0.0, uptime - static_cast<double>(process.start_ticks) / ticks);
}

Descriptor watch_process(const ProcessIdentity& process) {
  Descriptor watched(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  const auto known = find_process(process.pid);  // Looked up after the number was pinned.
  if (!watched || !known || known->identity != process || known->is_zombie) return Descriptor();
  return watched;
}

bool signal_process(const ProcessIdentity& process, int signal) {
  const auto watched = watch_process(process);
  return watched && ::syscall(SYS_pidfd_send_signal, watched.get(), signal, nullptr, 0) == 0;
}

void wait_until_readable(int descriptor, std::chrono::milliseconds timeout) {
  pollfd wanted{descriptor, POLLIN, 0};
  ::poll(&wanted, 1, static_cast<int>(timeout.count()));
}

std::set<std::string> marked_runs(const std::string& parent) {
  const auto beginning = fmt::format("{}={}/", run_mark, parent);
  std::set<std::string> found;
  for (const auto& process : list_processes()) {
    const auto text = read_file_text(fmt::format("/proc/{}/environ", process.identity.pid));
    const auto start = text.starts_with(beginning) ? 0 : text.find('\0' + beginning) + 1;
    if (start == 0 && !text.starts_with(beginning)) continue;
    const auto entry = text.substr(start, text.find('\0', start) - start);
    found.insert(entry.substr(run_mark.size() + 1));
  }
  return found;
}

bool kill_leftovers(const std::string& run_directory, const ProcessIdentity& leader,
                    const std::string& control_group) {
  const auto mark = fmt::format("{}={}", run_mark, run_directory);
  bool is_empty = !kill_control_group(control_group);
  const auto known = find_process(leader.pid);
  const bool has_session = !known || known->identity == leader;
  for (const auto& process : list_processes()) {
    if (process.is_zombie) continue;
    const bool is_member = has_session && is_in_session_of(leader, process);
    if (!is_member && !has_variable(process.identity.pid, mark)) continue;
    is_empty = false;
    signal_process(process.identity, SIGKILL);
  }
  return is_empty;
}

}  // namespace orrery
