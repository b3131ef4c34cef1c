#pragma once

#include <csignal>
#include <string>
#include <vector>

#include <spawn.h>

namespace orrery {

/// A program that is to be started: in a session of its own, every signal as it usually is, and
/// nothing open but its standard streams, which are those of this process unless they are given.
class SpawnOrder {
 public:
  /// These it finds held back.
  explicit SpawnOrder(const sigset_t& held_back);
  ~SpawnOrder();
  SpawnOrder(const SpawnOrder&) = delete;
  SpawnOrder& operator=(const SpawnOrder&) = delete;

  void give(int stream, int descriptor);
  /// It opens the file itself; one that it makes is its owner's.
  void give(int stream, const std::string& file, int flags);

  /// Once. The first word is the program's file. 0, or the number of an error.
  int start(pid_t& pid, const std::vector<std::string>& words,
            const std::vector<std::string>& environment);

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

}  // namespace orrery
