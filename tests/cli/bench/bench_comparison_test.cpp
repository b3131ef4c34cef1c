#include "cli/bench/bench_comparison.hpp"

#include <catch2/catch.hpp>

#include "cli/bench/bench_table.hpp"

using namespace orrery;

namespace {

BenchResults with(Measurement measurement, const std::vector<double>& values) {
  std::vector<std::vector<Measurement>> runs;
  for (const double value : values) {
    measurement.value = value;
    runs.push_back({measurement});
  }
  BenchResults results;
  results.results = summarise(runs);
  return results;
}

BenchResults rates(const std::vector<double>& values) {
  return with({"rate", "events/s", Better::more, 0, {}, {}, "h", 0}, values);
}
BenchResults times(const std::vector<double>& values) {
  return with({"time", "s", Better::less, 0, {}, {}, "h", 0}, values);
}

BenchComparison only(const BenchResults& now, const BenchResults& before) {
  const auto comparisons = compare(now, before, {"rate", "time"});
  REQUIRE(comparisons.size() == 1);
  return comparisons.front();
}

}  // namespace

TEST_CASE("a rate that fell beyond what the runs differ by is a regression") {
  const auto found = only(rates({80, 82, 84}), rates({98, 100, 102}));
  CHECK(found.verdict == BenchVerdict::slower);
  CHECK(found.ratio == Approx(0.82));
  CHECK(found.is_regression());
}

TEST_CASE("a time that fell is an improvement") {
  const auto found = only(times({0.5, 0.5, 0.5}), times({1, 1, 1}));
  CHECK(found.verdict == BenchVerdict::faster);
  CHECK(found.ratio == 2);
  CHECK_FALSE(found.is_regression());
}

TEST_CASE("runs that overlap say nothing") {
  CHECK(only(rates({70, 80, 99}), rates({98, 100, 102})).verdict == BenchVerdict::same);
}

TEST_CASE("a small difference is noise however well the runs agree") {
  CHECK(only(rates({96, 96, 96}), rates({100, 100, 100})).verdict == BenchVerdict::same);
  CHECK(only(rates({104, 104, 104}), rates({100, 100, 100})).verdict == BenchVerdict::same);
}

TEST_CASE("a single run must differ by more") {
  CHECK(only(rates({85}), rates({100, 101, 102})).verdict == BenchVerdict::same);
  CHECK(only(rates({75}), rates({100, 101, 102})).verdict == BenchVerdict::slower);
}

TEST_CASE("another hash is a regression whatever the rate") {
  auto now = rates({200, 200, 200});
  now.results[0].median.hash = "other";
  CHECK(only(now, rates({100, 100, 100})).verdict == BenchVerdict::computes_something_else);
  auto torn = rates({100, 100, 100});
  torn.results[0].hash_differs = true;
  CHECK(only(torn, rates({100, 100, 100})).is_regression());
}

TEST_CASE("what is new is no regression, what is gone is one, what was not asked for is neither") {
  CHECK(compare(rates({1}), {}, {"rate"}).front().verdict == BenchVerdict::added);
  CHECK_FALSE(compare(rates({1}), {}, {"rate"}).front().is_regression());
  CHECK(compare({}, rates({1}), {"rate"}).front().verdict == BenchVerdict::gone);
  CHECK(compare({}, rates({1}), {"rate"}).front().is_regression());
  CHECK(compare({}, rates({1}), {"time"}).empty());
}

TEST_CASE("parts of a bench belong to it") {
  const auto before = with({"rate/part", "events/s", Better::more, 0, {}, {}, "", 0}, {1});
  CHECK(compare({}, before, {"rate"}).front().verdict == BenchVerdict::gone);
}

TEST_CASE("nothing divided by nothing is the same") {
  CHECK(only(rates({0}), rates({0})).verdict == BenchVerdict::same);
  CHECK(only(rates({0}), rates({100})).verdict == BenchVerdict::slower);
}

TEST_CASE("a comparison names the regression") {
  const auto text =
      comparison_table(compare(rates({50, 50, 50}), rates({100, 100, 100}), {"rate"}));
  CHECK(text ==
        "rate          100 → 50 events/s, 0.50 times as good: REGRESSION: worse, beyond what "
        "the runs differ by\n");
}
