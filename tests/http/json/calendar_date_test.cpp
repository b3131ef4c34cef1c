#include "http/json/calendar_date.hpp"

#include <catch2/catch.hpp>

using namespace orrery;
using namespace std::chrono_literals;

TEST_CASE("dates and months are read strictly") {
  CHECK(read_date("2024-02-29") == std::chrono::sys_days{2024y / 2 / 29});
  for (const auto text : {"", "2023-02-29", "2024-2-29", "2024-02-29T", "2024-13-01", "2024-00-01",
                          "2024-01-00", "20240-1-01", "2024/01/01", "+024-01-01", "-024-01-01"})
    CHECK_FALSE(read_date(text));
  CHECK(read_month("2024-02") == std::chrono::sys_days{2024y / 2 / 1});
  for (const auto text : {"", "2024-2", "2024-13", "2024-00", "2024-02-01", "202-402"})
    CHECK_FALSE(read_month(text));
}
