#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace orrery {

/// What an agent tells of the machine that it runs on.
struct AgentMachine {
  /// "NVIDIA GeForce RTX 4090", "2x A100-SXM4-40GB" or "none".
  std::string gpu_info;
  std::string cpu_name;
  std::uint32_t cpu_core = 0;
  /// MHz.
  std::uint32_t cpu_frequency = 0;
  /// GiB.
  double total_memory = 0;
  double total_swap = 0;
  std::string os_name;
  std::string os_version;
};

/// Asks the system, and nvidia-smi where it is installed; that may take some seconds.
AgentMachine find_machine();

/// The machine's part of POST /llm_models/register/.
boost::json::object to_json(const AgentMachine& machine);

/// A field of /proc/cpuinfo ("model name : …"), the first of it; empty where there is none.
std::string cpuinfo_field(std::string_view text, std::string_view name);

/// A value of os-release (NAME="Debian GNU/Linux"), without quotes; empty where there is none.
std::string os_release_field(std::string_view text, std::string_view name);

}  // namespace orrery
