#include "drivers/slurm/claim/guard.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "drivers/runs/process_table.hpp"
#include "drivers/runs/run_signals.hpp"
#include "drivers/runs/supervisor.hpp"
#include "drivers/slurm/claim/run_watcher.hpp"
#include "drivers/slurm/claim/signal_orders.hpp"

namespace orrery {
namespace {

/// What can't be killed at once is tried again so often.
constexpr std::chrono::milliseconds kill_interval{20};
/// A full disk may have room again.
constexpr std::chrono::milliseconds write_interval{500};
constexpr int write_count_max = 60;
/// The run directory is looked at so often, for what nobody could say by a signal. Gone twice,
/// nobody wants the run.
constexpr std::chrono::milliseconds look_interval{5'000};
constexpr int absence_count_max = 2;

/// False also at once where the directory is gone.
bool write_when_possible(const RunDirectory& run, const ExitRecord& exit) {
  for (int i = 0; i < write_count_max; ++i) {
    if (run.write(exit)) return true;
    if (errno == ENOENT) return false;
    wait_until_readable(-1, write_interval);
  }
  return false;
}

int exit_code_of(const ExitRecord& exit) {
  constexpr int signal_base = 128;
  if (exit.exit_code) return static_cast<int>(*exit.exit_code);
  if (exit.signal) return signal_base + static_cast<int>(*exit.signal);
  return 1;
}

/// A run from its supervisor's first moment to the last of whatever it started.
class Guard {
 public:
  Guard(const RunDirectory& run, const Descriptor& signals) : run_(run), signals_(signals) {}

  int see_through() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (start()) {
      while (!is_over_) {
        wait_until_readable(signals_.get(), look_interval);
        pass_signals_on();
        reap();
        tell_orders();
        if (!is_over_ && (is_unwanted() || run_.stop())) ::kill(supervisor_.pid, SIGTERM);
      }
      bury();
    }
    const auto exit = record_end();
    watcher_.dismiss();
    return exit ? exit_code_of(*exit) : 1;
  }

 private:
  /// The supervisor waits until it is watched.
  bool start() {
    RunPipe begin;
    if (!watcher_.open() || !begin.open()) return false;
    const auto guard = ::getpid();
    const auto pid = ::fork();
    if (pid < 0) return false;
    if (pid == 0) become_supervisor(guard, begin);
    const auto known = find_process(pid);  // It waits, so it is there.
    supervisor_ = known ? known->identity : ProcessIdentity{pid, 0};
    watcher_.start(run_, supervisor_);
    [[maybe_unused]] const auto told = ::write(begin.writing.get(), "g", 1);
    return true;
  }

  [[noreturn]] void become_supervisor(pid_t guard, RunPipe& begin) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != guard) ::_exit(1);
    begin.writing.reset();
    if (!begin.await_word()) ::_exit(1);
    ::_exit(supervise(run_.path()));
  }

  void pass_signals_on() {
    signalfd_siginfo told{};
    while (::read(signals_.get(), &told, sizeof told) == static_cast<ssize_t>(sizeof told)) {
      const auto signal = static_cast<int>(told.ssi_signo);
      if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP)
        ::kill(supervisor_.pid, SIGTERM);
      else if (signal != SIGCHLD && signal != look_signal)
        tell_command(signal, true);
    }
  }

  /// What was told before the command is there is told then.
  void tell_orders() {
    for (const auto& order : read_signal_orders(run_).told) {
      if (is_over_ || order.number <= last_order_) continue;
      if (!tell_command(static_cast<int>(order.signal), order.to_script_only)) return;
      last_order_ = order.number;
    }
  }

  bool tell_command(int signal, bool to_script_only) const {
    const auto process = run_.process();
    const auto plan = run_.launch();
    if (!process || !plan) return false;
    signal_run(supervisor_, process->leader, plan->is_sandboxed, signal, to_script_only);
    return true;
  }

  /// Whatever the supervisor leaves behind becomes a child of the guard.
  void reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid == supervisor_.pid) {
        is_over_ = true;
        status_ = status;
      }
      watcher_.note_end(pid);
    }
    if (!is_over_) watcher_.start(run_, supervisor_);
  }

  bool is_unwanted() {
    const bool is_absent = ::access(run_.path().c_str(), F_OK) != 0 && errno == ENOENT;
    absence_count_ = is_absent ? absence_count_ + 1 : 0;
    return absence_count_ >= absence_count_max;
  }

  /// Until nothing but the watcher is left. Ended by itself, a supervisor has left nothing.
  void bury() {
    const auto process = run_.process().value_or(ProcessRecord{});
    const auto plan = run_.launch().value_or(LaunchPlan{});
    for (bool is_empty = false; !is_empty;) {
      reap();
      auto left = descendants_of(::getpid());
      std::erase_if(left, [&](const ProcessEntry& entry) {
        return entry.identity.pid == watcher_.pid() || entry.parent == watcher_.pid();
      });
      for (const auto& entry : left) signal_process(entry.identity, SIGKILL);
      is_empty = left.empty() &&
                 (WIFEXITED(status_) ||
                  kill_leftovers(run_.path().string(), process.leader, plan.control_group));
      if (!is_empty) wait_until_readable(-1, kill_interval);
    }
  }

  /// None where it can't be written.
  std::optional<ExitRecord> record_end() {
    if (const auto exit = run_.exit()) return exit;
    if (run_.is_locked()) return std::nullopt;  // Another process looks after it.
    const auto exit = end_without_record();
    if (!write_when_possible(run_, exit)) return std::nullopt;
    return exit;
  }

  ExitRecord end_without_record() const {
    if (!is_over_) return {{}, {}, "start_failed", "Nothing can look after it: no more processes."};
    if (WIFSIGNALED(status_))
      return {{},
              {},
              std::string(supervisor_lost),
              fmt::format("What looked after it was killed (signal {}).", WTERMSIG(status_))};
    if (!run_.has_begun()) return {{}, {}, "start_failed", "There is no plan by which it starts."};
    return {{}, {}, std::string(supervisor_lost), "How it ended couldn't be written down."};
  }

  const RunDirectory& run_;
  const Descriptor& signals_;
  RunWatcher watcher_;
  ProcessIdentity supervisor_;
  bool is_over_ = false;
  /// How the supervisor ended, where `is_over_`.
  int status_ = 0;
  int absence_count_ = 0;
  /// The number of the last signal that was told by the directory.
  std::uint64_t last_order_ = 0;
};

}  // namespace

sigset_t guarded_signals() {
  sigset_t signals;
  sigfillset(&signals);
  for (const int of_its_own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPIPE})
    sigdelset(&signals, of_its_own);
  return signals;
}

bool is_told_to_end(const Descriptor& signals) {
  bool is_told = false;
  signalfd_siginfo told{};
  while (::read(signals.get(), &told, sizeof told) == static_cast<ssize_t>(sizeof told)) {
    const auto signal = static_cast<int>(told.ssi_signo);
    is_told = is_told || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
  }
  return is_told;
}

bool record_no_start(const RunDirectory& run) {
  if (run.has_ended()) return true;
  return write_when_possible(run, {{},
                                   static_cast<std::uint32_t>(SIGTERM),
                                   std::string(ended_before_start),
                                   "It was told to end before it began."});
}

int guard(const RunDirectory& run, const Descriptor& signals) {
  return Guard(run, signals).see_through();
}

}  // namespace orrery
