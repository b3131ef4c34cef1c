#include "http/gpushare/row_turns.hpp"

#include <stdexcept>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace orrery::gpushare;

TEST_CASE("whoever edits a row has it to himself") {
  const auto turns = std::make_shared<RowTurns>();
  std::vector<int> order;
  RowTurns::Turn first;
  CHECK(turns->take("gpu/7", [&](const auto& turn) {
    order.push_back(1);
    first = turn;
  }));
  CHECK(turns->take("gpu/7", [&](const auto&) { order.push_back(2); }));
  CHECK(turns->take("gpu/7", [&](const auto&) { order.push_back(3); }));
  CHECK(turns->take("gpu/8", [&](const auto&) { order.push_back(4); }));
  CHECK(order == std::vector{1, 4});
  first.reset();
  CHECK(order == std::vector{1, 4, 2, 3});
  CHECK(turns->take("gpu/7", [&](const auto&) { order.push_back(5); }));
  CHECK(order.back() == 5);
}

TEST_CASE("so many wait for a row, and no more") {
  const auto turns = std::make_shared<RowTurns>();
  RowTurns::Turn first;
  REQUIRE(turns->take("client/1", [&](const auto& turn) { first = turn; }));
  std::size_t edit_count = 0;
  for (std::size_t i = 0; i < RowTurns::waiting_count_max; ++i)
    REQUIRE(turns->take("client/1", [&](const auto&) { ++edit_count; }));
  CHECK_FALSE(turns->take("client/1", [&](const auto&) { ++edit_count; }));
  first.reset();
  CHECK(edit_count == RowTurns::waiting_count_max);
}

TEST_CASE("an edit that fails lets the next one have its turn") {
  const auto turns = std::make_shared<RowTurns>();
  RowTurns::Turn first;
  REQUIRE(turns->take("gpu/1", [&](const auto& turn) { first = turn; }));
  bool has_come = false;
  REQUIRE(turns->take("gpu/1", [](const auto&) { throw std::runtime_error("no"); }));
  REQUIRE(turns->take("gpu/1", [&](const auto&) { has_come = true; }));
  first.reset();
  CHECK(has_come);
  CHECK_THROWS(turns->take("gpu/1", [](const auto&) { throw std::runtime_error("no"); }));
  CHECK(turns->take("gpu/1", [](const auto&) {}));
}

TEST_CASE("many threads that edit one row lose nothing") {
  const auto turns = std::make_shared<RowTurns>();
  int count = 0;  // Guarded by the turns alone.
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int edit = 0; edit < 500; ++edit)
        while (!turns->take("inference/1", [&](const auto&) { ++count; }))
          std::this_thread::yield();
    });
  for (auto& thread : threads) thread.join();
  CHECK(count == 4'000);
}
