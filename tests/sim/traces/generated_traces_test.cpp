#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "sim/traces/generate_trace.hpp"
#include "sim/traces/write_trace.hpp"

using namespace orrery;

namespace {

double gpus_of(const TraceJob& job) { return job.gpu_count * (job.gpu_milli / 1'000.0); }

double median_run_s(const Trace& trace) {
  std::vector<std::int64_t> runs;
  for (const auto& job : trace.jobs) runs.push_back(job.run_ms);
  std::nth_element(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2),
                   runs.end());
  return static_cast<double>(runs[runs.size() / 2]) / 1'000;
}

template <class Measure>
double mean(const Trace& trace, Measure measure) {
  double sum = 0;
  for (const auto& job : trace.jobs) sum += measure(job);
  return sum / static_cast<double>(trace.jobs.size());
}

double permille(const Trace& trace, TraceOutcome outcome) {
  return 1'000 * mean(trace, [&](const TraceJob& job) { return job.outcome == outcome ? 1 : 0; });
}

bool is_near(double value, double expected, double percent) {
  return std::abs(value - expected) <= expected * percent / 100;
}

constexpr TraceLikeness all_likenesses[] = {TraceLikeness::philly, TraceLikeness::helios,
                                            TraceLikeness::seren, TraceLikeness::pai};

Trace read_back(const Trace& trace, TraceFormat format) {
  std::ostringstream out;
  REQUIRE(write_trace(trace, format, out).has_value());
  return parse_trace(format, trace.name, out.str());
}

/// What every format can say of a job.
bool is_same_job(const TraceJob& a, const TraceJob& b) {
  return a.submit_ms == b.submit_ms && a.run_ms == b.run_ms && a.gpu_count == b.gpu_count &&
         a.gpu_milli == b.gpu_milli;
}

}  // namespace

TEST_CASE("a generated trace has the published figures, whatever the seed") {
  rc::check([] {
    const auto like = *rc::gen::elementOf(
        std::vector<TraceLikeness>(std::begin(all_likenesses), std::end(all_likenesses)));
    GeneratorSettings settings;
    settings.like = like;
    settings.seed = *rc::gen::arbitrary<std::uint64_t>();
    settings.job_count = *rc::gen::inRange(5'000U, 20'000U);
    const auto trace = generate_trace(settings);
    const auto published = published_summary(like);
    RC_ASSERT(trace.jobs.size() == settings.job_count);
    const auto run_s = [](const TraceJob& job) { return static_cast<double>(job.run_ms) / 1'000; };
    RC_ASSERT(is_near(mean(trace, run_s), published.run_s_mean, 3));
    RC_ASSERT(is_near(median_run_s(trace), published.run_s_median, 3));
    RC_ASSERT(is_near(mean(trace, gpus_of), published.gpus_mean, 3));
    if (published.failed_permille == 0) return;
    RC_ASSERT(is_near(permille(trace, TraceOutcome::failed), published.failed_permille, 1));
    RC_ASSERT(is_near(permille(trace, TraceOutcome::cancelled), published.cancelled_permille, 1));
  });
}

TEST_CASE("a generated trace asks for as much as its cluster is loaded") {
  GeneratorSettings settings;
  settings.job_count = 20'000;
  settings.load = 0.6;
  settings.cluster_gpu_count = 256;
  const auto trace = generate_trace(settings);
  const double gpu_ms =
      mean(trace,
           [](const TraceJob& job) { return gpus_of(job) * static_cast<double>(job.run_ms); }) *
      20'000;
  const auto span_ms = static_cast<double>(trace.jobs.back().submit_ms);
  CHECK(is_near(gpu_ms / span_ms / 256, 0.6, 3));
  REQUIRE(trace.nodes.size() == 1);
  CHECK(trace.nodes[0].node_count == 32);
}

TEST_CASE("the same seed draws the same trace, and another one another") {
  GeneratorSettings settings;
  const auto trace = generate_trace(settings);
  CHECK(generate_trace(settings).jobs == trace.jobs);
  settings.seed = 2;
  CHECK_FALSE(generate_trace(settings).jobs == trace.jobs);
}

TEST_CASE("a trace of no job, or of one, is one") {
  GeneratorSettings settings;
  settings.job_count = 0;
  CHECK(generate_trace(settings).jobs.empty());
  settings.job_count = 1;
  CHECK(generate_trace(settings).jobs.size() == 1);
}

TEST_CASE("clusters have names") {
  CHECK(likeness_named("helios") == TraceLikeness::helios);
  CHECK(likeness_named("atlas") == std::nullopt);
}

TEST_CASE("a generated trace is read back from every format as it was written") {
  const auto format = GENERATE(TraceFormat::swf, TraceFormat::elasticflow, TraceFormat::helios,
                               TraceFormat::alibaba_pods);
  GeneratorSettings settings;
  settings.job_count = 2'000;
  const auto trace = generate_trace(settings);
  const auto read = read_back(trace, format);
  CHECK(read.bad_lines.empty());
  CHECK(std::equal(read.jobs.begin(), read.jobs.end(), trace.jobs.begin(), trace.jobs.end(),
                   is_same_job));
}

TEST_CASE("what a format has a column for comes back") {
  Trace trace;
  trace.name = "small";
  trace.tenants = {"a \"quoted\", name", "line\nbreak"};
  trace.jobs = {{.line = 1,
                 .tenant = 0,
                 .run_ms = 60'000,
                 .limit_ms = 90'000,
                 .recorded_wait_ms = 5'000,
                 .gpu_count = 4,
                 .cpu_count = 16,
                 .memory_mib = 4'096,
                 .outcome = TraceOutcome::failed},
                {.line = 2, .tenant = 1, .submit_ms = 1'000, .run_ms = 1'000, .gpu_count = 1}};
  SECTION("Helios knows tenants, processors, waits and outcomes") {
    const auto read = read_back(trace, TraceFormat::helios);
    CHECK(read.tenants == std::vector<std::string>{"a \"quoted\", name", "line break"});
    CHECK(read.jobs[0].recorded_wait_ms == 5'000);
    CHECK(read.jobs[0].cpu_count == 16);
    CHECK(read.jobs[0].outcome == TraceOutcome::failed);
    CHECK(read.jobs[1].recorded_wait_ms == -1);
    CHECK(read.jobs[1].outcome == TraceOutcome::unknown);
  }
  SECTION("SWF knows limits, memory, waits and outcomes") {
    const auto read = read_back(trace, TraceFormat::swf);
    CHECK(read.tenants == std::vector<std::string>{"user 1", "user 2"});
    CHECK(read.jobs[0].limit_ms == 90'000);
    CHECK(read.jobs[0].memory_mib == 4'096);
    CHECK(read.jobs[0].outcome == TraceOutcome::failed);
  }
}

TEST_CASE("shares of GPUs are written where there is a column for them, and refused elsewhere") {
  GeneratorSettings settings;
  settings.like = TraceLikeness::pai;
  settings.job_count = 1'000;
  const auto trace = generate_trace(settings);
  const auto read = read_back(trace, TraceFormat::alibaba_pods);
  CHECK(std::equal(read.jobs.begin(), read.jobs.end(), trace.jobs.begin(), trace.jobs.end(),
                   is_same_job));
  std::ostringstream out;
  const auto written = write_trace(trace, TraceFormat::swf, out);
  REQUIRE_FALSE(written.has_value());
  CHECK_THAT(written.error().message, Catch::Contains("write it as alibaba"));
  CHECK_FALSE(write_trace(trace, TraceFormat::philly, out).has_value());
}
