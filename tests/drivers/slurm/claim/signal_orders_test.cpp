#include "drivers/slurm/claim/signal_orders.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("signals are told in order, each once, and the last of them are kept") {
  ScratchFolder folder;
  const RunDirectory run(folder.path());
  CHECK(read_signal_orders(run).told.empty());
  CHECK(tell_signal(run, {1, SIGUSR1, true}));
  CHECK_FALSE(tell_signal(run, {1, SIGUSR1, true}));
  CHECK(tell_signal(run, {2, SIGTERM, false}));
  CHECK_FALSE(tell_signal(run, {1, SIGUSR1, true}));
  const auto told = read_signal_orders(run).told;
  REQUIRE(told.size() == 2);
  CHECK(told[0].to_script_only);
  CHECK(told[1].signal == static_cast<std::uint32_t>(SIGTERM));
  for (std::uint64_t number = 3; number <= 100; ++number) tell_signal(run, {number, SIGUSR2});
  CHECK(read_signal_orders(run).told.size() == 64);
  CHECK(read_signal_orders(run).told.back().number == 100);
}

TEST_CASE("a signal that can't be written was not told") {
  ScratchFolder folder;
  CHECK_FALSE(tell_signal(RunDirectory(folder.path() / "gone"), {1, SIGUSR1}));
}
