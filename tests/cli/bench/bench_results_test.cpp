#include "cli/bench/bench_results.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "cli/bench/bench_table.hpp"
#include "tests/support/project_folders.hpp"

using namespace orrery;

namespace {

Measurement measured(std::string name, double value, std::string hash = "h") {
  Measurement measurement{std::move(name), "events/s", Better::more, value};
  measurement.figures = {{"p99_ms", value / 100}};
  measurement.hash = std::move(hash);
  return measurement;
}

BenchResults sample() {
  BenchResults results;
  results.release = "0.1.0";
  results.commit = "0123456789ab";
  results.measured_at = "2026-11-22T10:00:00Z";
  results.machine = {"A processor", 2, 24'576, "6.1", 50, 0.5};
  auto append = measured("append", 1'000);
  append.series = {900, 1'100};
  append.target = 500;
  results.results = summarise({{append}});
  results.failed = {"feeds"};
  return results;
}

}  // namespace

TEST_CASE("the median run is kept whole, with its own figures") {
  const auto results =
      summarise({{measured("a", 300)}, {measured("a", 100)}, {measured("a", 200)}});
  REQUIRE(results.size() == 1);
  CHECK(results[0].median.value == 200);
  CHECK(results[0].median.figures.at("p99_ms") == 2);
  CHECK(results[0].runs == std::vector<double>{300, 100, 200});
  CHECK(results[0].spread() == 0.5);
}

TEST_CASE("of two runs the lower is the median, so that it is one that was measured") {
  CHECK(summarise({{measured("a", 2)}, {measured("a", 1)}})[0].median.value == 1);
}

TEST_CASE("what a bench measures keeps its order, and a run may lack some of it") {
  const auto results = summarise({{measured("b", 1), measured("a", 2)}, {measured("b", 3)}});
  REQUIRE(results.size() == 2);
  CHECK(results[0].median.name == "b");
  CHECK(results[1].runs.size() == 1);
  CHECK(summarise({}).empty());
}

TEST_CASE("runs that computed different things are told") {
  const auto results = summarise({{measured("a", 1, "x")}, {measured("a", 2, "y")}});
  CHECK(results[0].hash_differs);
  CHECK(results[0].median.hash.empty());
}

TEST_CASE("saved results are read as they were") {
  const auto text = to_json_text(sample());
  const auto read = read_bench_results(text);
  REQUIRE(read.has_value());
  CHECK(to_json_text(*read) == text);
  CHECK(read->results[0].median.series == std::vector<double>{900, 1'100});
  CHECK(read->machine.is_same_as(sample().machine));
}

TEST_CASE("a saved file has a member a line, so that two can be compared by eye") {
  const auto text = to_json_text(sample());
  CHECK(text.find("\n  \"commit\": \"0123456789ab\",\n") != std::string::npos);
  CHECK(text.find("\"series\": [900,1100]") != std::string::npos);
}

TEST_CASE("what orrery bench did not write is refused with a reason") {
  const auto error_of = [](std::string_view text) { return read_bench_results(text).error(); };
  CHECK(error_of("{").find("no JSON") != std::string::npos);
  CHECK(error_of("{}").find("not the form") != std::string::npos);
  CHECK(error_of("[1,2]").find("not the form") != std::string::npos);
  auto newer = sample();
  newer.version = 2;
  CHECK(error_of(to_json_text(newer)).find("version 2") != std::string::npos);
  auto empty = sample();
  empty.results[0].runs.clear();
  CHECK(error_of(to_json_text(empty)) == "a result has no runs");
}

TEST_CASE("a run tells its measurements in one line") {
  const auto text = to_json_text(std::vector{measured("a", 1), measured("b", 2)});
  CHECK(text.find('\n') == std::string::npos);
  const auto read = read_measurements(text);
  REQUIRE(read.has_value());
  CHECK(read->at(1).name == "b");
  CHECK_FALSE(read_measurements("not a line").has_value());
}

TEST_CASE("numbers are shown as people read them") {
  CHECK(shown_number(0) == "0");
  CHECK(shown_number(7) == "7");
  CHECK(shown_number(0.0123) == "0.0123");
  CHECK(shown_number(3.14159) == "3.14");
  CHECK(shown_number(31.4159) == "31.4");
  CHECK(shown_number(999.6) == "1,000");
  CHECK(shown_number(1'234'567) == "1,234,567");
  CHECK(shown_number(-1'234.5) == "-1,234");
  CHECK(shown_number(1e20) == "1e+20");
}

TEST_CASE("the table says what met its target, and what failed") {
  const auto text = bench_table(sample());
  CHECK(text.find("1,000 events/s  (target ≥ 500 met)") != std::string::npos);
  CHECK(text.find("p99_ms 10; over time 900 1,100") != std::string::npos);
  CHECK(text.find("feeds         FAILED") != std::string::npos);
  auto slow = sample();
  slow.results[0].median.value = 100;
  CHECK(bench_table(slow).find("MISSED") != std::string::npos);
}

TEST_CASE("tiny inputs meet and miss no target") {
  auto quick = sample();
  quick.quick = true;
  CHECK(bench_table(quick).find("target") == std::string::npos);
  CHECK(bench_table(quick).find("tiny inputs") != std::string::npos);
}

TEST_CASE("every bench has a file of its name, and the other way round") {
  std::set<std::string> names;
  for (const auto& bench : benches()) names.emplace(bench.name);
  std::set<std::string> files;
  const std::string ending = "_bench.cpp";
  for (const auto& entry : std::filesystem::directory_iterator(source_folder() / "cli/bench")) {
    auto file = entry.path().filename().string();
    if (!file.ends_with(ending)) continue;
    file.resize(file.size() - ending.size());
    std::ranges::replace(file, '_', '-');
    files.insert(file);
  }
  CHECK(names == files);
  CHECK(find_bench("c2m") != nullptr);
  CHECK(find_bench("nonsense") == nullptr);
}
