#include "drivers/runs/supervisor_spawn.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>

#include "drivers/runs/process_table.hpp"
#include "drivers/runs/program_search.hpp"

namespace orrery {
namespace {

/// What posix_spawn is told; frees itself.
struct SpawnWish {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  SpawnWish() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnWish() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnWish(const SpawnWish&) = delete;
  SpawnWish& operator=(const SpawnWish&) = delete;
};

/// SIGTERM may come before the supervisor looks for it, so it is held back from the beginning.
void set_signals(posix_spawnattr_t& attributes) {
  sigset_t held, ordinary;
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  sigfillset(&ordinary);
  posix_spawnattr_setsigmask(&attributes, &held);
  posix_spawnattr_setsigdefault(&attributes, &ordinary);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

}  // namespace

boost::system::result<ProcessIdentity> spawn_supervisor(const std::vector<std::string>& program,
                                                        const RunDirectory& run) {
  auto words = program;
  if (words.empty()) words = {"/proc/self/exe", "supervise", "--run"};
  words.push_back(run.path().string());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string path = fmt::format("PATH={}", search_path);
  std::array<char*, 2> environment{path.data(), nullptr};

  SpawnWish wish;
  set_signals(wish.attributes);
  const auto log = (run.path() / "supervisor.log").string();
  posix_spawn_file_actions_addopen(&wish.files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&wish.files, 1, log.c_str(), O_CREAT | O_WRONLY | O_APPEND,
                                   0600);
  posix_spawn_file_actions_adddup2(&wish.files, 1, 2);
  posix_spawn_file_actions_addclosefrom_np(&wish.files, 3);
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, arguments[0], &wish.files, &wish.attributes,
                                    arguments.data(), environment.data());
  if (failure != 0) return boost::system::error_code(failure, boost::system::system_category());
  const auto known = find_process(pid);  // It is our child: its number is its own until we reap it.
  return known ? known->identity : ProcessIdentity{pid, 0};
}

}  // namespace orrery
