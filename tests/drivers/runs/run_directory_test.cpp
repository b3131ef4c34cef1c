#include "drivers/runs/run_directory.hpp"

#include <fstream>

#include <sys/stat.h>
#include <sys/wait.h>
#include <catch2/catch.hpp>

#include "drivers/runs/output_log.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/run_logs.hpp"
#include "drivers/runs/supervisor.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("what is written into a run directory is read again") {
  const ScratchFolder folder;
  const auto run = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(run.make());
  CHECK_FALSE(run.launch());
  CHECK_FALSE(run.has_begun());

  LaunchPlan plan;
  plan.service_id = "17";
  plan.fence = ~std::uint64_t{0};
  plan.command = {"a", "b \"c\"\n"};
  plan.environment = {{"A", "ü"}};
  plan.ports = {20'000};
  plan.log_patterns = {{"ready", ServiceStage::running}};
  REQUIRE(run.write(plan));
  const auto read = run.launch();
  REQUIRE(read);
  CHECK(read->fence == plan.fence);
  CHECK(read->command == plan.command);
  CHECK(read->environment == plan.environment);
  CHECK(read->log_patterns == plan.log_patterns);

  REQUIRE(run.write(ProcessRecord{"boot", {1, 2}, {3, 4}}));
  CHECK(run.has_begun());
  CHECK(run.process()->leader == ProcessIdentity{3, 4});
  CHECK_FALSE(run.has_ended());
  REQUIRE(run.write(ExitRecord{{}, 9, "", ""}));
  CHECK(run.exit()->signal == 9u);
  CHECK_FALSE(run.exit()->exit_code);
}

TEST_CASE("a record of an older or newer server is read as far as it goes") {
  const ScratchFolder folder;
  const auto run = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(run.make());
  std::ofstream(run.path() / "launch.json") << R"({"service_id":"17","news":true})";
  CHECK(run.launch()->service_id == "17");
  CHECK(run.launch()->ports.empty());
  for (const auto* broken : {"", "[]", "{", R"({"fence":"x"})"}) {
    std::ofstream(run.path() / "launch.json") << broken;
    CHECK_FALSE(run.launch());
  }
}

TEST_CASE("the name of a run directory says which start it is of") {
  const auto name = RunDirectory::name_of("/runs/17.3");
  REQUIRE(name);
  CHECK(name->service_id == "17");
  CHECK(name->fence == 3);
  for (const auto* other : {"/runs/17", "/runs/.3", "/runs/17.x", "/runs/17.", "/runs/17.3x"})
    CHECK_FALSE(RunDirectory::name_of(other));
}

TEST_CASE("a run's lock has one holder, and asking takes it from nobody") {
  const ScratchFolder folder;
  const auto run = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(run.make());
  CHECK_FALSE(run.is_locked());
  {
    const auto lock = run.take_lock();
    REQUIRE(lock);
    CHECK(run.is_locked());
    CHECK(run.is_locked());
    CHECK_FALSE(run.take_lock());
  }
  CHECK_FALSE(run.is_locked());
}

TEST_CASE("what a run's own processes put in the place of its files leads nowhere") {
  const ScratchFolder folder;
  const auto run = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(run.make());
  const auto exit = run.path() / "exit.json";
  const auto elsewhere = folder.path() / "elsewhere";
  std::ofstream(elsewhere) << R"({"code":"secret"})";

  SECTION("a link") {
    std::filesystem::create_symlink(elsewhere, exit);
    std::filesystem::create_symlink(elsewhere, run.log("out"));
    CHECK_FALSE(read_run_logs(folder.path(), "17", 3, 1'000).out);
  }
  SECTION("what nobody writes to") {
    REQUIRE(::mkfifo(exit.c_str(), S_IRUSR | S_IWUSR) == 0);
    REQUIRE(::mkfifo(run.log("err").c_str(), S_IRUSR | S_IWUSR) == 0);
    REQUIRE(::mkfifo((run.path() / "stage.running").c_str(), S_IRUSR | S_IWUSR) == 0);
    run.mark(ServiceStage::running);
    CHECK_FALSE(read_run_logs(folder.path(), "17", 3, 1'000).err);
  }
  SECTION("more than anybody wants to read") {
    std::ofstream(exit) << R"({"code":"x"})";
    std::filesystem::resize_file(exit, std::uintmax_t{1} << 40);
  }
  SECTION("a directory") { std::filesystem::create_directory(exit); }
  CHECK_FALSE(run.exit());
  CHECK(run.has_ended());
}

TEST_CASE("a run directory that is a link is none") {
  const ScratchFolder folder;
  const auto other = RunDirectory::of(folder.path() / "others", "17", 3);
  REQUIRE(other.make());
  REQUIRE(other.write(ExitRecord{7u, {}, "", ""}));
  std::ofstream(other.log("out")) << "secret\n";
  std::filesystem::create_directory_symlink(other.path(), folder.path() / "17.3");
  CHECK_FALSE(RunDirectory::of(folder.path(), "17", 3).exit());
  CHECK_FALSE(read_run_logs(folder.path(), "17", 3, 1'000).out);
}

TEST_CASE("how a run ended is written once") {
  const ScratchFolder folder;
  const auto run = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(run.make());
  CHECK(run.write(ExitRecord{7u, {}, "", ""}));
  CHECK(run.write(ExitRecord{0u, {}, "", ""}));
  CHECK(run.exit()->exit_code == 7u);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(run.path()))
    count += entry.is_regular_file() ? 1 : 0;
  CHECK(count == 1);  // Nothing unfinished is left.
}

TEST_CASE("a held lock keeps a supervisor away, and a file system without locks does not") {
  const ScratchFolder folder;
  const auto supervise_there = [](const RunDirectory& run) {
    LaunchPlan plan;
    plan.command = {"/bin/true"};
    plan.work_directory = run.work().string();
    REQUIRE(run.write(plan));
    const auto child = ::fork();
    if (child == 0) ::_exit(supervise(run.path()));
    ::waitpid(child, nullptr, 0);
    return run.exit();
  };
  const auto held = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(held.make());
  const auto lock = held.take_lock();
  CHECK(held.try_lock().error() ==
        boost::system::errc::make_error_code(boost::system::errc::resource_unavailable_try_again));
  CHECK_FALSE(supervise_there(held));
  CHECK_FALSE(held.has_begun());

  const auto lockless = RunDirectory::of(folder.path(), "18", 3);
  REQUIRE(lockless.make());
  std::filesystem::create_directory(lockless.path() / "lock");  // Which nothing can lock.
  CHECK_FALSE(lockless.take_lock());
  const auto exit = supervise_there(lockless);
  REQUIRE(exit);
  CHECK(exit->message.empty());
  CHECK(exit->exit_code == 0u);
}

TEST_CASE("a directory that a file system refuses is refused, and nothing thrown") {
  const ScratchFolder folder;
  std::filesystem::create_symlink("loop", folder.path() / "loop");
  CHECK_FALSE(RunDirectory::of(folder.path() / "loop", "17", 3).make());
  std::ofstream(folder.path() / "file") << "x";
  CHECK_FALSE(RunDirectory::of(folder.path() / "file", "17", 3).make());
  CHECK_FALSE(RunDirectory::of("/proc/1/fdinfo/none", "17", 3).make());
}

TEST_CASE("a log keeps the end of a stream, within its limit") {
  const ScratchFolder folder;
  const auto run = RunDirectory::of(folder.path(), "17", 3);
  REQUIRE(run.make());
  constexpr std::uint64_t bytes_max = 20'000;
  OutputLog log(run.log("out"), bytes_max);
  for (int i = 0; i < 10'000; ++i) log.write("line " + std::to_string(i) + "\n");
  const auto out = read_run_logs(folder.path(), "17", 3, 1 << 20).out;
  REQUIRE(out);
  CHECK(out->size() <= bytes_max);
  CHECK(out->size() >= bytes_max / 2);
  CHECK(out->ends_with("line 9998\nline 9999\n"));
  const auto end = read_run_logs(folder.path(), "17", 3, 25).out;
  CHECK(*end == "line 9998\nline 9999\n");
  CHECK_FALSE(read_run_logs(folder.path(), "17", 3, 25).err);
  CHECK_FALSE(read_run_logs(folder.path(), "17", 4, 25).out);
}

TEST_CASE("lines of the output tell stages, each once, however they arrive") {
  StageWatch watch(
      {{"Starting build", ServiceStage::building}, {"startup complete", ServiceStage::running}});
  CHECK(watch.take("hello\nStarting bu").empty());
  CHECK(watch.take("ild of it\n") == std::vector{ServiceStage::building});
  CHECK(watch.take("Starting build\n").empty());
  CHECK(watch.take("Application startup complete.\n") == std::vector{ServiceStage::running});
}

TEST_CASE("a process is known by its number and its start") {
  const auto self = find_process(::getpid());
  REQUIRE(self);
  CHECK(watch_process(self->identity));
  auto other = self->identity;
  ++other.start_ticks;
  CHECK_FALSE(watch_process(other));
  CHECK_FALSE(signal_process(other, 0));

  const auto child = ::fork();
  if (child == 0) ::pause();
  const auto below = descendants_of(::getpid());
  REQUIRE(below.size() == 1);
  CHECK(below.front().identity.pid == child);
  CHECK(signal_process(below.front().identity, SIGKILL));
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(find_process(child));
}
