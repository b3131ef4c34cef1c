// The trace simulator: a made-up trace of a busy month on 10,000 nodes × 8 GPUs under several
// policies; and one that asks for a tenth more than there is, so that a backlog grows all the time.
#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "cli/bench/bench.hpp"
#include "sim/seeded_random.hpp"
#include "sim/traces/trace_run.hpp"

namespace orrery {
namespace {

constexpr std::uint32_t gpus_per_node = 8;
constexpr std::uint32_t tenant_count = 50;

struct Scale {
  std::uint32_t node_count;
  std::uint32_t job_count;
};

/// Mostly small jobs, some of several nodes; a few run for very long. Together they keep so much of
/// the cluster busy.
Trace made_up_trace(const Scale& scale, std::uint64_t load_percent) {
  static constexpr std::uint32_t sizes[] = {1, 1, 1, 1, 2, 2, 4, 8, 8, 16, 64};
  SeededRandom random(7);
  Trace trace;
  trace.name = "made up";
  for (std::uint32_t i = 0; i < tenant_count; ++i)
    trace.tenants.push_back(fmt::format("tenant-{}", i));
  std::uint64_t gpu_ms = 0;
  for (std::uint32_t i = 0; i < scale.job_count; ++i) {
    TraceJob job;
    job.line = i + 1;
    job.tenant = static_cast<std::uint32_t>(random.below(tenant_count));
    job.gpu_count = sizes[random.below(std::size(sizes))];
    job.run_ms =
        static_cast<std::int64_t>(random.between(60'000, 3'600'000)) * (random.chance(50) ? 24 : 1);
    job.limit_ms = job.run_ms * 2;
    gpu_ms += static_cast<std::uint64_t>(job.run_ms) * job.gpu_count;
    trace.jobs.push_back(job);
  }
  const auto span_ms = gpu_ms * 100 / load_percent / (scale.node_count * gpus_per_node);
  for (std::uint64_t i = 0; i < trace.jobs.size(); ++i)
    trace.jobs[i].submit_ms = static_cast<std::int64_t>(span_ms * i / trace.jobs.size());
  return trace;
}

Measurement measure(const BenchRun& run, std::string name, const Scale& scale, const Trace& trace,
                    const TracePolicy& policy) {
  TraceRunSettings settings;
  TraceNodes nodes;
  nodes.node_count = scale.node_count;
  nodes.gpus_per_node = gpus_per_node;
  settings.cluster.nodes = {nodes};
  settings.policy = policy;
  settings.progress = [&](std::uint64_t done, std::uint64_t all) {
    run.progress(name, static_cast<double>(done) / static_cast<double>(all));
  };
  const Stopwatch watch;
  const auto result = run_trace(trace, settings);
  const auto seconds = watch.seconds();
  Measurement measured{name, "jobs/s", Better::more,
                       static_cast<double>(trace.jobs.size()) / seconds};
  measured.figures = {{"jobs", trace.jobs.size()},
                      {"utilisation_permille", result.utilisation_permille}};
  measured.hash = result.hash.substr(0, 16);
  measured.target = 100'000;
  return measured;
}

}  // namespace

std::vector<Measurement> bench_traces(const BenchRun& run) {
  const auto scale = run.scale(Scale{10'000, 500'000}, Scale{20, 1'000});
  const auto busy = made_up_trace(scale, 85);
  const auto overloaded = made_up_trace(scale, 110);
  const TracePolicy fifo;
  const TracePolicy backfill{TraceOrder::fifo, true};
  const TracePolicy fairshare{TraceOrder::fairshare, true};
  return {measure(run, "traces", scale, busy, fifo),
          measure(run, "traces/backfill", scale, busy, backfill),
          measure(run, "traces/fairshare", scale, busy, fairshare),
          measure(run, "traces/backlog", scale, overloaded, fifo),
          measure(run, "traces/backlog-backfill", scale, overloaded, backfill)};
}

}  // namespace orrery
