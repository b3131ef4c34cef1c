#include "drivers/slurm/claim/run_watcher.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>

#include "drivers/runs/process_table.hpp"
#include "drivers/slurm/claim/guard.hpp"

namespace orrery {
namespace {

constexpr std::chrono::milliseconds kill_interval{20};

/// The guard's end is seen a moment before its supervisor is killed by it.
void kill_all(const RunDirectory& run, const ProcessIdentity& supervisor) {
  const auto process = run.process().value_or(ProcessRecord{});
  const auto plan = run.launch().value_or(LaunchPlan{});
  for (bool is_empty = false; !is_empty;) {
    const bool is_supervised = signal_process(supervisor, SIGKILL);
    is_empty =
        kill_leftovers(run.path().string(), process.leader, plan.control_group) && !is_supervised;
    if (!is_empty) wait_until_readable(-1, kill_interval);
  }
}

}  // namespace

bool RunPipe::open() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  reading = Descriptor(ends[0]);
  writing = Descriptor(ends[1]);
  return true;
}

bool RunPipe::await_word() const {
  char word = 0;
  ssize_t count = 0;
  do count = ::read(reading.get(), &word, 1);
  while (count < 0 && errno == EINTR);
  return count == 1;
}

void RunWatcher::start(const RunDirectory& run, const ProcessIdentity& supervisor) {
  if (pid_ > 0) return;
  pid_ = ::fork();
  if (pid_ == 0) watch(run, supervisor);
  if (pid_ < 0) pid_ = 0;
}

void RunWatcher::note_end(pid_t pid) {
  if (pid == pid_) pid_ = 0;
}

void RunWatcher::dismiss() {
  if (pid_ <= 0) return;
  [[maybe_unused]] const auto told = ::write(guard_lives_.writing.get(), "d", 1);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  pid_ = 0;
}

/// In a session of its own, so that no signal for the job's processes means it. The other end of
/// its pipe is the guard's alone.
void RunWatcher::watch(const RunDirectory& run, const ProcessIdentity& supervisor) {
  ::setsid();
  ::dup2(guard_lives_.reading.get(), STDIN_FILENO);
  constexpr unsigned first = 3;
  ::close_range(first, ~0u, 0);
  guard_lives_.reading.release();
  guard_lives_.writing.release();
  guard_lives_.reading = Descriptor(STDIN_FILENO);
  if (guard_lives_.await_word()) ::_exit(0);
  kill_all(run, supervisor);
  if (!run.has_ended())
    run.write(ExitRecord{
        {}, {}, std::string(supervisor_lost), "The process that Slurm started for it was killed."});
  ::_exit(0);
}

}  // namespace orrery
