#include "cli/trace_table.hpp"

#include <sstream>

#include <catch2/catch.hpp>

#include "sim/traces/trace_run.hpp"

using namespace orrery;

namespace {

Trace trace_named(const std::string& name) {
  Trace trace;
  trace.name = name;
  trace.tenants = {"ann"};
  for (const std::uint32_t gpu_count : {4U, 2U, 99U}) {
    TraceJob job;
    job.gpu_count = gpu_count;
    job.run_ms = 3'600'000;
    trace.jobs.push_back(job);
  }
  return trace;
}

struct Played {
  Played(std::vector<Trace> played, double price) : traces(std::move(played)) {
    for (const auto& trace : traces)
      for (const auto* policy : {"fifo", "backfill"}) {
        TraceRunSettings settings;
        settings.cluster = *parse_trace_cluster("1x4");
        settings.policy = *parse_trace_policy(policy);
        settings.price_per_gpu_hour = price;
        results.push_back(run_trace(trace, settings));
      }
    ReportOrigin origin;
    origin.currency = "€";
    report = summarise(results, traces, origin);
  }

  std::vector<Trace> traces;
  std::vector<TraceResult> results;
  TraceReport report;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a comparison has a line for each trace and policy, and one for all traces") {
  const Played one({trace_named("one")}, 0);
  const auto lines = lines_of(trace_table(one.report));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("trace  policy"));
  CHECK(lines[1].starts_with("one    fifo+pack           1x4"));
  CHECK(lines[1].find("75.0 %") != std::string::npos);
  CHECK(lines[2].starts_with("one    fifo+backfill+pack  1x4"));
  CHECK(lines[0].find("cost") == std::string::npos);

  const Played two({trace_named("one"), trace_named("other")}, 0);
  const auto both = lines_of(trace_table(two.report));
  REQUIRE(both.size() == 7);
  CHECK(both[5].starts_with("all together"));
}

TEST_CASE("a comparison shows costs where there is a price") {
  const Played played({trace_named("one")}, 2);
  const auto lines = lines_of(trace_table(played.report));
  CHECK(lines[0].ends_with("cost"));
  CHECK(lines[1].ends_with("€12.00"));
}

TEST_CASE("jobs that never start are said") {
  const Played played({trace_named("one")}, 0);
  const auto lines = lines_of(trace_remarks(played.report, played.results));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "one: 1 of 3 jobs ask for more than 1x4 has; they never start");
  CHECK(lines[1].starts_with("6 jobs played in "));
}

TEST_CASE("durations are shown in the unit that a person would choose") {
  CHECK(shown_duration(0) == "0 s");
  CHECK(shown_duration(0.25) == "0.2 s");
  CHECK(shown_duration(85) == "85 s");
  CHECK(shown_duration(150) == "2.5 min");
  CHECK(shown_duration(3 * 3'600) == "3.0 h");
  CHECK(shown_duration(86'400 * 10.5) == "10.5 d");
}
