#include "cli/machine_facts.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <boost/algorithm/string/trim.hpp>

#include "drivers/local_process/host_resources.hpp"

namespace orrery {

namespace {

std::string read_file(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What stands behind `name` and the sign, on the first line that begins so.
std::string field_of(std::string_view text, std::string_view name, char sign) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto at = line.find(sign);
    if (at == std::string_view::npos) continue;
    if (boost::algorithm::trim_copy(std::string(line.substr(0, at))) != name) continue;
    return boost::algorithm::trim_copy(std::string(line.substr(at + 1)));
  }
  return {};
}

/// Two decimals: GiB of bytes.
double gib_of(double bytes) { return std::round(bytes / (1u << 30) * 100) / 100; }

std::string or_else(std::string text, std::string_view otherwise) {
  return text.empty() ? std::string(otherwise) : text;
}

void name_system(AgentMachine& machine) {
  const auto release = read_file("/etc/os-release");
  utsname system{};
  ::uname(&system);
  machine.os_name = or_else(os_release_field(release, "NAME"), or_else(system.sysname, "unknown"));
  machine.os_version =
      or_else(os_release_field(release, "VERSION_ID"), or_else(system.release, "unknown"));
}

}  // namespace

std::string cpuinfo_field(std::string_view text, std::string_view name) {
  return field_of(text, name, ':');
}

std::string os_release_field(std::string_view text, std::string_view name) {
  auto value = field_of(text, name, '=');
  boost::algorithm::trim_if(value, [](char c) { return c == '"' || c == '\''; });
  return value;
}

AgentMachine find_machine() {
  const auto host = find_host_resources();
  const auto cpuinfo = read_file("/proc/cpuinfo");
  AgentMachine machine;
  machine.gpu_info = host.gpu_count == 0   ? "none"
                     : host.gpu_count == 1 ? host.gpu_model
                                           : fmt::format("{}x {}", host.gpu_count, host.gpu_model);
  machine.cpu_name = or_else(cpuinfo_field(cpuinfo, "model name"), "unknown");
  machine.cpu_core = host.cpu_count;
  machine.cpu_frequency = static_cast<std::uint32_t>(
      std::lround(std::strtod(cpuinfo_field(cpuinfo, "cpu MHz").c_str(), nullptr)));
  struct sysinfo memory {};
  ::sysinfo(&memory);
  machine.total_memory = gib_of(static_cast<double>(memory.totalram) * memory.mem_unit);
  machine.total_swap = gib_of(static_cast<double>(memory.totalswap) * memory.mem_unit);
  name_system(machine);
  return machine;
}

boost::json::object to_json(const AgentMachine& machine) {
  return {{"gpu_info", machine.gpu_info},         {"cpu_name", machine.cpu_name},
          {"cpu_core", machine.cpu_core},         {"cpu_frequency", machine.cpu_frequency},
          {"total_memory", machine.total_memory}, {"total_swap", machine.total_swap},
          {"ram", machine.total_memory},          {"os_name", machine.os_name},
          {"os_version", machine.os_version}};
}

}  // namespace orrery
