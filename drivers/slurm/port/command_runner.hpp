#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace orrery {

/// A program that is run to its end.
struct Command {
  /// As it is found: no search.
  std::filesystem::path program;
  std::vector<std::string> arguments;
  /// All of it, "NAME=value": nothing is inherited.
  std::vector<std::string> environment;
  /// What it reads.
  std::string input = {};
  /// After so long it is killed.
  std::chrono::milliseconds deadline{20'000};
  /// … and at once where nobody waits for it any more.
  std::stop_token stop = {};
};

struct CommandEnd {
  /// Why it could not be started, as the system says (errno); 0: it was.
  int start_error = 0;
  /// It was killed by us.
  bool is_late = false;
  /// Of the program, or 128 and the signal that ended it.
  int exit_code = 0;
  std::string output;
  std::string errors;

  bool is_success() const { return start_error == 0 && !is_late && exit_code == 0; }
};

/// Of each of its two outputs. A program that writes more fails to, as on a full disk.
inline constexpr std::size_t command_output_bytes_max = 256u << 20;

/// Runs a program, and blocks until it has ended or its deadline is over. It has a session of its
/// own, gets no descriptor of ours, and leaves no process of its group behind. Any thread, several
/// at once.
CommandEnd run_command(const Command& command);

/// Processor time of all programs that this thread has run so.
std::chrono::microseconds processor_time_of_commands();

}  // namespace orrery
