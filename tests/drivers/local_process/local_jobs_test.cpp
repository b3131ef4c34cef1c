#include <csignal>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "drivers/local_process/local_processes.hpp"
#include "drivers/runs/job_planning.hpp"
#include "drivers/runs/process_table.hpp"
#include "storage/subject_keys.hpp"
#include "tests/drivers/local_process/supervisor_of_tests.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

constexpr auto subject = "center-kim";

/// A driver over scratch folders, kim's jobs, and what has been reported of them. What runs at the
/// end is killed.
struct Center {
  ScratchFolder folder;
  ScratchFolder homes;
  std::unique_ptr<SubjectKeys> keys = SubjectKeys::in_memory();
  std::vector<Job::Command> reports;
  std::optional<LocalProcesses> processes;

  explicit Center(SandboxMode sandbox = SandboxMode::off) { restart(sandbox); }
  ~Center() {
    processes.reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (const auto process = RunDirectory(entry.path()).process()) {
        signal_process(process->supervisor, SIGKILL);
        for (int i = 0; i < 1'000 && !kill_leftovers(entry.path(), process->leader, ""); ++i)
          wait_until_readable(-1, std::chrono::milliseconds(1));
      }
  }

  /// Forgets everything but the files.
  void restart(SandboxMode sandbox = SandboxMode::off) {
    LocalProcessConfiguration configuration;
    configuration.node_id = "here";
    configuration.directory = folder.path();
    configuration.homes = homes.path();
    configuration.hidden = {homes.path(), folder.path()};
    configuration.subject_keys = keys.get();
    configuration.sandbox = sandbox;
    configuration.supervisor = supervisor_of_tests();
    processes.reset();
    processes.emplace(configuration, [this](const OwedCommand& owed) {
      if (const auto* to = std::get_if<To<Job>>(&owed.command)) reports.push_back(to->command);
    });
    processes->adopt();
  }

  Sealed sealed(std::string_view text) { return keys->seal(subject, text).value(); }

  StartJob job(const std::string& script, std::uint64_t fence = 1) {
    StartJob start;
    start.job_id = "5";
    start.node_id = "here";
    start.places = {{"here", {}}};
    start.fence = fence;
    start.attempt = 1;
    start.specification.user = "kim";
    start.specification.name = "train";
    start.specification.script.text = sealed("#!/bin/sh\n" + script + "\n");
    return start;
  }

  StopJob stop(std::uint32_t grace_period_s, std::uint32_t signal = 0) const {
    return {"5", "here", 1, grace_period_s, signal, JobStopReason::time_limit, {}};
  }

  template <class Report>
  const Report* find() const {
    for (const auto& report : reports)
      if (const auto* found = std::get_if<Report>(&report)) return found;
    return nullptr;
  }

  template <class Done>
  void wait_until(Done done) {
    for (int i = 0; i < 2'000 && !done(); ++i) processes->wait(std::chrono::milliseconds(10));
    REQUIRE(done());
  }
  template <class Report>
  Report await() {
    wait_until([&] { return find<Report>() != nullptr; });
    return *find<Report>();
  }

  std::filesystem::path home() const { return homes.path() / "kim"; }
  std::string text(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(home() / file).rdbuf();
    return text.str();
  }
  void await_text(const std::string& file, const std::string& wanted) {
    wait_until([&] { return text(file).find(wanted) != std::string::npos; });
  }
};

}  // namespace

TEST_CASE("a batch script runs in its user's folder, and its output stays there") {
  Center center;
  auto start = center.job("echo \"$1 on $SLURM_JOB_NAME $SLURM_JOB_ID $X\"; pwd; exit 3");
  start.specification.script.arguments = center.sealed(std::string("a b\0c", 5));
  start.specification.script.environment = center.sealed("X=y");
  center.processes->start(start);
  CHECK(center.await<Job::ReportStarted>().fence == 1);
  const auto exited = center.await<Job::ReportExited>();
  CHECK(exited.fence == 1);
  CHECK(exited.exit == JobExited{3, {}, true, ""});
  CHECK(center.text("slurm-5.out") == "a b on train 5 y\n" + center.home().string() + "\n");
}

TEST_CASE("a script's streams are the files that it names, and appended to where that is asked") {
  Center center;
  std::filesystem::create_directories(center.home() / "runs");
  std::ofstream(center.home() / "runs/in") << "hello";
  std::ofstream(center.home() / "runs/5.out") << "before\n";
  auto start = center.job("cat; pwd; echo oops >&2");
  auto& script = start.specification.script;
  script.working_directory = center.sealed((center.home() / "runs").string());
  script.standard_input = center.sealed("in");
  script.standard_output = center.sealed("%j.out");
  script.standard_error = center.sealed((center.home() / "%x.err").string());
  start.specification.appends_output = true;
  center.processes->start(start);
  CHECK(center.await<Job::ReportExited>().exit.exit_code == 0u);
  CHECK(center.text("runs/5.out") == "before\nhello" + (center.home() / "runs").string() + "\n");
  CHECK(center.text("train.err") == "oops\n");
}

TEST_CASE("files outside of its user's folder are not a job's, whatever links lead there") {
  Center center;
  std::filesystem::create_directories(center.home());
  const auto other = center.homes.path() / "lee";
  std::filesystem::create_directories(other);
  std::filesystem::create_symlink(other, center.home() / "away");
  const std::string file =
      GENERATE(std::string("away/x"), "../lee/x", "/etc/orrery-test", "nowhere/x");
  auto start = center.job("echo hello");
  start.specification.script.standard_output = center.sealed(file);
  center.processes->start(start);
  const auto exited = center.await<Job::ReportExited>();
  CHECK_FALSE(exited.exit.failure.empty());
  CHECK(exited.exit.signal == 53u);                            // As slurmstepd says.
  CHECK(exited.exit.failure.find(file) == std::string::npos);  // The name is the user's own.
  CHECK(std::filesystem::is_empty(other));
}

TEST_CASE("a job of an erased person can't be started") {
  Center center;
  const auto start = center.job("echo hello");
  center.keys->erase(subject);
  center.processes->start(start);
  CHECK(center.await<Job::ReportExited>().exit.failure ==
        "Its script can't be opened: its user was erased.");
}

TEST_CASE("a job that is told to end is signalled, has its grace, and reads why") {
  Center center;
  center.processes->start(
      center.job("trap 'echo usr1' USR1; trap 'echo term; exit 9' TERM; "
                 "echo up; while :; do sleep 0.01; done"));
  center.await_text("slurm-5.out", "up");
  center.processes->stop(center.stop(60, SIGUSR1));
  // A job that traps SIGTERM keeps its own exit code.
  CHECK(center.await<Job::ReportExited>().exit == JobExited{9, {}, true, ""});
  const auto written = center.text("slurm-5.out");
  CHECK(written.find("slurmstepd: error: *** JOB 5 ON here CANCELLED AT 20") != std::string::npos);
  CHECK(written.find("DUE TO TIME LIMIT ***\n") != std::string::npos);
  CHECK(written.find("usr1\n") != std::string::npos);
  CHECK(written.find("term\n") != std::string::npos);
}

TEST_CASE("a job that is killed, or doesn't end in time, is gone with all that it has started") {
  Center center;
  const bool is_killed = GENERATE(true, false);
  center.processes->start(
      center.job("trap '' TERM; sleep 1000 & echo up; while :; do sleep 0.01; done"));
  center.await_text("slurm-5.out", "up");
  center.processes->stop(is_killed ? center.stop(600, SIGKILL) : center.stop(1));
  CHECK(center.await<Job::ReportExited>().exit.signal == std::uint32_t{SIGKILL});
  CHECK(marked_runs(center.folder.path()).empty());
}

TEST_CASE("a signal is sent once, to the script alone where that is asked") {
  Center center;
  center.processes->start(
      center.job("trap 'echo script' USR1; sh -c 'trap \"echo child\" USR1; echo up; "
                 "while :; do sleep 0.01; done' & wait; while :; do sleep 0.01; done"));
  center.await_text("slurm-5.out", "up");
  center.await<Job::ReportStarted>();
  center.processes->signal({"5", "here", 1, 10, SIGUSR1, true, {}});
  center.await_text("slurm-5.out", "script\n");
  center.processes->signal({"5", "here", 1, 11, SIGUSR1, false, {}});
  center.await_text("slurm-5.out", "child\n");
  const auto is_told_twice = [&] {
    const auto written = center.text("slurm-5.out");
    return written.find("script\n") != written.rfind("script\n");
  };
  center.wait_until(is_told_twice);
  center.restart();
  center.processes->signal({"5", "here", 1, 11, SIGUSR1, false, {}});
  center.processes->signal({"5", "here", 1, 12, SIGTERM, false, {}});
  CHECK(center.await<Job::ReportExited>().exit.signal == std::uint32_t{SIGTERM});
  const auto written = center.text("slurm-5.out");
  CHECK(written.find("child\n") == written.rfind("child\n"));
}

TEST_CASE("a job outlives its driver, and is reported by the next one") {
  Center center;
  const auto start = center.job("while [ ! -e go ]; do sleep 0.01; done; exit 4");
  center.processes->start(start);
  center.await<Job::ReportStarted>();
  center.reports.clear();
  center.restart();
  center.processes->start(start);
  center.await<Job::ReportStarted>();
  std::ofstream(center.home() / "go").close();
  CHECK(center.await<Job::ReportExited>().exit.exit_code == 4u);
  center.reports.clear();
  center.restart();
  center.processes->start(start);
  CHECK(center.find<Job::ReportExited>()->exit.exit_code == 4u);
  CHECK(center.find<Job::ReportStarted>() == nullptr);
}

TEST_CASE("nothing that its user wrote is kept by the driver when a job is over") {
  Center center;
  auto start = center.job("echo hello");
  start.specification.script.environment = center.sealed("TOKEN=secret");
  center.processes->start(start);
  center.await<Job::ReportExited>();
  const auto run = RunDirectory::of(center.folder.path(), "job-5", 1);
  CHECK(run.launch());
  center.processes->end_was_taken("job-5", 1);
  CHECK_FALSE(run.launch());
  CHECK_FALSE(std::filesystem::exists(run.work()));
  center.restart();
  center.processes->start(start);
  CHECK(center.text("slurm-5.out") == "hello\n");
}

TEST_CASE("a newer attempt of a job waits until the older one is gone") {
  Center center;
  center.processes->start(center.job("echo first; sleep 1000"));
  center.await_text("slurm-5.out", "first");
  center.processes->start(center.job("echo second; sleep 1000", 2));
  center.await_text("slurm-5.out", "second");
  CHECK(center.await<Job::ReportExited>().fence == 1);
  center.processes->start(center.job("echo third", 1));
  CHECK(center.processes->living_count() == 1);
}

TEST_CASE("a job that never ran is stopped at once, and isn't started afterwards") {
  Center center;
  center.processes->stop(center.stop(30));
  CHECK(center.await<Job::ReportExited>().exit == JobExited{});
  center.processes->start(center.job("echo hello"));
  CHECK(center.find<Job::ReportStarted>() == nullptr);
  CHECK(center.text("slurm-5.out").empty());
}

TEST_CASE("a job without a script waits until it is ended") {
  Center center;
  auto start = center.job("");
  start.specification.script.text = {};
  start.specification.is_interactive = true;
  center.processes->start(start);
  center.await<Job::ReportStarted>();
  center.processes->stop(center.stop(60));
  CHECK(center.await<Job::ReportExited>().exit.signal == std::uint32_t{SIGTERM});
}

TEST_CASE("what a job's GPUs do is told in steps, as a mean, where it has changed") {
  Center center;
  auto start = center.job("sleep 1000");
  start.places = {{"here", {0, 2}}};
  center.processes->start(start);
  center.await<Job::ReportStarted>();
  center.reports.clear();
  const auto told = [&](const GpuUtilisation& utilisation) {
    center.reports.clear();
    center.processes->take_utilisation(utilisation);
    const auto* report = center.find<Job::ReportUtilisation>();
    return report == nullptr ? -1 : static_cast<int>(report->gpu_percent);
  };
  CHECK(told({{0, 97}, {1, 0}, {2, 100}}) == 95);
  CHECK(told({{0, 96}, {1, 0}, {2, 99}}) == -1);
  CHECK(told({{0, 0}, {2, 9}}) == 0);
  CHECK(told({{0, 50}}) == -1);  // Of one nothing is known.
  center.restart();
  center.wait_until([&] { return center.find<Job::ReportStarted>() != nullptr; });
  CHECK(told({{0, 0}, {2, 0}}) == 0);  // The log may have another, so it is told anew.
}

TEST_CASE("in the sandbox a job has its user's folder and nobody else's") {
  if (find_sandbox(SandboxMode::on).sandbox.program.empty()) return;
  Center center(SandboxMode::on);
  std::filesystem::create_directories(center.homes.path() / "lee");
  std::ofstream(center.homes.path() / "lee/secret") << "secret";
  auto start = center.job("ls " + center.homes.path().string() + "; cat " +
                          center.homes.path().string() + "/lee/secret; echo $LD_PRELOAD_X; " +
                          "touch mine; trap 'echo usr1; exit 6' USR1; echo up; " +
                          "while :; do sleep 0.01; done");
  start.specification.script.environment = center.sealed("LD_PRELOAD_X=held");
  start.specification.script.standard_error = center.sealed("/dev/null");
  center.processes->start(start);
  center.await_text("slurm-5.out", "up");
  CHECK(center.text("slurm-5.out") == "kim\nheld\nup\n");
  CHECK(std::filesystem::exists(center.home() / "mine"));
  center.await<Job::ReportStarted>();
  center.processes->signal({"5", "here", 1, 1, SIGUSR1, true, {}});
  CHECK(center.await<Job::ReportExited>().exit.exit_code == 6u);
}
