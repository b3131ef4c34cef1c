#include "sim/report/trace_report.hpp"

#include <stdexcept>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/sim/report/report_scene.hpp"
#include "tests/sim/traces/trace_scene.hpp"

using namespace orrery;

namespace {

TraceReport report_of(const std::vector<TraceResult>& results, const std::vector<Trace>& traces) {
  return summarise(results, traces);
}

const JobGroup& named(const std::vector<JobGroup>& groups, const std::string& name) {
  for (const auto& group : groups)
    if (group.name == name) return group;
  FAIL("no group is called " + name);
  return groups.front();
}

double sum(const std::vector<double>& values) {
  double sum = 0;
  for (const auto value : values) sum += value;
  return sum;
}

}  // namespace

TEST_CASE("a report counts what ran, what never fit, and how long jobs waited") {
  const auto report = report_of({small_result()}, {small_trace()});
  REQUIRE(report.traces.size() == 1);
  const auto& trace = report.traces[0];
  CHECK(trace.job_count == 4);
  CHECK(trace.tenant_count == 2);
  CHECK(trace.span_s == 30);
  const auto& run = trace.runs.at(0);
  CHECK(run.jobs_run == 3);
  CHECK(run.jobs_never_fit == 1);
  CHECK(run.wait_s.p50 == 80);
  CHECK(run.wait_s.max == 90);
  CHECK(run.wait_s.mean == Approx(170.0 / 3));
  // 90 s of waiting for 50 s of running.
  CHECK(run.slowdown.max == Approx(2.8));
  CHECK(run.waiting_jobs_max == 2);
  CHECK(report.together.empty());
}

TEST_CASE("a report tells sizes and tenants apart, and who pays how much") {
  const auto report = report_of({small_result()}, {small_trace()});
  const auto& run = report.traces[0].runs[0];
  CHECK(named(run.by_size, "1 GPU").wait_s.p50 == 80);
  CHECK(named(run.by_size, "2–4 GPUs").job_count == 2);
  const auto& unfit = named(run.by_size, "5–8 GPUs");
  CHECK(unfit.job_count == 1);
  CHECK(unfit.wait_s.count == 0);
  const auto& ann = named(run.by_tenant, "ann");
  CHECK(ann.gpu_hours == Approx(500.0 / 3'600));
  CHECK(ann.cost == Approx(5));
  CHECK(named(run.by_tenant, "bob").cost == Approx(1));
  // 800 GPU-seconds there were, 600 were used.
  CHECK(run.cost_of_idle == Approx(2));
}

TEST_CASE("a report says how jobs ended in reality, and how long they really waited") {
  auto traced = small_trace();
  auto report = report_of({small_result()}, {traced});
  CHECK_FALSE(report.traces[0].recorded);
  REQUIRE(report.traces[0].outcomes.size() == 3);
  CHECK(report.traces[0].outcomes[0].outcome == "completed");
  CHECK(report.traces[0].outcomes[0].job_count == 2);
  traced.jobs[1].recorded_wait_ms = 5'000;
  traced.jobs[2].recorded_wait_ms = 7'000;
  report = report_of({small_result()}, {traced});
  REQUIRE(report.traces[0].recorded);
  CHECK(report.traces[0].recorded->wait_s.count == 2);
  CHECK(report.traces[0].recorded->wait_s.max == 7);
}

TEST_CASE("the cluster over time is what its jobs make of it") {
  const auto report = report_of({small_result()}, {small_trace()});
  const auto& timeline = report.traces[0].runs[0].timeline;
  REQUIRE(timeline.gpus_in_use.size() == 200);
  CHECK(timeline.step_s == 1);
  CHECK(timeline.gpus_in_use.front() == 4);
  CHECK(timeline.gpus_in_use[120] == 3);
  CHECK(timeline.gpus_in_use.back() == 1);
  CHECK(timeline.waiting_jobs[15] == 1);
  CHECK(timeline.waiting_gpus[50] == 3);
  CHECK(timeline.waiting_jobs_max[100] == 2);
  CHECK(timeline.waiting_jobs_max[101] == 0);
  CHECK(timeline.fragmented_gpus[99] == 0);
  CHECK(timeline.fragmented_gpus[199] == 3);
  CHECK(report.traces[0].runs[0].fragmentation == Approx((50 * 1 + 50 * 3) / 800.0));
}

TEST_CASE("runs of one policy are told apart by cluster and seed") {
  auto larger = small_result();
  larger.node_count = 2;
  auto reseeded = small_result();
  reseeded.seed = 8;
  const auto report =
      report_of({small_result(), larger, reseeded, small_result("sjf+pack")}, {small_trace()});
  const auto& runs = report.traces[0].runs;
  CHECK(runs[0].label == "fifo+pack on 1 × 4, seed 7");
  CHECK(runs[1].label == "fifo+pack on 2 × 4");
  CHECK(runs[2].label == "fifo+pack on 1 × 4, seed 8");
  CHECK(runs[3].label == "sjf+pack");
}

TEST_CASE("a policy that all traces ran under is summed up over them") {
  auto other = small_trace();
  other.name = "other";
  auto others = small_result();
  others.trace = "other";
  const auto report =
      report_of({small_result(), others, small_result("sjf+pack")}, {small_trace(), other});
  REQUIRE(report.together.size() == 1);
  const auto& total = report.together[0];
  CHECK(total.label == "fifo+pack");
  CHECK(total.jobs_run == 6);
  CHECK(total.jobs_never_fit == 2);
  CHECK(total.wait_s.count == 6);
  CHECK(total.utilisation == Approx(0.75));
  CHECK(total.cost == 12);
}

TEST_CASE("the largest tenants have a line each, all others share one") {
  Trace trace;
  trace.name = "small";
  TraceResult result = small_result();
  result.jobs.clear();
  for (std::uint32_t tenant = 0; tenant < 30; ++tenant) {
    trace.tenants.push_back("tenant " + std::to_string(tenant));
    trace.jobs.push_back(job_at(0, 1, 100 + tenant, tenant));
    result.jobs.push_back({tenant, 0, (100 + tenant) * 1'000});
  }
  const auto report = report_of({result}, {trace});
  const auto& groups = report.traces[0].runs[0].by_tenant;
  REQUIRE(groups.size() == 9);
  CHECK(groups[0].name == "tenant 29");
  CHECK(groups[8].name == "22 others");
  CHECK(groups[8].job_count == 22);
}

TEST_CASE("bad lines are counted by reason, and the first of them named") {
  auto trace = small_trace();
  for (std::uint32_t line = 0; line < 50; ++line)
    trace.bad_lines.push_back({"small.csv", line + 1, line % 5 == 0 ? "no GPUs" : "no number"});
  const auto report = report_of({small_result()}, {trace});
  const auto& reported = report.traces[0];
  CHECK(reported.bad_line_count == 50);
  REQUIRE(reported.bad_line_reasons.size() == 2);
  CHECK(reported.bad_line_reasons[0].reason == "no number");
  CHECK(reported.bad_line_reasons[0].count == 40);
  REQUIRE(reported.bad_lines.size() == 20);
  CHECK(reported.bad_lines[0].line == 1);
}

TEST_CASE("a result without its trace is refused") {
  auto stray = small_result();
  stray.trace = "elsewhere";
  CHECK_THROWS_AS(report_of({stray}, {small_trace()}), std::invalid_argument);
  auto short_result = small_result();
  short_result.jobs.pop_back();
  CHECK_THROWS_AS(report_of({short_result}, {small_trace()}), std::invalid_argument);
  auto beyond = small_result();
  beyond.jobs[0].job = 4;
  CHECK_THROWS_AS(report_of({beyond}, {small_trace()}), std::invalid_argument);
}

TEST_CASE("a trace without jobs, and one that nobody ran, have a report too") {
  Trace empty;
  empty.name = "empty";
  TraceResult nothing;
  nothing.trace = "empty";
  nothing.policy = "fifo";
  auto report = report_of({nothing}, {empty});
  CHECK(report.traces[0].runs[0].jobs_run == 0);
  CHECK(report.traces[0].runs[0].timeline.gpus_in_use.empty());
  report = report_of({}, {small_trace()});
  CHECK(report.traces[0].runs.empty());
}

TEST_CASE("what a report sums up over time agrees with what its jobs used") {
  CHECK(rc::check([] {
    const auto trace = random_trace();
    const auto result = run_trace(trace, random_settings());
    const auto report = summarise(std::vector{result}, std::vector{trace});
    const auto& run = report.traces.at(0).runs.at(0);
    const auto hours = sum(run.timeline.gpus_in_use) * run.timeline.step_s / 3'600;
    RC_ASSERT(hours == Approx(run.gpu_hours).margin(1e-4));
    const auto waited = sum(run.timeline.waiting_jobs) * run.timeline.step_s;
    RC_ASSERT(waited ==
              Approx(run.wait_s.mean * static_cast<double>(run.wait_s.count)).margin(0.5));
    double tenants = 0;
    for (const auto& group : run.by_tenant) tenants += group.gpu_hours;
    RC_ASSERT(tenants == Approx(run.gpu_hours).margin(1e-6));
    RC_ASSERT(run.jobs_run + run.jobs_never_fit == trace.jobs.size());
  }));
}
