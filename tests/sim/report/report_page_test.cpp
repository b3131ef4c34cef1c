#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "sim/report/write_report.hpp"
#include "sim/traces/generate_trace.hpp"
#include "sim/traces/trace_run.hpp"
#include "tests/sim/report/report_scene.hpp"
#include "tests/support/project_folders.hpp"

using namespace orrery;

namespace {

std::string page_of(const std::vector<TraceResult>& results, const std::vector<Trace>& traces,
                    const ReportOrigin& origin = {}) {
  std::ostringstream out;
  write_report_html(out, results, traces, origin);
  return out.str();
}

std::string json_of(const std::vector<TraceResult>& results, const std::vector<Trace>& traces,
                    const ReportOrigin& origin = {}) {
  std::ostringstream out;
  write_report_json(out, results, traces, origin);
  return out.str();
}

ReportOrigin small_origin() {
  ReportOrigin origin;
  origin.title = "Two policies on a small trace";
  origin.command = "orrery sim trace small.csv --policy fifo,sjf --html report.html";
  origin.release = "0.1.0";
  origin.commit = "0123456789ab";
  origin.currency = "€";
  origin.tables = {{"Not repeated", "Requests of other kinds.", {"Kind", "Count"}, {{"VM", "3"}}}};
  return origin;
}

std::vector<TraceResult> small_results() {
  auto shorter = small_result("sjf+pack");
  std::swap(shorter.jobs[1].start_ms, shorter.jobs[2].start_ms);
  shorter.jobs[1] = {1, 10'000, 60'000};
  return {small_result(), shorter};
}

/// Traces of the given size under the given policies, played for real.
struct Played {
  std::vector<Trace> traces;
  std::vector<TraceResult> results;
};
Played played(std::size_t trace_count, std::uint32_t job_count, std::string_view policies) {
  Played all;
  for (std::size_t i = 0; i < trace_count; ++i) {
    GeneratorSettings generator;
    generator.job_count = job_count;
    generator.seed = i + 1;
    generator.cluster_gpu_count = 256;
    auto trace = generate_trace(generator);
    trace.name = "cluster-" + std::to_string(i + 1);
    const auto parsed = parse_trace_policies(policies);
    for (const auto& policy : *parsed) {
      TraceRunSettings settings;
      settings.cluster = fitting_cluster(trace);
      settings.policy = policy;
      settings.price_per_gpu_hour = 2.5;
      all.results.push_back(run_trace(trace, settings));
    }
    all.traces.push_back(std::move(trace));
  }
  return all;
}

Trace hostile_trace() {
  auto trace = small_trace();
  trace.name = hostile_name;
  trace.tenants = {hostile_name, std::string(5'000, '<')};
  trace.bad_lines = {{hostile_name, 4'294'967'295, hostile_name}};
  return trace;
}
TraceResult hostile_result() {
  auto result = small_result(hostile_name);
  result.trace = hostile_name;
  result.hash = hostile_name;
  return result;
}
ReportOrigin hostile_origin() {
  return {hostile_name,   hostile_name,
          hostile_name,   hostile_name,
          hostile_name,   hostile_name,
          {hostile_name}, {{hostile_name, hostile_name, {hostile_name}, {{hostile_name}}}}};
}

std::size_t occurrences(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string problems_with(const std::string& json_text) {
  std::ifstream file(source_folder() / "docs/formats/trace-report.schema.json");
  std::ostringstream text;
  text << file.rdbuf();
  using Adapter = valijson::adapters::BoostJsonAdapter;
  const auto schema_document = boost::json::parse(text.str());
  const auto report = boost::json::parse(json_text);
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(Adapter(schema_document), schema);
  valijson::ValidationResults results;
  valijson::Validator().validate(schema, Adapter(report), &results);
  std::string problems;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const auto& step : error.context) problems += step;
    problems += ": " + error.description + "\n";
  }
  return problems;
}

}  // namespace

TEST_CASE("the JSON of reports is what its schema says") {
  CHECK(problems_with(json_of(small_results(), {small_trace()}, small_origin())).empty());
  CHECK(problems_with(json_of({hostile_result()}, {hostile_trace()}, hostile_origin())).empty());
  CHECK(problems_with(json_of({}, {small_trace()})).empty());
  CHECK(problems_with(json_of({}, {})).empty());
  const auto all = played(2, 500, "fifo,backfill");
  CHECK(problems_with(json_of(all.results, all.traces)).empty());
}

TEST_CASE("hostile names are text in a page, and nothing of it runs or loads") {
  const auto page = page_of({hostile_result()}, {hostile_trace()}, hostile_origin());
  for (const auto* forbidden : {"<script", "<img", "onerror=alert(2)>", "</title></script",
                                "javascript:", "http://", "https://", "url(", "@import", " style="})
    CHECK(page.find(forbidden) == std::string::npos);
  CHECK(occurrences(page, "<style>") == 1);
  CHECK(occurrences(page, "Content-Security-Policy") == 1);
  CHECK(page.find("default-src &#39;none&#39;; style-src &#39;sha256-") != std::string::npos);
  CHECK(page.find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("every chart of a page has a title, a description, and a table below") {
  const auto page = page_of(small_results(), {small_trace()}, small_origin());
  const auto chart_count = occurrences(page, "<svg ");
  CHECK(chart_count == 10);
  CHECK(occurrences(page, "<title id=\"t") == chart_count);
  CHECK(occurrences(page, "<desc id=\"d") == chart_count);
  CHECK(occurrences(page, "<figure>") == chart_count);
  CHECK(occurrences(page, "As a table") == chart_count);
  const std::regex empty_path("<path[^>]* d=\"\"");
  CHECK_FALSE(std::regex_search(page, empty_path));
  const std::regex no_number("\\b(nan|inf)\\b");
  CHECK_FALSE(std::regex_search(page, no_number));
}

TEST_CASE("elements of a page close in the order in which they were opened") {
  const auto page = page_of(small_results(), {small_trace()}, small_origin());
  const std::regex tag("<(/?)([a-z][a-z0-9]*)((?:\"[^\"]*\"|[^>\"])*)>");
  std::vector<std::string> open;
  for (auto at = std::sregex_iterator(page.begin(), page.end(), tag); at != std::sregex_iterator();
       ++at) {
    if ((*at)[3].str().ends_with('/')) continue;
    if ((*at)[1].length() == 0) {
      open.push_back((*at)[2]);
      continue;
    }
    REQUIRE_FALSE(open.empty());
    REQUIRE(open.back() == (*at)[2].str());
    open.pop_back();
  }
  CHECK(open.empty());
}

TEST_CASE("the same results make the same bytes, however long they took") {
  auto slower = small_results();
  for (auto& result : slower) result.elapsed_s = 100;
  CHECK(page_of(small_results(), {small_trace()}) == page_of(slower, {small_trace()}));
  CHECK(json_of(small_results(), {small_trace()}) == json_of(slower, {small_trace()}));
}

TEST_CASE("reports stay below a megabyte: many jobs, and many traces under many policies") {
  constexpr std::size_t size_max = 1'000'000;
  const auto many_jobs = played(1, 200'000, "fifo,backfill");
  CHECK(page_of(many_jobs.results, many_jobs.traces).size() < size_max / 4);
  CHECK(json_of(many_jobs.results, many_jobs.traces).size() < size_max / 4);
  const auto many_runs =
      played(8, 2'000, "fifo,backfill,sjf,fairshare,backfill+spread,sjf+backfill");
  CHECK(page_of(many_runs.results, many_runs.traces).size() < size_max);
  CHECK(json_of(many_runs.results, many_runs.traces).size() < size_max);
}

// Hidden: tests/sim/report/report_process.py has it write pages, and looks at them in a browser.
TEST_CASE("pages for a browser", "[.report-pages]") {
  const auto* folder = std::getenv("ORRERY_REPORT_FOLDER");
  REQUIRE(folder != nullptr);
  const auto write = [&](const std::string& name, const std::string& page) {
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << page;
  };
  write("small.html", page_of(small_results(), {small_trace()}, small_origin()));
  write("hostile.html", page_of({hostile_result()}, {hostile_trace()}, hostile_origin()));
  auto one = played(1, 20'000, "fifo,backfill,sjf,fairshare,backfill+spread");
  write("policies.html", page_of(one.results, one.traces, small_origin()));
  const auto many = played(3, 3'000, "fifo,backfill,sjf");
  write("traces.html", page_of(many.results, many.traces, small_origin()));
}
