#include "http/json/cny.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("amounts of CNY are read exactly, or not at all") {
  CHECK(read_cny("2.50") == 250);
  CHECK(read_cny("2.5") == 250);
  CHECK(read_cny("3") == 300);
  CHECK(read_cny("0") == 0);
  CHECK(read_cny("0.01") == 1);
  CHECK(read_cny("0.29") == 29);  // No binary fraction.
  CHECK(read_cny("007") == 700);
  CHECK(read_cny("99999999999.99") == 9'999'999'999'999);
  for (const auto* wrong : {"", ".", "1.", ".5", "1.234", "-1", "+1", "1e3", "1,00", " 1", "1 ",
                            "0x1", "1.2.3", "１", "100000000000", "NaN"})
    CHECK_FALSE(read_cny(wrong));
}

TEST_CASE("amounts are shown with two decimals, and read back as they were") {
  CHECK(cny_text(250) == "2.50");
  CHECK(cny_text(-1) == "-0.01");
  CHECK(cny_text(-12'345) == "-123.45");
  CHECK(cny_text(0) == "0.00");
  for (const std::int64_t fen : {0, 1, 99, 100, 101, 123'456'789})
    CHECK(read_cny(cny_text(fen)) == fen);
}

TEST_CASE("ratios are ten-thousandths from 0 to 1") {
  CHECK(read_ratio("0.48") == 4'800);
  CHECK(read_ratio("1") == 10'000);
  CHECK(read_ratio("0.0001") == 1);
  for (const auto* wrong : {"1.0001", "2", "0.00001", "-0.5", ""}) CHECK_FALSE(read_ratio(wrong));
  CHECK(ratio_text(4'800) == "0.48");
  CHECK(ratio_text(10'000) == "1");
  CHECK(ratio_text(1) == "0.0001");
  CHECK(ratio_text(0) == "0");
}
