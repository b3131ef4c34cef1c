#include "drivers/runs/bounded_log_reads.hpp"

#include <latch>
#include <thread>

#include <catch2/catch.hpp>

using namespace orrery;
using namespace std::chrono_literals;

TEST_CASE("logs are read on another thread, and given to who asks") {
  const BoundedLogReads reads(1, 1h);
  const auto self = std::this_thread::get_id();
  bool is_elsewhere = false;
  const auto logs = reads([&] {
    is_elsewhere = std::this_thread::get_id() != self;
    return RunLogs{"text", {}};
  });
  REQUIRE(logs);
  CHECK(logs->out == "text");
  CHECK(is_elsewhere);
}

TEST_CASE("a file system that hangs keeps nobody waiting who asks for logs") {
  const BoundedLogReads impatient(2, 0ms);
  const auto release = std::make_shared<std::latch>(1);
  const auto begun = std::make_shared<std::atomic<int>>(0);
  const auto ended = std::make_shared<std::latch>(2);
  const auto hang = [=] {
    ++*begun;
    release->wait();
    ended->count_down();
    return RunLogs{};
  };
  for (int i = 0; i < 20; ++i) CHECK_FALSE(impatient(hang));
  release->count_down();
  ended->wait();
  CHECK(*begun == 2);
}
