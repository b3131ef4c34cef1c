#include "drivers/slurm/port/command_runner.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/runs/file_text.hpp"
#include "drivers/runs/spawn_order.hpp"
#include "storage/descriptor.hpp"

namespace orrery {
namespace {

Descriptor memory_file() {
  return Descriptor(::memfd_create("orrery-command", MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

/// What a program reads and writes: files in memory. So nobody need read and write while it runs,
/// and what it started itself can't keep us waiting by holding on to a pipe.
struct Streams {
  Descriptor in = memory_file();
  Descriptor out = memory_file();
  Descriptor err = memory_file();

  bool fill(const std::string& input) const {
    return in && out && err && write_all(in.get(), input) && ::lseek(in.get(), 0, SEEK_SET) == 0 &&
           limit(out) && limit(err);
  }

 private:
  static bool limit(const Descriptor& file) {
    return ::ftruncate(file.get(), command_output_bytes_max) == 0 &&
           ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0;
  }
};

/// Whether it has ended by then, and before anybody said stop.
bool await_end(pid_t pid, std::chrono::steady_clock::time_point deadline,
               const std::stop_token& stop) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const Descriptor stopped(stop.stop_possible() ? ::eventfd(0, EFD_CLOEXEC) : -1);
  const std::stop_callback tell(stop, [&] { ::eventfd_write(stopped.get(), 1); });
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> awaited{{{process.get(), POLLIN, 0}, {stopped.get(), POLLIN, 0}}};
    const int count = ::poll(awaited.data(), awaited.size(), static_cast<int>(left.count()));
    if (count > 0) return awaited[1].revents == 0;
    if (count < 0 && errno != EINTR) return false;
  }
}

thread_local std::chrono::microseconds used_by_commands{};

/// Its number and its group's are its own until it is reaped.
int end_and_reap(pid_t pid) {
  ::kill(-pid, SIGKILL);
  int status = 0;
  rusage used{};
  while (::wait4(pid, &status, 0, &used) < 0 && errno == EINTR) {
  }
  for (const auto& time : {used.ru_utime, used.ru_stime})
    used_by_commands += std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The file's place is shared with who wrote it, so it is where they ended.
std::string written_to(const Descriptor& file) {
  const auto length = ::lseek(file.get(), 0, SEEK_CUR);
  std::string text(length > 0 ? static_cast<std::size_t>(length) : 0, '\0');
  std::size_t at = 0;
  while (at < text.size()) {
    const auto count =
        ::pread(file.get(), text.data() + at, text.size() - at, static_cast<off_t>(at));
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  text.resize(at);
  return text;
}

}  // namespace

CommandEnd run_command(const Command& command) {
  CommandEnd end;
  const Streams streams;
  if (!streams.fill(command.input)) {
    end.start_error = errno;
    return end;
  }
  std::vector<std::string> words{command.program.string()};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  const auto deadline = std::chrono::steady_clock::now() + command.deadline;
  sigset_t none;
  sigemptyset(&none);
  SpawnOrder order(none);
  order.give(STDIN_FILENO, streams.in.get());
  order.give(STDOUT_FILENO, streams.out.get());
  order.give(STDERR_FILENO, streams.err.get());
  pid_t pid = 0;
  end.start_error = order.start(pid, words, command.environment);
  if (end.start_error != 0) return end;
  end.is_late = !await_end(pid, deadline, command.stop);
  end.exit_code = end_and_reap(pid);
  end.output = written_to(streams.out);
  end.errors = written_to(streams.err);
  return end;
}

std::chrono::microseconds processor_time_of_commands() { return used_by_commands; }

}  // namespace orrery
