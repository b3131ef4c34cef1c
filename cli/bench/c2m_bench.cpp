// C2M: two million instances onto 6,100 nodes, as many as HashiCorp placed with Nomad in 2020 in
// 22 minutes and 14 seconds, through the whole control plane of a server: every instance is
// requested, leased, granted and placed by durable events, and every view folds them. No driver
// starts anything. The nodes are just large enough, so that the last instances find the cluster
// full.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include <fmt/format.h>

#include "actors/runtime/command_message.hpp"
#include "actors/runtime/control_plane.hpp"
#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"
#include "cli/bench/bench.hpp"
#include "cli/read_models.hpp"
#include "events/stream_name.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

constexpr auto* cluster = "c2m";
constexpr std::uint32_t memory_mib_of_instance = 64;
/// Requested and not yet placed.
constexpr std::uint64_t in_flight_max = 8'192;
/// Of each process: nobody else waits for answers here (docs/performance.md).
constexpr std::size_t tail_in_flight_max = 1'024;
constexpr std::uint64_t part_count = 10;

struct Scale {
  std::uint32_t node_count;
  std::uint64_t instance_count;

  /// As many as it takes, and not one more.
  std::uint32_t instances_per_node() const {
    return static_cast<std::uint32_t>((instance_count + node_count - 1) / node_count);
  }
};

/// What is placed: a service, which is a container with a life of its own, or its bare claim on a
/// node.
enum class Kind : std::uint8_t { services, leases };

/// Those who want the instances. On the log's thread it sees each one placed, and asks for the
/// next.
class Crowd : public CommitListener {
 public:
  Crowd(const Scale& scale, Kind kind, const BenchRun& run)
      : scale_(scale), kind_(kind), run_(run) {}

  void build(const CommandBus& bus) {
    bus_ = &bus;
    send<Cluster>(cluster, Cluster::Declare{{cluster, WhenFull::queue, PlacementStrategy::pack}});
    const auto size = scale_.instances_per_node();
    for (std::uint32_t i = 0; i < scale_.node_count; ++i) {
      const auto id = fmt::format("node-{:05}", i);
      send<Node>(id, Node::Register{{cluster, "", 0, size, size * memory_mib_of_instance}});
      send<Node>(id, Node::ReportReady{});
    }
    await([this] { return ready_count_ == scale_.node_count; });
  }

  /// Seconds until each tenth of the instances was placed.
  std::vector<double> place_all() {
    watch_ = Stopwatch();
    const auto first = std::min(scale_.instance_count, in_flight_max);
    requested_ = first;
    for (std::uint64_t i = 0; i < first; ++i) request(i);
    await([this] { return part_ends_.size() == part_count; });
    return part_ends_;
  }

  void on_commit(const CommittedBatch& batch) override {
    for (const auto& recorded : *batch) {
      if (const auto* placed = std::get_if<ServicePlaced>(&recorded.event))
        place(placed->node_id);
      else if (const auto* granted = std::get_if<LeaseGranted>(&recorded.event))
        place_lease(granted->node_id);
      else if (std::holds_alternative<NodeBecameReady>(recorded.event))
        became_ready();
    }
  }

  /// Of how full the nodes are, whichever is how full: which instance came when is chance.
  std::uint64_t hash() const {
    std::vector<std::uint32_t> counts;
    for (const auto& [node, count] : placed_on_) counts.push_back(count);
    std::ranges::sort(counts);
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const auto count : counts) hash = (hash ^ count) * 0x100000001b3;
    return hash;
  }

 private:
  void became_ready() {
    const std::lock_guard lock(mutex_);
    if (++ready_count_ == scale_.node_count) changed_.notify_one();
  }

  void place_lease(const std::string& node_id) {
    if (kind_ == Kind::leases) place(node_id);
  }

  void place(const std::string& node_id) {
    ++placed_on_[node_id];
    if (requested_ < scale_.instance_count) request(requested_++);
    ++placed_;
    const auto part = scale_.instance_count / part_count;
    if (placed_ % (part / 10 + 1) == 0)
      run_.progress(kind_ == Kind::services ? "services" : "leases",
                    static_cast<double>(placed_) / static_cast<double>(scale_.instance_count));
    if (placed_ % part != 0) return;
    const std::lock_guard lock(mutex_);
    part_ends_.push_back(watch_.seconds());
    changed_.notify_one();
  }

  void request(std::uint64_t number) {
    if (kind_ == Kind::leases)
      return send<Lease>(fmt::format("{}.1", number + 1),
                         Lease::Request{{"bench/c2m", cluster, "", 0, WhenFull::queue, 1,
                                         memory_mib_of_instance}});
    ServiceRequested wish;
    auto& service = wish.specification;
    service.recipe_name = service.recipe = "example/busybox";
    service.name = fmt::format("busybox-{}", number + 1);
    service.cluster = cluster;
    service.resources.cpu_count = 1;
    service.resources.memory_mib = memory_mib_of_instance;
    service.launch.image = "busybox.sif";
    send<Service>(fmt::format("{}", number + 1), Service::Create{std::move(wish)});
  }

  template <class A>
  void send(std::string id, typename A::Command command) {
    caf::anon_send(bus_->registry<A>(),
                   CommandMessage<A>{std::move(id), std::move(command), {"bench", 0, "c2m"}, {}});
  }

  template <class Reached>
  void await(const Reached& reached) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, reached);
  }

  const Scale scale_;
  const Kind kind_;
  const BenchRun& run_;
  const CommandBus* bus_ = nullptr;
  Stopwatch watch_;

  // The log's thread alone, once all have been asked for by whom they begin with.
  std::atomic<std::uint64_t> requested_ = 0;
  std::uint64_t placed_ = 0;
  std::unordered_map<std::string, std::uint32_t> placed_on_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t ready_count_ = 0;
  std::vector<double> part_ends_;
};

Measurement measure(const BenchRun& run, std::string name, Kind kind) {
  const auto scale = run.scale(Scale{6'100, 2'000'000}, Scale{20, 1'000});
  RocksDbOptions options;
  options.directory = run.folder / name;
  std::filesystem::create_directories(options.directory.parent_path());
  const auto log = open_rocksdb_event_log(options).value();
  const SystemClock clock;
  caf::actor_system_config settings;
  configure_actors(settings);
  caf::actor_system system(settings);
  ReadModels models;
  Crowd crowd(scale, kind, run);
  ControlPlaneConfiguration configuration;
  configuration.log = log.get();
  configuration.clock = &clock;
  configuration.listeners = {&models.views, &crowd};
  configuration.tail.in_flight_max = tail_in_flight_max;
  ControlPlane control_plane(system, configuration);

  crowd.build(control_plane.bus());
  const auto bytes_before = resident_bytes();
  const auto events_before = log->head();
  const auto part_ends = crowd.place_all();
  const auto bytes = static_cast<double>(resident_bytes() - bytes_before);
  const auto events = static_cast<double>(log->head() - events_before);
  control_plane.stop();

  const auto count = static_cast<double>(scale.instance_count);
  Measurement measured{std::move(name), "placements/s", Better::more, count / part_ends.back()};
  double begin = 0;
  for (const double end : part_ends) {
    measured.series.push_back(count / part_count / (end - begin));
    begin = end;
  }
  measured.figures = {{"seconds", part_ends.back()},
                      {"last_to_first_tenth", measured.series.back() / measured.series.front()},
                      {"events_per_s", events / part_ends.back()},
                      {"resident_bytes_each", bytes / count}};
  measured.hash = fmt::format("{:016x}", crowd.hash());
  measured.target = 20'000;
  return measured;
}

}  // namespace

std::vector<Measurement> bench_c2m(const BenchRun& run) {
  return {measure(run, "c2m", Kind::services), measure(run, "c2m/leases", Kind::leases)};
}

}  // namespace orrery
