#include "drivers/runs/program_output.hpp"

#include <array>
#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/runs/program_search.hpp"
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

}  // namespace

std::string output_of_program(std::string_view name, const std::vector<std::string>& arguments) {
  auto program = find_program(name, search_path).string();
  std::array<int, 2> ends{-1, -1};
  if (program.empty() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return "";
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, writing.get(), STDOUT_FILENO);
  std::vector<char*> words{program.data()};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
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

}  // namespace orrery
