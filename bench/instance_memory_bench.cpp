// What a million instances that run cost in memory: a fleet of machines with 8 GPUs joins, then
// instances of one GPU fill it, each through all the events of its life until it runs. Every
// tailer and every read model of a server folds all of it, one after the other, so each is
// measured alone. Actors are at rest then and cost nothing; those awake are limited
// (registry_actor.hpp).
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "actors/processes/gpu_repair_process.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/job_process.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/resource_process.hpp"
#include "actors/processes/service_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"
#include "drivers/driver_duties.hpp"
#include "events/folds/simulated_nodes.hpp"
#include "events/stream_name.hpp"
#include "sim/clusters/simulated_clusters.hpp"
#include "sim/live_views.hpp"
#include "storage/memory/memory_event_log.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t gpus_per_node = 8;
constexpr std::uint64_t customer_count = 10'000;
constexpr auto cluster = "titan";
constexpr auto gpu_model = "H100-80GB";

using Sink = std::function<void(const RecordedEvent&)>;

/// The same events each time, without a log that would have to hold them.
class History {
 public:
  explicit History(Sink sink) : sink_(std::move(sink)) {}

  void fleet(std::uint64_t instance_count) {
    const auto node_count =
        static_cast<std::uint32_t>((instance_count + gpus_per_node - 1) / gpus_per_node);
    happened("cluster", cluster, 1, ClusterDeclared{"", WhenFull::queue, {}});
    happened("simulated_cluster", cluster, 1,
             SimulatedClusterRequested{gpu_model, node_count, gpus_per_node, 0, 0, 1});
    for (std::uint32_t number = 1; number <= node_count; ++number) {
      const auto node = simulated_node_id(cluster, number);
      happened("node", node, 1, NodeRegistered{cluster, gpu_model, gpus_per_node});
      happened("node", node, 2, NodeBecameReady{});
      for (std::uint32_t gpu = 0; gpu < gpus_per_node; ++gpu)
        happened("gpu", gpu_id(node, gpu), 1, GpuRegistered{node, gpu, gpu_model});
    }
    happened("simulated_cluster", cluster, 2, SimulatedClusterCompleted{});
    for (std::uint64_t i = 0; i < customer_count; ++i)
      happened("wallet", wallet(i), 1, WalletOpened{"account"});
  }

  void instance(std::uint64_t i) {
    const auto id = fmt::format("instance-{:08x}", i * 2'654'435'761u % 4'294'967'296u);
    const auto lease = id + ".1";
    const auto node = simulated_node_id(cluster, static_cast<std::uint32_t>(i / gpus_per_node) + 1);
    const auto gpu = static_cast<std::uint32_t>(i % gpus_per_node);
    const auto specification = specification_of(i);
    const auto order = fmt::format("order-{:012x}", i);
    OrderPlaced placed;
    placed.order_id = order;
    placed.instance_id = id;
    placed.specification = specification;
    placed.terms.price_fen = 250;
    happened("wallet", wallet(i), 2 + i / customer_count, placed);
    happened("instance", id, 1, InstanceRequested{order, specification});
    happened("lease", lease, 1,
             LeaseRequested{"instance/" + id, cluster, gpu_model, 1, WhenFull::queue});
    happened("gpu", gpu_id(node, gpu), 2, GpuClaimed{lease, i + 1});
    happened("lease", lease, 2, LeaseGranted{node, {gpu}, i + 1});
    happened("instance", id, 2, InstancePlaced{lease, node, {gpu}, i + 1});
    happened("instance", id, 3, InstanceStarted{"172.16.0.9", 30'000});
  }

 private:
  static std::string wallet(std::uint64_t i) {
    return fmt::format("namespace-{:08x}", i % customer_count);
  }

  static InstanceSpecification specification_of(std::uint64_t i) {
    InstanceSpecification wish;
    wish.namespace_id = wallet(i);
    wish.cluster = cluster;
    wish.display_name = fmt::format("worker-{}", i);
    wish.image = "images.neolink-ai.com/matrixdc/pytorch:2.3.0";
    wish.sku_id = "66";
    wish.gpu_model = gpu_model;
    wish.gpu_resource_key = "nvidia.com/gpu-h100";
    wish.gpu_count = 1;
    wish.cpu_count = 12;
    wish.memory_gib = 90;
    wish.system_disk_gb = 30;
    wish.uid = fmt::format("{:08x}", i);
    wish.when_full = WhenFull::queue;
    return wish;
  }

  void happened(std::string_view aggregate, std::string_view id, Version version, Event event) {
    recorded_.position = ++position_;
    recorded_.stream = stream_name(aggregate, id);
    recorded_.version = version;
    recorded_.time = Time(std::chrono::microseconds(1'700'000'000'000'000 + position_));
    recorded_.origin = {"bench", position_ - 1, "request-0123456789abcdef"};
    recorded_.event = std::move(event);
    sink_(recorded_);
  }

  Sink sink_;
  RecordedEvent recorded_;
  Position position_ = 0;
};

struct Total {
  std::int64_t bytes = 0;
  std::size_t hash = 0;
};

/// Folds all of it with one thing that folds, and says what that costs.
void measure(std::string_view name, std::uint64_t count, const Sink& fold,
             const std::function<void(std::string&)>& save, Total& total) {
  History history(fold);
  const auto before = resident_bytes();
  const Stopwatch watch;
  history.fleet(count);
  const auto with_fleet = resident_bytes();
  for (std::uint64_t i = 0; i < count; ++i) history.instance(i);
  const auto seconds = watch.seconds();
  const auto after = resident_bytes();
  std::string bytes;
  save(bytes);
  const auto hash = std::hash<std::string>{}(bytes);
  total.bytes += after - before;
  total.hash = total.hash * 31 + hash;
  fmt::print("{:<28} {:>8.1f} B a GPU {:>8.1f} B an instance {:>7.2f} s {:016x}\n", name,
             static_cast<double>(with_fleet - before) / static_cast<double>(count),
             static_cast<double>(after - with_fleet) / static_cast<double>(count), seconds, hash);
  std::fflush(stdout);  // Whoever watches sees each as it comes.
}

/// What it owes is thrown away, as if the rest of the world were done with it.
template <class T>
void measure_tailer(T& tailer, std::uint64_t count, Total& total) {
  (void)tailer.resume();
  std::uint64_t events = 0;
  measure(
      T::name, count,
      [&](const RecordedEvent& recorded) {
        tailer.apply(recorded);
        if (++events % 256 == 0) (void)tailer.due();
      },
      [&](std::string& out) { tailer.save(out); }, total);
}

void measure_view(View& view, std::uint64_t count, Total& total) {
  measure(
      view.name(), count, [&](const RecordedEvent& recorded) { view.apply(recorded); },
      [&](std::string& out) { view.save(out); }, total);
}

using Tailers = std::tuple<Placement, InstanceProcess, BillingProcess, DriverDuties, NodeProcess,
                           GpuRepairProcess, VmProcess, ResourceProcess, ServiceProcess, JobProcess,
                           BatchScheduler, SimulatedClusters>;

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = wants_tiny(argc, argv) ? 200 : 1'000'000;
  Total tailers;
  // One after the other, and all are still there at the end.
  const auto all = std::make_unique<Tailers>();
  std::apply([&](auto&... tailer) { (measure_tailer(tailer, count, tailers), ...); }, *all);
  Total views;
  const MemoryEventLog empty;
  const auto models = std::make_unique<LiveViews>(empty);
  for (View* view : models->mutable_all()) measure_view(*view, count, views);
  const auto mib = [](std::int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  fmt::print(
      "{} instances: tailers {:.0f} MiB, views {:.0f} MiB, together {:.0f} MiB, hash {:016x}\n",
      count, mib(tailers.bytes), mib(views.bytes), mib(tailers.bytes + views.bytes),
      tailers.hash ^ views.hash);
  return 0;
}
