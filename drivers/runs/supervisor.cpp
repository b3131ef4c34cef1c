#include "drivers/runs/supervisor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "drivers/runs/control_group.hpp"
#include "drivers/runs/output_log.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/run_directory.hpp"
#include "drivers/runs/run_signals.hpp"
#include "drivers/runs/supervised_process.hpp"

namespace orrery {
namespace {

using Moment = std::chrono::steady_clock::time_point;

/// What of a run can't be killed at once is tried again so often.
constexpr std::chrono::milliseconds kill_interval{20};

Descriptor open_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// One stream of the command's output on its way into its log.
class Stream {
 public:
  Stream(Descriptor& from, const RunDirectory& run, std::string_view name, const LaunchPlan& plan)
      : from_(from), log_(run.log(name), plan.log_bytes_max), watch_(plan.log_patterns) {}

  int descriptor() const { return from_.get(); }

  /// Takes what is there, a bounded part of it, and notes the stages that it tells.
  bool pump(const RunDirectory& run) {
    std::array<char, 64 << 10> buffer{};
    const auto count = ::read(from_.get(), buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR;
    if (count == 0) {
      from_.reset();
      return false;
    }
    const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
    log_.write(text);
    for (const auto stage : watch_.take(text)) run.mark(stage);
    return true;
  }

 private:
  Descriptor& from_;
  OutputLog log_;
  StageWatch watch_;
};

/// A run from its first process to its last.
class Supervision {
 public:
  Supervision(RunDirectory run, LaunchPlan plan, Descriptor signals, SupervisedProcess process)
      : run_(std::move(run)),
        plan_(std::move(plan)),
        signals_(std::move(signals)),
        process_(std::move(process)),
        out_(process_.out(), run_, "out", plan_),
        err_(process_.err(), run_, "err", plan_) {}

  ExitRecord see_through() {
    if (const int error = process_.begin(); error != 0) {
      exit_.code = "start_failed";
      exit_.message = fmt::format("Its command can't be run: {}.", std::strerror(error));
      is_over_ = true;
    }
    if (run_.stop()) end_within_grace();  // Told before there was anybody to tell.
    while (!is_empty_) {
      wait();
      read_signals();
      for (auto* stream : {&out_, &err_})
        if (stream->descriptor() >= 0) stream->pump(run_);
      reap();
      if (is_over_ || (deadline_ && std::chrono::steady_clock::now() >= *deadline_)) kill_all();
    }
    for (auto* stream : {&out_, &err_})
      while (stream->descriptor() >= 0 && stream->pump(run_)) continue;
    if (ran_out_of_memory(plan_.control_group)) note_want_of_memory();
    remove_control_group(plan_.control_group);
    return exit_;
  }

 private:
  void wait() {
    auto timeout = std::chrono::milliseconds(-1);
    if (is_over_)
      timeout = kill_interval;
    else if (deadline_)
      timeout = std::max(std::chrono::ceil<std::chrono::milliseconds>(
                             *deadline_ - std::chrono::steady_clock::now()),
                         kill_interval);
    std::array<pollfd, 3> wanted{{{signals_.get(), POLLIN, 0},
                                  {out_.descriptor(), POLLIN, 0},
                                  {err_.descriptor(), POLLIN, 0}}};
    ::poll(wanted.data(), wanted.size(), static_cast<int>(timeout.count()));
  }

  void read_signals() {
    signalfd_siginfo told{};
    while (::read(signals_.get(), &told, sizeof told) == static_cast<ssize_t>(sizeof told))
      if (told.ssi_signo != static_cast<std::uint32_t>(SIGCHLD)) end_within_grace();
  }

  /// Told again, with another grace period, the earlier end counts.
  void end_within_grace() {
    const auto stop = run_.stop();
    const std::chrono::seconds grace(stop ? stop->grace_period_s : plan_.grace_period_s);
    const auto deadline = std::chrono::steady_clock::now() + grace;
    const bool is_first = !deadline_;
    deadline_ = deadline_ ? std::min(*deadline_, deadline) : deadline;
    if (!is_first) return;
    if (stop && !stop->notice.empty()) process_.note(stop->notice);
    if (grace.count() > 0) ask_to_end(stop ? stop->signal : 0);
  }

  void ask_to_end(std::uint32_t signal_before) {
    ProcessIdentity self;
    self.pid = ::getpid();
    for (const auto signal : {static_cast<int>(signal_before), SIGTERM, SIGCONT})
      if (signal != 0) signal_run(self, process_.leader(), plan_.is_sandboxed, signal, false);
  }

  /// Of a job its exit alone is told, so the reason stands where its user looks.
  void note_want_of_memory() {
    exit_.code = "out_of_memory";
    exit_.message = fmt::format("It needed more than its memory of {} MiB.", plan_.memory_mib);
    process_.note(
        "slurmstepd: error: Detected 1 oom-kill event(s). Some of your processes may have been "
        "killed by the cgroup out-of-memory handler.");
  }

  void kill_all() {
    kill_control_group(plan_.control_group);
    for (const auto& process : descendants_of(::getpid()))
      signal_process(process.identity, SIGKILL);
  }

  /// Whatever the run leaves behind becomes a child of the supervisor, so nothing of it is left
  /// when there are no children.
  void reap() {
    for (;;) {
      int status = 0;
      const auto pid = ::waitpid(-1, &status, WNOHANG);
      if (pid == 0) return;
      if (pid < 0 && errno == EINTR) continue;
      if (pid < 0) {
        is_empty_ = true;
        return;
      }
      if (pid == process_.leader().pid) note_end(status);
    }
  }

  /// A sandbox says by its exit code which signal ended the command in it, as a shell does.
  void note_end(int status) {
    constexpr int signal_base = 128;
    is_over_ = true;
    if (!exit_.code.empty()) return;
    if (WIFSIGNALED(status)) {
      exit_.signal = WTERMSIG(status);
    } else if (const int code = WEXITSTATUS(status);
               plan_.is_sandboxed && code > signal_base && code < signal_base + NSIG) {
      exit_.signal = code - signal_base;
    } else {
      exit_.exit_code = code;
    }
  }

  RunDirectory run_;
  LaunchPlan plan_;
  Descriptor signals_;
  SupervisedProcess process_;
  Stream out_;
  Stream err_;
  std::optional<Moment> deadline_;
  /// The command has ended; what it left behind is killed.
  bool is_over_ = false;
  /// No process is left.
  bool is_empty_ = false;
  ExitRecord exit_;
};

/// Nothing of whoever started it stays open, but its standard streams.
void leave_the_server() {
  constexpr unsigned first = 3;
  ::close_range(first, ~0u, 0);
  ::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

ExitRecord could_not_start(std::string_view why) {
  return {{}, {}, "start_failed", fmt::format("Its process can't be started: {}.", why)};
}

/// The name of the file is its user's own.
ExitRecord could_not_open(std::string_view why) {
  return {{},
          {},
          std::string(io_setup_failed),
          fmt::format("A file of its input or output can't be opened: {}.", why)};
}

ExitRecord run_it(const RunDirectory& run, const LaunchPlan& plan, Descriptor signals) {
  auto files = JobFiles::open(plan);
  if (!files) return could_not_open(files.error().message());
  auto process = SupervisedProcess::fork(plan, std::move(*files));
  if (!process) return could_not_start(process.error().message());
  const auto self = find_process(::getpid());
  const ProcessRecord record{boot_id(), self ? self->identity : ProcessIdentity{},
                             process->leader()};
  if (!run.write(record)) return could_not_start(std::strerror(errno));  // Which kills the child.
  return Supervision(run, plan, std::move(signals), std::move(*process)).see_through();
}

}  // namespace

int supervise(const std::filesystem::path& run_directory) {
  leave_the_server();
  auto signals = open_signals();
  const RunDirectory run(run_directory);
  const auto lock = run.try_lock();
  // Without a lock for anybody, whoever started this saw to it that it is the only one.
  const bool is_anothers =
      !lock && lock.error() == boost::system::errc::resource_unavailable_try_again;
  if (is_anothers || run.has_begun() || run.has_ended()) return 0;
  const auto plan = run.launch();
  if (!plan) return 0;  // Nobody wants it any more.
  const auto exit = run_it(run, *plan, std::move(signals));
  return run.write(exit) ? 0 : 1;
}

}  // namespace orrery
