#include "drivers/local_process/host_resources.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/local_process/program_search.hpp"
#include "storage/descriptor.hpp"

namespace orrery {
namespace {

/// A driver that hangs must not keep the server from starting.
constexpr std::chrono::seconds patience{10};

/// What comes out of the descriptor until its end, or until patience has run out.
std::string read_patiently(int descriptor) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string text;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd wanted{descriptor, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wanted, 1, static_cast<int>(left.count())) <= 0) return text;
    std::array<char, 4'096> buffer{};
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

/// What the program writes; empty where there is none. Killed where it takes too long.
std::string output_of(std::string_view name, std::array<const char*, 3> arguments) {
  auto program = find_program(name, search_path).string();
  std::array<int, 2> ends{-1, -1};
  if (program.empty() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return "";
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, writing.get(), STDOUT_FILENO);
  std::array<char*, 4> words{program.data(), const_cast<char*>(arguments[0]),
                             const_cast<char*>(arguments[1]), const_cast<char*>(arguments[2])};
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, program.c_str(), &files, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  writing.reset();
  if (failure != 0) return "";
  auto text = read_patiently(reading.get());
  ::kill(pid, SIGKILL);  // It is our child, so its number is its own until the next line.
  ::waitpid(pid, nullptr, 0);
  return text;
}

/// "NVIDIA A100-SXM4-40GB" → "A100-SXM4-40GB": as nodes name their models.
std::string model_of_line(std::string name) {
  while (!name.empty() && (name.back() == '\r' || name.back() == ' ')) name.pop_back();
  constexpr std::string_view maker = "NVIDIA ";
  if (name.starts_with(maker)) name.erase(0, maker.size());
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

}  // namespace

HostResources gpus_of_list(std::string_view names) {
  HostResources found;
  std::istringstream lines{std::string(names)};
  for (std::string line; std::getline(lines, line);) {
    const auto name = model_of_line(std::move(line));
    if (name.empty() || (found.gpu_count != 0 && name != found.gpu_model)) break;
    found.gpu_model = name;
    ++found.gpu_count;
  }
  return found;
}

HostResources find_host_resources() {
  auto found =
      gpus_of_list(output_of("nvidia-smi", {"--query-gpu=name", "--format=csv,noheader", nullptr}));
  found.cpu_count = std::max(1u, std::thread::hardware_concurrency());
  const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                     static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  found.memory_mib = static_cast<std::uint32_t>(bytes >> 20);
  return found;
}

}  // namespace orrery
