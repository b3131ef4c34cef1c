// The full life of a lease, in process and durable: requested, its GPU claimed, granted, released,
// the GPU given back. Every step is an event in the synced log. With a tenth and with nine tenths
// of the GPUs leased to others.
#include <atomic>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "actors/runtime/command_message.hpp"
#include "actors/runtime/control_plane.hpp"
#include "bench/bench_report.hpp"
#include "cli/bench/bench.hpp"
#include "events/stream_name.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

constexpr auto* model = "A100-80GB";
constexpr std::uint32_t gpus_per_node = 8;

struct Scale {
  std::uint32_t node_count;
  std::uint32_t in_flight;
  std::uint64_t life_count;
};

/// The customers: they hold some leases for good, and keep others coming and going. Lives on the
/// log's thread, where it sees what happened, and answers with the next command.
class Customers : public CommitListener {
 public:
  void start(const CommandBus& bus) { bus_ = &bus; }

  void on_commit(const CommittedBatch& batch) override {
    for (const auto& recorded : *batch) {
      const auto id = std::string(stream_id(recorded.stream));
      if (std::holds_alternative<LeaseGranted>(recorded.event)) {
        if (id.front() == 'l') send<Lease>(id, Lease::Release{});
        if (id.front() == 'h') count(1);
      } else if (std::holds_alternative<LeaseReleased>(recorded.event)) {
        if (requested_ < lives_wanted_) request();
      } else if (std::holds_alternative<GpuReleased>(recorded.event)) {
        count(1);
      } else if (std::holds_alternative<GpuRegistered>(recorded.event) ||
                 std::holds_alternative<NodeBecameReady>(recorded.event)) {
        count(1);
      }
    }
  }

  void build(std::uint32_t node_count) {
    send<Cluster>("c", Cluster::Declare{{"c", WhenFull::queue, PlacementStrategy::pack}});
    for (std::uint32_t i = 0; i < node_count; ++i) {
      const auto id = fmt::format("node-{:05}", i);
      send<Node>(id, Node::Register{{"c", model, gpus_per_node}});
      send<Node>(id, Node::ReportReady{});
    }
    await(std::uint64_t{node_count} * (gpus_per_node + 1));
  }

  /// Takes this many more GPUs and keeps them.
  void hold(std::uint64_t gpu_count) {
    for (std::uint64_t i = 0; i < gpu_count; ++i)
      send<Lease>(fmt::format("h{:031x}.1", ++held_), wish());
    await(gpu_count);
  }

  /// Lives that many lives with so many at once, and returns how many there were a second.
  double live(std::uint64_t lives, std::uint32_t in_flight) {
    requested_ = 0;
    lives_wanted_ = lives;
    const Stopwatch watch;
    // The rest is asked for on the log's thread, whenever one is released.
    const auto first = std::min<std::uint64_t>(lives, in_flight);
    requested_ = first;
    for (std::uint64_t i = 0; i < first; ++i) send_request();
    await(lives);
    return static_cast<double>(lives) / watch.seconds();
  }

 private:
  static Lease::Request wish() { return {{"bench/x", "c", model, 1, WhenFull::queue}}; }

  void request() {
    ++requested_;
    send_request();
  }
  void send_request() { send<Lease>(fmt::format("l{:031x}.1", ++lease_count_), wish()); }

  template <class A>
  void send(std::string id, typename A::Command command) {
    caf::anon_send(bus_->registry<A>(),
                   CommandMessage<A>{std::move(id), std::move(command), {"bench", 0, "r1"}, {}});
  }

  void count(std::uint64_t more) {
    if ((counted_ += more) < awaited_) return;
    const std::lock_guard lock(mutex_);
    reached_.notify_one();
  }

  void await(std::uint64_t wanted) {
    awaited_ = wanted;
    std::unique_lock lock(mutex_);
    reached_.wait(lock, [&] { return counted_ >= wanted; });
    counted_ -= wanted;
    awaited_ = ~std::uint64_t{0};
  }

  const CommandBus* bus_ = nullptr;
  std::atomic<std::uint64_t> requested_ = 0;
  std::atomic<std::uint64_t> lives_wanted_ = 0;
  std::atomic<std::uint64_t> lease_count_ = 0;
  std::uint64_t held_ = 0;
  std::atomic<std::uint64_t> counted_ = 0;
  std::atomic<std::uint64_t> awaited_ = ~std::uint64_t{0};
  std::mutex mutex_;
  std::condition_variable reached_;
};

struct Lives {
  double at_10_percent = 0;
  double at_90_percent = 0;
};

Lives measure(const BenchRun& run, const Scale& scale) {
  RocksDbOptions options;
  options.directory = run.folder / "log";
  const auto log = open_rocksdb_event_log(options).value();
  const SystemClock clock;
  caf::actor_system_config settings;
  configure_actors(settings);
  caf::actor_system system(settings);

  Customers customers;
  ControlPlaneConfiguration configuration;
  configuration.log = log.get();
  configuration.clock = &clock;
  configuration.listeners = {&customers};
  ControlPlane control_plane(system, configuration);
  customers.start(control_plane.bus());

  const auto gpu_count = std::uint64_t{scale.node_count} * gpus_per_node;
  Lives lives;
  run.progress("building the fleet", 0);
  customers.build(scale.node_count);
  customers.hold(gpu_count / 10);
  run.progress("living at 10 %", 0.3);
  lives.at_10_percent = customers.live(scale.life_count, scale.in_flight);
  customers.hold(gpu_count * 8 / 10);
  run.progress("living at 90 %", 0.7);
  lives.at_90_percent = customers.live(scale.life_count, scale.in_flight);
  control_plane.stop();
  return lives;
}

}  // namespace

std::vector<Measurement> bench_lease_lives(const BenchRun& run) {
  const auto lives = measure(run, run.scale(Scale{10'000, 2'000, 60'000}, Scale{20, 8, 200}));
  Measurement measured{"lease-lives", "leases/s", Better::more, lives.at_90_percent};
  measured.figures = {{"at_10_percent", lives.at_10_percent},
                      {"ratio_90_to_10_percent", lives.at_90_percent / lives.at_10_percent}};
  measured.target = 10'000;
  return {measured};
}

}  // namespace orrery
