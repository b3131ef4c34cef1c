#include "drivers/runs/control_group.hpp"

#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "drivers/runs/file_text.hpp"
#include "storage/descriptor.hpp"

namespace orrery {
namespace {

/// A kernel file takes a word in one write, or not.
bool put(const std::string& file, std::string_view word) {
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return out && ::write(out.get(), word.data(), word.size()) == static_cast<ssize_t>(word.size());
}

bool has_word(const std::string& text, std::string_view wanted) {
  std::istringstream words(text);
  for (std::string word; words >> word;)
    if (word == wanted) return true;
  return false;
}

/// Where this process goes when it stands in the way of controllers.
constexpr std::string_view own_place = "/orrery-server";

/// Of this process, in the one hierarchy of version 2; empty where there is none.
std::string own_group() {
  std::string path;
  std::istringstream groups(read_file_text("/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with("0::")) path = line.substr(3);
  std::istringstream mounts(read_file_text("/proc/self/mounts"));
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string device, target, type;
    words >> device >> target >> type;
    if (type != "cgroup2" || path.empty()) continue;
    if (path.ends_with(own_place)) path.resize(path.size() - own_place.size());
    return path == "/" ? target : target + path;
  }
  return "";
}

void pass_controllers_on(const std::string& group) {
  const auto known = read_file_text(group + "/cgroup.controllers");
  for (const std::string_view controller : {"memory", "cpu", "pids"})
    if (has_word(known, controller))
      put(group + "/cgroup.subtree_control", fmt::format("+{}", controller));
}

bool passes_memory_on(const std::string& group) {
  return !has_word(read_file_text(group + "/cgroup.controllers"), "memory") ||
         has_word(read_file_text(group + "/cgroup.subtree_control"), "memory");
}

}  // namespace

std::string prepare_control_groups(const std::string& name) {
  const auto own = own_group();
  if (own.empty() || ::access(own.c_str(), W_OK) != 0) return "";
  pass_controllers_on(own);
  if (!passes_memory_on(own)) {
    const auto aside = own + std::string(own_place);
    ::mkdir(aside.c_str(), 0755);
    if (put(aside + "/cgroup.procs", "0")) pass_controllers_on(own);
    if (!passes_memory_on(own)) put(own + "/cgroup.procs", "0");
  }
  const auto group = own + "/" + name;
  if (::mkdir(group.c_str(), 0755) != 0 && errno != EEXIST) return "";
  pass_controllers_on(group);
  return ::access((group + "/cgroup.procs").c_str(), W_OK) == 0 ? group : "";
}

ControlGroupLimits make_control_group(const std::string& group, std::uint32_t cpu_count,
                                      std::uint32_t memory_mib) {
  constexpr std::uint64_t period_us = 100'000, tasks_max = 16'384;
  if (group.empty()) return {};
  ::mkdir(group.c_str(), 0755);
  put(group + "/pids.max", std::to_string(tasks_max));
  put(group + "/memory.oom.group", "1");
  ControlGroupLimits limits;
  limits.memory = memory_mib != 0 &&
                  put(group + "/memory.max", std::to_string(std::uint64_t{memory_mib} << 20));
  limits.cpu = cpu_count != 0 &&
               put(group + "/cpu.max", fmt::format("{} {}", cpu_count * period_us, period_us));
  return limits;
}

void join_control_group(const std::string& group) {
  if (!group.empty()) put(group + "/cgroup.procs", "0");
}

bool ran_out_of_memory(const std::string& group) {
  if (group.empty()) return false;
  std::istringstream events(read_file_text(group + "/memory.events"));
  std::string name;
  for (std::uint64_t count = 0; events >> name >> count;)
    if (name == "oom_kill" && count > 0) return true;
  return false;
}

bool kill_control_group(const std::string& group) {
  if (group.empty() || read_file_text(group + "/cgroup.procs").empty()) return false;
  put(group + "/cgroup.kill", "1");
  return true;
}

void remove_control_group(const std::string& group) {
  if (!group.empty()) ::rmdir(group.c_str());
}

}  // namespace orrery
