#include "drivers/runs/supervised_process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "drivers/runs/control_group.hpp"
#include "drivers/runs/file_text.hpp"
#include "drivers/runs/person_folder.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/program_search.hpp"

namespace orrery {
namespace {

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

bool make_pipe(Pipe& made) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  made.reading = Descriptor(ends[0]);
  made.writing = Descriptor(ends[1]);
  return true;
}

struct Pipes {
  Pipe out, err, start, failure;
  bool make() { return make_pipe(out) && make_pipe(err) && make_pipe(start) && make_pipe(failure); }
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view variable(const LaunchPlan& plan, std::string_view name) {
  const auto found = std::ranges::find(plan.environment, name, &EnvironmentVariable::name);
  return found == plan.environment.end() ? std::string_view() : found->value;
}

void limit(int resource, rlim_t most) {
  rlimit now{};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &now);
  now.rlim_cur = now.rlim_max = std::min(now.rlim_max, most);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &now);
}

/// From here on it is the command's own process. Where there is no cgroup that limits memory, what
/// it may allocate is limited instead: each process of it by itself.
void set_limits(const LaunchPlan& plan) {
  const auto limits = make_control_group(plan.control_group, plan.cpu_count, plan.memory_mib);
  join_control_group(plan.control_group);
  limit(RLIMIT_CORE, 0);
  if (!limits.memory && plan.memory_mib != 0)
    limit(RLIMIT_DATA, static_cast<rlim_t>(plan.memory_mib) << 20);
  const Descriptor score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (score) [[maybe_unused]]  // Short of memory, a service goes before the server does.
    const auto written = ::write(score.get(), "500", 3);
  if (!plan.is_sandboxed) ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);  // The sandbox does so itself.
}

void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Waits for the word to begin; false where the supervisor is gone.
bool await_start(const Pipe& start) {
  char word = 0;
  ssize_t count = 0;
  do count = ::read(start.reading.get(), &word, 1);
  while (count < 0 && errno == EINTR);
  return count == 1;
}

/// A job's own, or nothing to read and the pipes to the supervisor.
void set_streams(const Pipes& pipes, const JobFiles& files) {
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ::dup2(files.in ? files.in.get() : nothing.get(), STDIN_FILENO);
  ::dup2(files.out ? files.out.get() : pipes.out.writing.get(), STDOUT_FILENO);
  ::dup2(files.err ? files.err.get() : pipes.err.writing.get(), STDERR_FILENO);
}

Descriptor open_stream(const LaunchPlan& plan, const std::string& place, int flags) {
  if (place.empty()) return Descriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
  constexpr std::uint32_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  auto opened = open_in_folder(plan.home, place, flags | O_NONBLOCK | O_NOCTTY,
                               (flags & O_CREAT) != 0 ? mode : 0);
  struct stat status {};  // A pipe would wait for somebody to open its other end.
  if (!opened || ::fstat(opened.get(), &status) != 0) return Descriptor();
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return Descriptor();
  }
  ::fcntl(opened.get(), F_SETFL, flags & O_APPEND);
  return opened;
}

/// The plan's, with what our own gives over it.
std::vector<std::string> environment_of(const LaunchPlan& plan) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : plan.environment)
    if (std::ranges::find(plan.inherited, name) == plan.inherited.end())
      entries.push_back(name + "=" + value);
  for (const auto& name : plan.inherited)
    if (const char* value = ::getenv(name.c_str())) entries.push_back(name + "=" + value);
  return entries;
}

[[noreturn]] void become_command(const LaunchPlan& plan, Pipes& pipes, const JobFiles& files,
                                 pid_t supervisor) {
  constexpr int failed = 127;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != supervisor) ::_exit(failed);
  ::setsid();
  pipes.start.writing.reset();
  if (!await_start(pipes.start)) ::_exit(failed);
  set_limits(plan);
  reset_signals();
  set_streams(pipes, files);

  auto words = plan.command;
  auto entries = environment_of(plan);
  const auto program =
      words.empty() ? std::filesystem::path() : find_program(words.front(), variable(plan, "PATH"));
  errno = ENOENT;
  if (!program.empty() && ::chdir(plan.work_directory.c_str()) == 0)
    ::execve(program.c_str(), pointers_to(words).data(), pointers_to(entries).data());
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(pipes.failure.writing.get(), &error, sizeof error);
  ::_exit(failed);
}

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

}  // namespace

boost::system::result<JobFiles> JobFiles::open(const LaunchPlan& plan) {
  JobFiles files;
  if (plan.home.empty()) return files;
  const int how = O_CREAT | O_WRONLY | (plan.appends_output ? O_APPEND : O_TRUNC);
  files.in = open_stream(plan, plan.standard_input, O_RDONLY);
  if (!files.in) return last_error();
  files.out = open_stream(plan, plan.standard_output, how);
  if (!files.out) return last_error();
  // Of one file there is one place to write at.
  files.err = plan.standard_error == plan.standard_output
                  ? Descriptor(::fcntl(files.out.get(), F_DUPFD_CLOEXEC, 0))
                  : open_stream(plan, plan.standard_error, how);
  if (!files.err) return last_error();
  return files;
}

boost::system::result<SupervisedProcess> SupervisedProcess::fork(const LaunchPlan& plan,
                                                                 JobFiles files) {
  Pipes pipes;
  if (!pipes.make()) return last_error();
  const auto supervisor = ::getpid();
  const auto pid = ::fork();
  if (pid < 0) return last_error();
  if (pid == 0) become_command(plan, pipes, files, supervisor);
  SupervisedProcess process;
  if (!files.out) process.out_ = std::move(pipes.out.reading);
  if (!files.err) process.err_ = std::move(pipes.err.reading);
  process.error_file_ = std::move(files.err);
  process.start_ = std::move(pipes.start.writing);
  process.failure_ = std::move(pipes.failure.reading);
  for (const auto* stream : {&process.out_, &process.err_})
    if (*stream) ::fcntl(stream->get(), F_SETFL, O_NONBLOCK);
  const auto known = find_process(pid);  // It waits, so it is there.
  process.leader_ = known ? known->identity : ProcessIdentity{pid, 0};
  return process;
}

int SupervisedProcess::begin() {
  [[maybe_unused]] const auto told = ::write(start_.get(), "g", 1);
  start_.reset();
  int error = 0;
  ssize_t count = 0;
  do count = ::read(failure_.get(), &error, sizeof error);  // Its end closes with the exec.
  while (count < 0 && errno == EINTR);
  return count == static_cast<ssize_t>(sizeof error) ? error : 0;
}

void SupervisedProcess::note(std::string_view line) const {
  if (error_file_) [[maybe_unused]]
    const auto written = write_all(error_file_.get(), fmt::format("{}\n", line));
}

}  // namespace orrery
