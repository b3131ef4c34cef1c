// A simulated cluster in a server that is empty: 100,000 machines of 8 GPUs are asked for, and each
// is registered by durable events that every view and every process folds. Nodes and GPUs count
// alike. Meanwhile a client registers a project again and again: what he waits for is the other
// half of the price.
#include <condition_variable>
#include <future>
#include <mutex>

#include <fmt/format.h>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"
#include "cli/bench/bench.hpp"
#include "cli/read_models.hpp"
#include "drivers/driver_actor.hpp"
#include "sim/clusters/simulated_clusters_actor.hpp"
#include "sim/simulated_driver_actor.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

constexpr auto* cluster = "titan";
constexpr std::uint64_t part_count = 10;
constexpr std::uint32_t gpus_per_node = 8;

/// Counts what is registered, and knows when all of it is.
class Arrivals : public CommitListener {
 public:
  Arrivals(std::uint64_t object_count, const BenchRun& run)
      : object_count_(object_count), run_(run) {}

  void on_commit(const CommittedBatch& batch) override {
    for (const auto& recorded : *batch) {
      const auto& event = recorded.event;
      if (std::holds_alternative<NodeRegistered>(event) ||
          std::holds_alternative<GpuRegistered>(event))
        arrived();
      else if (std::holds_alternative<SimulatedClusterCompleted>(event))
        complete();
    }
  }

  /// Seconds until each tenth was there.
  std::vector<double> await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_complete_; });
    return part_ends_;
  }
  bool is_complete() {
    const std::lock_guard lock(mutex_);
    return is_complete_;
  }

 private:
  void arrived() {
    const auto part = object_count_ / part_count;
    if (++count_ % part != 0) return;
    run_.progress("nodes and GPUs",
                  static_cast<double>(count_) / static_cast<double>(object_count_));
    const std::lock_guard lock(mutex_);
    part_ends_.push_back(watch_.seconds());
  }
  void complete() {
    const std::lock_guard lock(mutex_);
    is_complete_ = true;
    changed_.notify_all();
  }

  const std::uint64_t object_count_;
  const BenchRun& run_;
  Stopwatch watch_;
  std::uint64_t count_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<double> part_ends_;
  bool is_complete_ = false;
};

template <class A>
void tell(CommandGateway& gateway, const std::string& id, typename A::Command command) {
  std::promise<void> answered;
  gateway.submit<A>({id, std::move(command), {"bench", 0, "sim-up"}, {}},
                    [&](const auto&) { answered.set_value(); });
  answered.get_future().get();
}

/// How long a client waits for each of his commands, until the cluster is there; in milliseconds.
std::vector<double> waits_of_a_client(CommandGateway& gateway, Arrivals& arrivals) {
  std::vector<double> waits;
  while (!arrivals.is_complete()) {
    const Stopwatch watch;
    tell<Project>(gateway, fmt::format("project-{}", waits.size()),
                  Project::Create{{"organization", "project"}});
    waits.push_back(watch.seconds() * 1'000);
  }
  return waits;
}

/// The rate in each tenth.
std::vector<double> rates(const std::vector<double>& part_ends, std::uint64_t object_count) {
  std::vector<double> rates;
  double before = 0;
  for (const auto end : part_ends) {
    rates.push_back(static_cast<double>(object_count) / part_count / (end - before));
    before = end;
  }
  return rates;
}

}  // namespace

std::vector<Measurement> bench_sim_up(const BenchRun& run) {
  const auto node_count = run.scale(100'000u, 100u);
  const auto object_count = std::uint64_t{node_count} * (1 + gpus_per_node);
  RocksDbOptions options;
  options.directory = run.folder / "log";
  const auto log = open_rocksdb_event_log(options).value();
  const SystemClock clock;
  ReadModels models;
  (void)models.views.catch_up(*log);
  caf::actor_system_config settings;
  configure_actors(settings);
  caf::actor_system actors(settings);
  Arrivals arrivals(object_count, run);
  ControlPlaneConfiguration configuration;
  configuration.log = log.get();
  configuration.clock = &clock;
  configuration.listeners = {&models.views, &arrivals};
  ControlPlane plane(actors, configuration);
  CommandGateway gateway(actors, plane.bus());
  const auto driver = spawn_simulated_driver(actors, plane.bus(), {}, &clock);
  const auto duties = spawn_driver_duties(actors, plane.log_access(), {driver, {}, {}});
  const auto clusters =
      spawn_simulated_clusters(actors, plane.log_access(), plane.bus(), driver, {});
  const auto before = resident_bytes();
  const Stopwatch watch;
  tell<SimulatedCluster>(
      gateway, cluster,
      SimulatedCluster::Request{{"H100-80GB", node_count, gpus_per_node, 64, 1'024, 1}});
  auto waits = waits_of_a_client(gateway, arrivals);
  const auto part_ends = arrivals.await();
  const auto seconds = watch.seconds();
  const auto bytes = resident_bytes() - before;
  const auto found = models.simulated_clusters.find(cluster);
  for (const auto& actor : {clusters, duties, driver})
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  plane.stop();

  Measurement result{"sim-up", "nodes and GPUs/s", Better::more,
                     static_cast<double>(object_count) / seconds};
  result.target = 50'000;
  result.series = rates(part_ends, object_count);
  result.figures = {{"client_p50_ms", percentile(waits, 0.5)},
                    {"client_p99_ms", percentile(waits, 0.99)},
                    {"resident_bytes_per_object",
                     static_cast<double>(bytes) / static_cast<double>(object_count)}};
  result.hash = fmt::format("{} nodes, {} ready, {} GPUs", found->node_count, found->ready_count,
                            found->gpu_count);
  return {result};
}

}  // namespace orrery
