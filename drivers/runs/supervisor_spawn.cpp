#include "drivers/runs/supervisor_spawn.hpp"

#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "drivers/runs/process_table.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/runs/spawn_order.hpp"

namespace orrery {

boost::system::result<ProcessIdentity> spawn_supervisor(const std::vector<std::string>& program,
                                                        const RunDirectory& run) {
  auto words = program;
  if (words.empty()) words = {"/proc/self/exe", "supervise", "--run"};
  words.push_back(run.path().string());

  sigset_t held_back;  // It may come before the supervisor looks for it.
  sigemptyset(&held_back);
  sigaddset(&held_back, SIGTERM);
  SpawnOrder order(held_back);
  order.give(STDIN_FILENO, "/dev/null", O_RDONLY);
  order.give(STDOUT_FILENO, (run.path() / "supervisor.log").string(),
             O_CREAT | O_WRONLY | O_APPEND);
  order.give(STDERR_FILENO, STDOUT_FILENO);
  pid_t pid = 0;
  const int failure = order.start(pid, words, {fmt::format("PATH={}", search_path)});
  if (failure != 0) return boost::system::error_code(failure, boost::system::system_category());
  const auto known = find_process(pid);  // It is our child: its number is its own until we reap it.
  return known ? known->identity : ProcessIdentity{pid, 0};
}

}  // namespace orrery
