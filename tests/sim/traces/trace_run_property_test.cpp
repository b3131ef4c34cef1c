#include <bit>
#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "sim/traces/play/runs.hpp"
#include "tests/sim/traces/obvious_scheduler.hpp"
#include "tests/sim/traces/trace_scene.hpp"

using namespace orrery;

namespace {

struct Start {
  std::int64_t expected_end_ms = 0;
  std::vector<TracePart> parts;
};

/// A run, with where everything was.
struct Watched {
  Watched(const Trace& trace, TraceRunSettings settings) {
    settings.on_start = [this](const TraceStart& start) {
      starts[start.job] = {start.expected_end_ms, {start.parts.begin(), start.parts.end()}};
    };
    result = run_trace(trace, settings);
  }

  std::map<std::uint32_t, Start> starts;
  TraceResult result;
};

Trace with_limits(Trace trace) {
  for (auto& job : trace.jobs) job.limit_ms = *rc::gen::inRange(0, 60);
  return trace;
}

/// Of every GPU at most all is taken by those who run at a moment.
void check_gpus(const Trace& trace, const Watched& watched, std::int64_t at_ms) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> taken_milli;
  for (const auto& [job, start] : watched.starts) {
    const auto& outcome = watched.result.jobs[job];
    if (outcome.start_ms > at_ms || outcome.end_ms <= at_ms) continue;
    for (const auto& part : start.parts)
      for (std::uint32_t gpu = 0; gpu < 64; ++gpu)
        if ((part.gpus >> gpu & 1) != 0) taken_milli[{part.node, gpu}] += trace.jobs[job].gpu_milli;
  }
  for (const auto& [gpu, taken] : taken_milli) RC_ASSERT(taken <= 1'000U);
}

/// The job has all that it asked for, on as many nodes as it has parts.
void check_parts(const Trace& trace, const Watched& watched) {
  for (const auto& [job, start] : watched.starts) {
    std::set<std::uint32_t> nodes;
    int gpu_count = 0;
    for (const auto& part : start.parts) {
      nodes.insert(part.node);
      gpu_count += std::popcount(part.gpus);
    }
    RC_ASSERT(nodes.size() == start.parts.size());
    RC_ASSERT(gpu_count == static_cast<int>(trace.jobs[job].gpu_count));
  }
}

}  // namespace

TEST_CASE("a slow obvious scheduler comes to the same schedule") {
  CHECK(rc::check([] {
    const auto trace = random_trace();
    const auto settings = random_settings();
    const auto expected = ObviousScheduler(trace, settings).run();
    const auto result = run_trace(trace, settings);
    RC_LOG() << name_of(settings.policy) << " on " << name_of(settings.cluster);
    for (std::size_t job = 0; job < expected.size(); ++job) {
      RC_LOG() << "\njob " << job << ": " << result.jobs[job].start_ms << ", expected "
               << expected[job].start_ms;
    }
    RC_ASSERT(result.jobs == expected);
  }));
}

TEST_CASE("no GPU is given twice, and every job has all that it asked for") {
  CHECK(rc::check([] {
    const auto trace = with_limits(random_trace());
    const Watched watched(trace, random_settings());
    check_parts(trace, watched);
    for (const auto& job : watched.result.jobs) check_gpus(trace, watched, job.start_ms);
  }));
}

TEST_CASE(
    "every job that would fit on the empty cluster runs once, for its time, and uses what it "
    "asked for") {
  CHECK(rc::check([] {
    const auto trace = with_limits(random_trace());
    const auto settings = random_settings();
    const Watched watched(trace, settings);
    double gpu_ms = 0;
    for (const auto& outcome : watched.result.jobs) {
      const auto& job = trace.jobs[outcome.job];
      Trace alone = trace;
      alone.jobs = {job};
      RC_ASSERT((outcome.start_ms >= 0) == (run_trace(alone, settings).jobs[0].start_ms >= 0));
      if (outcome.start_ms < 0) continue;
      RC_ASSERT(outcome.start_ms >= job.submit_ms);
      RC_ASSERT(outcome.end_ms - outcome.start_ms == job.run_ms);
      gpu_ms += static_cast<double>(job.run_ms) * job.gpu_count * job.gpu_milli / 1'000;
    }
    RC_ASSERT(std::abs(watched.result.gpu_hours * 3'600'000 - gpu_ms) < 1e-3);
  }));
}

TEST_CASE("first come, first served: nobody overtakes") {
  CHECK(rc::check([] {
    const auto trace = with_limits(random_trace());
    auto settings = random_settings();
    settings.policy.order = TraceOrder::fifo;
    settings.policy.backfills = false;
    std::int64_t latest_ms = 0;
    for (const auto& job : run_trace(trace, settings).jobs) {
      if (job.start_ms < 0) continue;
      RC_ASSERT(job.start_ms >= latest_ms);
      latest_ms = job.start_ms;
    }
  }));
}

namespace {

/// Those who run on the cluster, for as long as they are expected to, and nobody else.
struct Standstill {
  Standstill(const Trace& trace, const TraceRunSettings& settings)
      : machines(settings.cluster, settings.policy.strategy), runs(machines.node_count(), true) {
    for (const auto& job : trace.jobs) shapes.push_back(play::Shapes(settings.cluster).of(job));
  }

  void add(std::uint32_t job, const Start& start) {
    runs.add({job, &shapes[job], start.expected_end_ms, start.expected_end_ms,
              play::Parts(start.parts.begin(), start.parts.end())});
    moments_ms.insert(start.expected_end_ms);
  }

  bool would_fit(std::uint32_t job, std::int64_t at_ms) const {
    const auto& shape = shapes[job];
    const auto nodes_for = [&](const play::Need& need) {
      std::uint32_t count = 0;
      for (std::uint32_t node = 0; node < machines.node_count(); ++node)
        count += runs.would_fit(machines.whole(node), node, need, at_ms) ? 1 : 0;
      return count;
    };
    if (shape.whole_node_count > 0 && nodes_for(shape.whole) < shape.whole_node_count) return false;
    return !shape.has_rest || nodes_for(shape.rest) > shape.whole_node_count;
  }

  play::Machines machines;
  play::Runs runs;
  std::vector<play::Shape> shapes;
  std::set<std::int64_t> moments_ms;
};

/// When the job would fit at the latest if from the moment on at which it was next nobody else
/// started.
std::int64_t promised_ms(const Trace& trace, const TraceRunSettings& settings,
                         const Watched& watched, std::uint32_t job) {
  auto next_ms = trace.jobs[job].submit_ms;
  for (std::uint32_t older = 0; older < job; ++older)
    next_ms = std::max(next_ms, watched.result.jobs[older].start_ms);
  Standstill standstill(trace, settings);
  standstill.moments_ms.insert(next_ms);
  for (const auto& [other, start] : watched.starts) {
    const auto& outcome = watched.result.jobs[other];
    const bool is_there =
        outcome.start_ms < next_ms || (outcome.start_ms == next_ms && other < job);
    if (is_there && outcome.end_ms > next_ms) standstill.add(other, start);
  }
  for (const auto at_ms : standstill.moments_ms)
    if (standstill.would_fit(job, at_ms)) return at_ms;
  RC_FAIL("it would fit on the empty cluster");
}

}  // namespace

TEST_CASE("backfill never delays who is next, however early others end") {
  CHECK(rc::check([] {
    auto trace = with_limits(random_trace());
    for (auto& job : trace.jobs) job.run_ms += 1;
    auto settings = random_settings();
    settings.policy.order = TraceOrder::fifo;
    settings.policy.backfills = true;
    const Watched watched(trace, settings);
    for (const auto& [job, start] : watched.starts)
      RC_ASSERT(watched.result.jobs[job].start_ms <= promised_ms(trace, settings, watched, job));
  }));
}

TEST_CASE("the same trace, settings and seed give the same bytes") {
  CHECK(rc::check([] {
    const auto trace = random_trace();
    auto settings = random_settings();
    settings.estimates.overestimate_max = 5;
    settings.seed = *rc::gen::inRange<std::uint64_t>(0, 1'000);
    const auto result = run_trace(trace, settings);
    const auto again = run_trace(trace, settings);
    RC_ASSERT(result.hash == again.hash);
    RC_ASSERT(result.jobs == again.jobs);
  }));
}
