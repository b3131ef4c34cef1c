#include "drivers/slurm/port/command_runner.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "drivers/runs/file_text.hpp"
#include "storage/descriptor.hpp"

using namespace orrery;

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

Command shell(const std::string& script) {
  return {"/bin/sh", {"-c", script}, {"PATH=/usr/bin:/bin"}, "", 60s};
}

/// Gone, or nothing but an entry that its parent has yet to take.
bool is_gone(const std::string& pid) {
  const auto status = read_file_text("/proc/" + pid + "/stat");
  return status.empty() || status.find(") Z ") != std::string::npos;
}

}  // namespace

TEST_CASE("a program that nobody waits for any more is ended at once") {
  std::stop_source source;
  auto command = shell("echo begun; exec sleep 1000");
  command.deadline = std::chrono::hours(1);
  command.stop = source.get_token();
  std::jthread stopping([&] { source.request_stop(); });
  const auto end = run_command(command);
  CHECK(end.is_late);
  CHECK_FALSE(end.is_success());
}

TEST_CASE("a program gets its input, and gives its outputs and exit code") {
  auto command = shell("cat; echo wrong >&2; exit 3");
  command.input = "one\ntwo\n";
  const auto end = run_command(command);
  CHECK(end.output == "one\ntwo\n");
  CHECK(end.errors == "wrong\n");
  CHECK(end.exit_code == 3);
  CHECK_FALSE(end.is_late);
  CHECK_FALSE(end.is_success());
  CHECK(run_command(shell("true")).is_success());
}

TEST_CASE("a program that writes much is heard to the end") {
  const auto end = run_command(shell("head -c 20000000 /dev/zero; echo end"));
  CHECK(end.is_success());
  CHECK(end.output.size() == 20'000'004);
  CHECK(end.output.substr(20'000'000) == "end\n");
}

TEST_CASE("a program that takes too long is killed with what it started") {
  auto command = shell("sleep 1000 & echo $!; sleep 1000");
  command.deadline = 500ms;
  const auto end = run_command(command);
  CHECK(end.is_late);
  CHECK(end.exit_code == 128 + SIGKILL);
  REQUIRE(end.output.size() > 1);
  while (!is_gone(end.output.substr(0, end.output.size() - 1))) std::this_thread::yield();
}

TEST_CASE("nothing is waited for that a program leaves behind, and it is ended") {
  const auto end = run_command(shell("sleep 1000 & echo $!"));
  CHECK(end.is_success());
  REQUIRE(end.output.size() > 1);
  while (!is_gone(end.output.substr(0, end.output.size() - 1))) std::this_thread::yield();
}

TEST_CASE("a program has no descriptor or variable of ours") {
  const Descriptor kept(::open("/dev/null", O_RDONLY));  // Not closed by an exec.
  REQUIRE(kept);
  CHECK(run_command(shell("ls /proc/self/fd")).output == "0\n1\n2\n3\n");  // 3 is of ls itself.
  const auto end = run_command({"/usr/bin/env", {}, {"ONE=1", "TWO=2"}});
  CHECK(end.output == "ONE=1\nTWO=2\n");
}

TEST_CASE("a program that can't be run is told with the reason") {
  CHECK(run_command({"/no/such/program", {}, {}}).start_error == ENOENT);
  CHECK(run_command({"/dev/null", {}, {}}).start_error == EACCES);
}

TEST_CASE("what programs cost is known to the thread that ran them, and to no other") {
  const auto busy = shell("i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done");
  const auto before = processor_time_of_commands();
  std::chrono::microseconds of_other{};
  std::thread([&] {
    run_command(busy);
    of_other = processor_time_of_commands();
  }).join();
  CHECK(of_other > 5ms);
  CHECK(processor_time_of_commands() == before);
  run_command(busy);
  CHECK(processor_time_of_commands() > before + 5ms);
}

TEST_CASE("programs run side by side, each with its own input") {
  std::array<std::string, 8> seen;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        auto command = shell("cat");
        command.input = fmt::format("{}.{} ", i, round);
        seen[i] += run_command(command).output;
      }
    });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < seen.size(); ++i)
    CHECK(seen[i] == fmt::format("{0}.0 {0}.1 {0}.2 {0}.3 {0}.4 ", i));
}
