#include <catch2/catch.hpp>

#include "http/mkinf/usage_request.hpp"

using namespace orrery;
using namespace orrery::mkinf;
using namespace std::chrono_literals;

namespace {

/// 2024-06-16 at 15:52:41.
constexpr Time now{std::chrono::microseconds(1'718'553'161'000'000)};
constexpr std::chrono::sys_days today{2024y / 6 / 16};

boost::system::result<UsageRequest, JsonProblem> read(std::string_view query) {
  Request request;
  request.query = query;
  return read_usage_request(request, now);
}

std::string problem(std::string_view query) {
  const auto usage = read(query);
  return usage ? "" : usage.error().message;
}

}  // namespace

TEST_CASE("usage is what ran until the last midnight, by day, as far back as it goes") {
  const auto usage = read("");
  REQUIRE(usage.has_value());
  CHECK(usage->query.until == Time(today));
  CHECK(usage->query.from == today - usage_days_max);
  CHECK_FALSE(usage->query.monthly);
}

TEST_CASE("usage is filtered by days, projects, types and regions") {
  const auto usage = read(
      "start_date=2024-05-01&end_date=2024-06-01&interval=monthly&projects=a,b&resource_types=t&"
      "regions=us-east1-a");
  REQUIRE(usage.has_value());
  CHECK(usage->query.from == std::chrono::sys_days{2024y / 5 / 1});
  CHECK(usage->query.until == Time(std::chrono::sys_days{2024y / 6 / 1}));
  CHECK(usage->query.monthly);
  CHECK(usage->projects == std::vector<std::string>{"a", "b"});
  CHECK(usage->resource_types == std::vector<std::string>{"t"});
  CHECK(usage->regions == std::vector<std::string>{"us-east1-a"});
  // What isn't over doesn't show.
  CHECK(read("end_date=2030-01-01&start_date=2029-12-01")->query.until == Time(today));
}

TEST_CASE("what is wrong with a question for usage is named") {
  CHECK(problem("start_date=yesterday") == "start_date must be a date such as 2024-06-16");
  CHECK(problem("end_date=2024-02-30") == "end_date must be a date such as 2024-06-16");
  CHECK(problem("start_date=2024-06-02&end_date=2024-06-01") ==
        "start_date must not be after end_date");
  CHECK(problem("start_date=2020-01-01&end_date=2024-06-01") ==
        "start_date must be at most 366 days before end_date");
  CHECK(problem("interval=hourly") == "interval must be daily or monthly");
}
