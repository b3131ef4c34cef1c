#include "drivers/local_process/local_processes.hpp"

#include <csignal>

#include <sys/wait.h>
#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/run_logs.hpp"
#include "drivers/runs/supervisor_spawn.hpp"
#include "tests/drivers/local_process/supervisor_of_tests.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

/// A driver over a scratch folder, and what it has reported. What runs at the end is killed.
struct Host {
  ScratchFolder folder;
  std::vector<Service::Command> reports;
  std::optional<LocalProcesses> processes;

  Host() { restart(); }
  ~Host() {
    processes.reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (const auto process = RunDirectory(entry.path()).process()) {
        signal_process(process->supervisor, SIGKILL);
        for (int i = 0; i < 1'000 && !kill_leftovers(entry.path(), process->leader, ""); ++i)
          wait_until_readable(-1, std::chrono::milliseconds(1));
      }
  }

  /// Forgets everything but the files.
  void restart() {
    LocalProcessConfiguration configuration;
    configuration.node_id = "here";
    configuration.directory = folder.path();
    configuration.sandbox = SandboxMode::off;
    configuration.port_first = 29'320;
    configuration.port_last = 29'339;
    configuration.supervisor = supervisor_of_tests();
    configuration.ended_runs_max = 3;
    processes.reset();
    processes.emplace(configuration, [this](const OwedCommand& owed) {
      if (const auto* to = std::get_if<To<Service>>(&owed.command)) reports.push_back(to->command);
    });
    processes->adopt();
  }

  StartService start(const std::string& id, const std::string& script, std::uint64_t fence = 1) {
    StartService start;
    start.service_id = id;
    start.node_id = "here";
    start.fence = fence;
    start.specification.launch.command = {"sh", "-c", script};
    start.specification.launch.grace_period_s = 1;
    return start;
  }

  template <class Report>
  const Report* find() const {
    for (const auto& report : reports)
      if (const auto* found = std::get_if<Report>(&report)) return found;
    return nullptr;
  }

  template <class Report>
  Report await() {
    for (int i = 0; i < 2'000 && find<Report>() == nullptr; ++i)
      processes->wait(std::chrono::milliseconds(10));
    REQUIRE(find<Report>() != nullptr);
    return *find<Report>();
  }

  /// What runs, by its mark: a process has it once it has begun its program, until it is gone.
  void await_runs(const std::set<std::string>& wanted) {
    for (int i = 0; i < 2'000 && marked_runs(folder.path()) != wanted; ++i)
      wait_until_readable(-1, std::chrono::milliseconds(5));
    CHECK(marked_runs(folder.path()) == wanted);
  }

  RunDirectory directory(const std::string& id, std::uint64_t fence = 1) const {
    return RunDirectory::of(folder.path(), id, fence);
  }
};

}  // namespace

TEST_CASE("a process is launched, ready and over, and each is reported") {
  Host host;
  host.processes->start(host.start("1", "exit 3"));
  const auto exited = host.await<Service::ReportExited>();
  CHECK(exited.exit_code == 3u);
  CHECK_FALSE(exited.signal);
  CHECK(host.directory("1").has_ended());
}

TEST_CASE("without anything to wait for a service is ready once it is started") {
  Host host;
  host.processes->start(host.start("1", "sleep 1000"));
  CHECK(host.await<Service::ReportLaunched>().launched.host == "127.0.0.1");
  CHECK(host.await<Service::ReportReady>().fence == 1);
  host.processes->stop(StopService{"1", "here", 1, 0, {}});
  CHECK(host.await<Service::ReportExited>().signal == std::uint32_t{SIGKILL});
}

TEST_CASE("its output says how far a service is") {
  Host host;
  auto start =
      host.start("1", "echo building; sleep 0.1; echo built; sleep 0.1; echo up; sleep 1000");
  start.specification.launch.log_patterns = {{"building", ServiceStage::building},
                                             {"built", ServiceStage::starting},
                                             {"up", ServiceStage::running}};
  host.processes->start(start);
  host.await<Service::ReportReady>();
  REQUIRE(host.reports.size() == 3);
  CHECK(std::holds_alternative<Service::ReportBuilding>(host.reports[0]));
  CHECK(std::holds_alternative<Service::ReportLaunched>(host.reports[1]));
}

TEST_CASE("told to end, a process has its grace period") {
  Host host;
  host.processes->start(
      host.start("1", "trap 'echo bye; exit 7' TERM; echo; while :; do sleep 0.01; done"));
  host.await<Service::ReportReady>();
  const auto has_written = [&] {
    return !read_run_logs(host.folder.path(), "1", 1, 100).out.value_or("").empty();
  };
  for (int i = 0; i < 500 && !has_written(); ++i)
    host.processes->wait(std::chrono::milliseconds(10));
  host.processes->stop(StopService{"1", "here", 1, 60, {}});
  CHECK(host.await<Service::ReportExited>().exit_code == 7u);
}

TEST_CASE("a start that was told twice starts once, and an older one never") {
  Host host;
  host.processes->start(host.start("1", "echo x; exit 0", 5));
  host.processes->start(host.start("1", "echo x; exit 0", 5));
  host.processes->start(host.start("1", "exit 9", 4));
  CHECK(host.await<Service::ReportExited>().exit_code == 0u);
  CHECK_FALSE(std::filesystem::exists(host.directory("1", 4).path()));
  host.reports.clear();
  host.processes->start(host.start("1", "exit 9", 5));
  CHECK(host.await<Service::ReportExited>().exit_code == 0u);
}

TEST_CASE("one that never ran is stopped at once, and isn't started afterwards") {
  Host host;
  host.processes->stop(StopService{"1", "here", 5, 0, {}});
  CHECK(host.await<Service::ReportExited>().fence == 5);
  host.reports.clear();
  host.processes->start(host.start("1", "exit 9", 5));
  CHECK_FALSE(host.await<Service::ReportExited>().exit_code);
  CHECK(host.processes->living_count() == 0);
}

TEST_CASE("a supervisor that comes too late finds nothing to start") {
  Host host;
  const auto run = host.directory("1");
  REQUIRE(run.make());
  LaunchPlan plan;
  plan.command = {"sh", "-c", "touch began"};
  plan.work_directory = run.work();
  const auto come_late = [&] {
    const auto late = spawn_supervisor(supervisor_of_tests(), run);
    REQUIRE(late.has_value());
    ::waitpid(late->pid, nullptr, 0);
    return run.has_begun();
  };
  SECTION("the service was stopped meanwhile") {
    REQUIRE(run.write(plan));
    host.processes->stop(StopService{"1", "here", 1, 0, {}});
    CHECK(host.await<Service::ReportExited>().fence == 1);
    CHECK_FALSE(come_late());
  }
  SECTION("nobody has asked for it again") {
    REQUIRE(run.write(plan));
    host.restart();
    CHECK_FALSE(come_late());
    CHECK(host.reports.empty());
  }
}

TEST_CASE("a later driver takes over what runs, and hears of what has ended") {
  Host host;
  host.processes->start(host.start("1", "sleep 1000"));
  host.processes->start(host.start("2", "exit 4"));
  host.await<Service::ReportExited>();
  host.await<Service::ReportReady>();
  host.reports.clear();
  host.restart();
  CHECK(host.processes->living_count() == 1);
  CHECK(host.await<Service::ReportReady>().fence == 1);
  CHECK(host.await<Service::ReportExited>().exit_code == 4u);
  host.reports.clear();
  host.processes->end_was_taken("2", 1);
  host.processes->stop(StopService{"1", "here", 1, 0, {}});
  host.await<Service::ReportExited>();
  host.reports.clear();
  host.processes->end_was_taken("1", 1);
  host.restart();
  host.processes->wait(std::chrono::milliseconds(10));
  CHECK(host.reports.empty());
}

TEST_CASE("what nobody wants is ended") {
  Host host;
  host.processes->start(host.start("1", "sleep 1000"));
  host.await<Service::ReportReady>();
  host.processes->was_refused("1", 1);
  CHECK(host.await<Service::ReportExited>().signal == std::uint32_t{SIGTERM});
}

TEST_CASE("without its supervisor a run ends with all that it left behind") {
  Host host;
  host.processes->start(host.start("1", "setsid sleep 1000 & setsid sleep 1000 & sleep 1000"));
  host.await<Service::ReportReady>();
  const auto process = host.directory("1").process();
  REQUIRE(process);
  REQUIRE(signal_process(process->supervisor, SIGKILL));
  const auto exited = host.await<Service::ReportExited>();
  CHECK_FALSE(exited.exit_code);
  CHECK_FALSE(exited.signal);
  CHECK(kill_leftovers(host.directory("1").path(), process->leader, ""));
}

TEST_CASE("what runs in a directory that was removed is killed by the next driver") {
  Host host;
  host.processes->start(host.start("1", "setsid sleep 1000 & sleep 1000"));
  host.await<Service::ReportReady>();
  const auto path = host.directory("1").path();
  host.await_runs({path});
  std::filesystem::remove_all(path);
  host.reports.clear();
  host.restart();
  host.await_runs({});
  const auto exited = host.await<Service::ReportExited>();
  CHECK(exited.fence == 1);
  CHECK_FALSE(exited.exit_code);
}

TEST_CASE("what isn't ready in time has failed for that reason") {
  Host host;
  auto start = host.start("1", "sleep 1000");
  start.specification.launch.probe_path = "/";
  start.specification.launch.probe_interval_ms = 20;
  start.specification.launch.start_timeout_s = 1;
  host.processes->start(start);
  CHECK(host.await<Service::ReportFailed>().code == "start_timeout");
}

TEST_CASE("why a start is not possible is reported") {
  Host host;
  const auto code_of = [&](StartService start) {
    host.reports.clear();
    host.processes->start(start);
    return host.await<Service::ReportFailed>().code;
  };
  auto start = host.start("1", "");
  start.specification.launch.command = {"no-such-program"};
  CHECK(code_of(start) == "program_not_found");
  start = host.start("2", "");
  start.specification.launch.command.clear();
  start.specification.launch.image = "minio";
  CHECK(code_of(start) == "recipe_has_no_command");
  start = host.start("3", "");
  start.node_id = "elsewhere";
  CHECK(code_of(start) == "node_is_another");
  start = host.start("4", "");
  start.specification.launch.ports.assign(30, 8'000);
  CHECK(code_of(start) == "no_free_port");
  start = host.start("5", "");
  start.specification.launch.environment = {{"LD_PRELOAD", "x"}};
  CHECK(code_of(start) == "environment_refused");
}

TEST_CASE("GPUs that are still used are waited for") {
  Host host;
  auto first = host.start("1", "trap '' TERM; sleep 1000", 1);
  auto second = host.start("2", "sleep 1000", 2);
  first.gpu_indices = second.gpu_indices = {0};
  host.processes->start(first);
  host.await<Service::ReportReady>();
  host.reports.clear();
  host.processes->start(second);
  CHECK(host.await<Service::ReportExited>().fence == 1);
  CHECK(host.await<Service::ReportReady>().fence == 2);
  auto stale = host.start("3", "sleep 1000", 1);
  stale.gpu_indices = {0};
  host.processes->start(stale);
  CHECK(host.processes->living_count() == 1);
}

TEST_CASE("of ended runs only the last are kept") {
  Host host;
  for (int i = 1; i <= 5; ++i) {
    host.reports.clear();
    host.processes->start(host.start(std::to_string(i), "exit 0"));
    host.await<Service::ReportExited>();
    host.processes->end_was_taken(std::to_string(i), 1);
  }
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(host.folder.path()))
    kept += entry.is_directory() ? 1 : 0;
  CHECK(kept == 3);
}
