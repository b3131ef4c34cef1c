#include "sim/traces/trace_run.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "tests/sim/traces/trace_scene.hpp"

using namespace orrery;

namespace {

/// When each job starts, in seconds; -1: never.
std::vector<std::int64_t> starts_s(const Trace& trace, const TraceRunSettings& settings) {
  std::vector<std::int64_t> starts;
  for (const auto& job : run_trace(trace, settings).jobs)
    starts.push_back(job.start_ms < 0 ? -1 : job.start_ms / 1'000);
  return starts;
}

std::vector<std::int64_t> starts_s(const Trace& trace, const char* cluster, const char* policy) {
  return starts_s(trace, settings_of(cluster, policy));
}

std::map<std::uint32_t, std::vector<TracePart>> parts_of(const Trace& trace,
                                                         TraceRunSettings settings) {
  std::map<std::uint32_t, std::vector<TracePart>> parts;
  settings.on_start = [&](const TraceStart& start) {
    parts[start.job] = {start.parts.begin(), start.parts.end()};
  };
  run_trace(trace, settings);
  return parts;
}

using Starts = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("first come, first served: who is next holds up all others") {
  const auto trace = trace_of({job_at(0, 3, 10), job_at(1, 4, 10), job_at(2, 1, 5)});
  CHECK(starts_s(trace, "1x4", "fifo") == Starts{0, 10, 20});
}

TEST_CASE("backfill lets a job go ahead that has ended by the time that was promised") {
  const auto trace =
      trace_of({job_at(0, 3, 10), job_at(1, 4, 10), job_at(2, 1, 9), job_at(2, 1, 8)});
  // The third would still run at 10, when the second can start.
  CHECK(starts_s(trace, "1x4", "backfill") == Starts{0, 10, 20, 2});
}

TEST_CASE("backfill lets a long job go ahead on GPUs that who is next doesn't need") {
  const auto trace = trace_of({job_at(0, 3, 10), job_at(1, 3, 10), job_at(2, 1, 1'000)});
  CHECK(starts_s(trace, "1x4", "backfill") == Starts{0, 10, 2});
}

TEST_CASE("the shortest job comes first") {
  const auto trace =
      trace_of({job_at(0, 4, 10), job_at(1, 4, 30), job_at(2, 4, 20), job_at(3, 4, 10)});
  CHECK(starts_s(trace, "1x4", "sjf") == Starts{0, 40, 20, 10});
}

TEST_CASE("with fair share whose tenant has used least comes first") {
  constexpr std::uint32_t ann = 0;
  constexpr std::uint32_t bob = 1;
  const auto trace = trace_of({job_at(0, 4, 600, ann), job_at(1, 4, 600, ann),
                               job_at(2, 4, 600, ann), job_at(3, 4, 600, bob)});
  CHECK(starts_s(trace, "1x4", "fairshare") == Starts{0, 1'200, 1'800, 600});
  CHECK(starts_s(trace, "1x4", "fifo") == Starts{0, 600, 1'200, 1'800});
}

TEST_CASE("what was used long ago is forgotten") {
  constexpr std::uint32_t ann = 0;
  constexpr std::uint32_t bob = 1;
  // Ann used four times as much as Bob, a day before he did.
  const auto trace = trace_of({job_at(0, 4, 4'000, ann), job_at(86'400, 4, 1'000, bob),
                               job_at(86'401, 4, 10, bob), job_at(86'402, 4, 10, ann)});
  auto settings = settings_of("1x4", "fairshare");
  settings.fairshare_half_life_min = 60;
  CHECK(starts_s(trace, settings) == Starts{0, 86'400, 87'410, 87'400});
  settings.fairshare_half_life_min = 0;
  CHECK(starts_s(trace, settings) == Starts{0, 86'400, 87'400, 87'410});
}

TEST_CASE("a gang fills whole nodes and a part of one more, all at once") {
  const auto trace = trace_of({job_at(0, 1, 10), job_at(0, 6, 10), job_at(0, 10, 10)});
  CHECK(starts_s(trace, "3x4", "fifo") == Starts{0, 0, 10});
  const auto parts = parts_of(trace, settings_of("3x4", "fifo"));
  CHECK(parts.at(1) == std::vector<TracePart>{{1, 0b1111}, {0, 0b0110}});
  CHECK(parts.at(2) == std::vector<TracePart>{{0, 0b1111}, {1, 0b1111}, {2, 0b0011}});
}

TEST_CASE("packing leaves nodes empty for gangs, spreading doesn't") {
  const auto trace = trace_of({job_at(0, 1, 10), job_at(0, 1, 10), job_at(1, 4, 10)});
  CHECK(starts_s(trace, "2x4", "pack") == Starts{0, 0, 1});
  CHECK(starts_s(trace, "2x4", "spread") == Starts{0, 0, 10});
}

TEST_CASE("shares of a GPU are put together, or spread") {
  auto third = job_at(0, 1, 10);
  third.gpu_milli = 333;
  const auto trace = trace_of({third, third, third, third});
  const auto packed = parts_of(trace, settings_of("1x2", "pack"));
  CHECK(packed.at(2) == std::vector<TracePart>{{0, 0b01}});
  CHECK(packed.at(3) == std::vector<TracePart>{{0, 0b10}});
  const auto spread = parts_of(trace, settings_of("1x2", "spread"));
  CHECK(spread.at(1) == std::vector<TracePart>{{0, 0b10}});
  // Seven shares of a third fit on two GPUs no more than six do.
  const auto seven = trace_of({third, third, third, third, third, third, third});
  CHECK(starts_s(seven, "1x2", "pack") == Starts{0, 0, 0, 0, 0, 0, 10});
}

TEST_CASE("processors and memory count on nodes that have a number of them") {
  auto hungry = job_at(0, 1, 10);
  hungry.cpu_count = 6;
  hungry.memory_mib = 3 * 1'024;
  const auto trace = trace_of({hungry, hungry});
  CHECK(starts_s(trace, "1x4", "fifo") == Starts{0, 0});
  CHECK(starts_s(trace, "1x4x8", "fifo") == Starts{0, 10});
  CHECK(starts_s(trace, "1x4x16x4", "fifo") == Starts{0, 10});
  CHECK(starts_s(trace, "1x4x16x8", "fifo") == Starts{0, 0});
  CHECK(starts_s(trace, "1x4x4", "fifo") == Starts{-1, -1});
}

TEST_CASE("jobs that never fit keep nobody waiting") {
  const auto trace = trace_of({job_at(0, 9, 10), job_at(0, 8, 10), job_at(1, 5, 10)});
  CHECK(starts_s(trace, "2x4", "fifo") == Starts{-1, 0, 10});
  // A gang's parts are on nodes of the largest kind.
  CHECK(starts_s(trace, "1x4+1x2", "backfill") == Starts{-1, -1, 1});
  auto bare = job_at(0, 0, 10);
  bare.cpu_count = 100;
  CHECK(starts_s(trace_of({bare, bare}), "1x4", "fifo") == Starts{0, 0});
}

TEST_CASE("a promise comes sooner when others end sooner than expected") {
  auto careless = job_at(0, 4, 10);
  careless.limit_ms = 1'000'000;
  const auto trace = trace_of({careless, job_at(1, 4, 10), job_at(2, 1, 500)});
  // The third would have ended long before the first was expected to.
  CHECK(starts_s(trace, "1x4", "backfill") == Starts{0, 10, 20});
  const auto wide = trace_of({careless, job_at(1, 8, 10), job_at(2, 1, 500), job_at(11, 1, 20)});
  CHECK(starts_s(wide, "2x4", "backfill") == Starts{0, 502, 2, 11});
}

TEST_CASE("the scheduler believes limits where there are some, unless it is told what is true") {
  auto modest = job_at(2, 1, 3);
  modest.limit_ms = 100'000;
  const auto trace = trace_of({job_at(0, 3, 10), job_at(1, 4, 10), modest});
  auto settings = settings_of("1x4", "backfill");
  CHECK(starts_s(trace, settings) == Starts{0, 10, 20});
  settings.estimates.use_limits = false;
  CHECK(starts_s(trace, settings) == Starts{0, 10, 2});
}

TEST_CASE("overestimates are drawn from the seed, and from nothing else") {
  std::vector<TraceJob> jobs;
  for (int i = 0; i < 200; ++i) jobs.push_back(job_at(i, 1 + i % 4, 5 + i % 7));
  const auto trace = trace_of(std::move(jobs));
  auto settings = settings_of("1x4", "sjf+backfill");
  settings.estimates.overestimate_max = 10;
  const auto hash = run_trace(trace, settings).hash;
  CHECK(run_trace(trace, settings).hash == hash);
  settings.seed = 2;
  CHECK(run_trace(trace, settings).hash != hash);
}

TEST_CASE("a result sums up what was used, and what it costs") {
  const auto trace = trace_of({job_at(0, 4, 3'600), job_at(0, 2, 3'600), job_at(0, 99, 1)});
  auto settings = settings_of("2x4", "fifo");
  settings.price_per_gpu_hour = 2.5;
  settings.seed = 7;
  const auto result = run_trace(trace, settings);
  CHECK(result.trace == "small");
  CHECK(result.policy == "fifo+pack");
  CHECK(result.node_count == 2);
  CHECK(result.gpus_per_node == 4);
  CHECK(result.gpu_count == 8);
  CHECK(result.seed == 7);
  CHECK(result.makespan_ms == 3'600'000);
  CHECK(result.gpu_hours == Approx(6));
  CHECK(result.cost == Approx(15));
  CHECK(result.utilisation_permille == 750);
  CHECK(result.hash.size() == 64);
}

TEST_CASE("samples show the cluster in equal intervals, and not too many of them") {
  std::vector<TraceJob> jobs{job_at(0, 4, 1)};
  for (int i = 0; i < 50; ++i) jobs.push_back(job_at(2, 3, 1'000));
  auto settings = settings_of("1x4", "fifo");
  settings.sample_count_max = 100;
  const auto samples = run_trace(trace_of(std::move(jobs)), settings).samples;
  REQUIRE(samples.size() >= 50);
  REQUIRE(samples.size() <= 100);
  for (std::size_t i = 1; i < samples.size(); ++i)
    CHECK(samples[i].at_ms - samples[i - 1].at_ms == samples[1].at_ms);
  CHECK(samples[1].gpus_in_use == 3);
  CHECK(samples[1].fragmented_gpus == 1);
  CHECK(samples[1].waiting_jobs >= 48);
  CHECK(samples[1].waiting_gpus == 3 * samples[1].waiting_jobs);
}

TEST_CASE("progress reaches the number of jobs") {
  auto settings = settings_of("1x4", "fifo");
  std::uint64_t reached = 0;
  settings.progress = [&](std::uint64_t done, std::uint64_t total) {
    CHECK(total == 3);
    reached = done;
  };
  run_trace(trace_of({job_at(0, 1, 1), job_at(0, 9, 1), job_at(5, 1, 1)}), settings);
  CHECK(reached == 3);
}

TEST_CASE("an empty trace, and jobs that take no time, are no trouble") {
  const auto nothing = run_trace(trace_of({}), settings_of("1x4", "backfill"));
  CHECK(nothing.jobs.empty());
  CHECK(nothing.makespan_ms == 0);
  CHECK(nothing.utilisation_permille == 0);
  const auto trace = trace_of({job_at(3, 4, 0), job_at(3, 4, 0), job_at(3, 2, 0)});
  for (const auto* policy : {"fifo", "backfill", "sjf", "fairshare+backfill"})
    CHECK(starts_s(trace, "1x4", policy) == Starts{3, 3, 3});
}

TEST_CASE("times beyond all reason do no harm") {
  auto endless = job_at(0, 4, 0);
  endless.run_ms = std::numeric_limits<std::int64_t>::max();
  endless.limit_ms = endless.run_ms;
  auto backwards = job_at(1, 4, 0);
  backwards.run_ms = -5;
  const auto result =
      run_trace(trace_of({endless, endless, backwards}), settings_of("1x4", "backfill"));
  CHECK(result.jobs[1].start_ms == result.jobs[0].end_ms);
  CHECK(result.jobs[2].start_ms == result.jobs[2].end_ms);
}
