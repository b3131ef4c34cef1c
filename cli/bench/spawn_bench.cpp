// Actors of aggregates: woken by their first command, put to rest when nothing comes for them,
// woken again from their streams; and the memory of one awake and of one at rest. Over a log on
// disk, but for the registry and its actors alone.
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <caf/all.hpp>

#include "actors/node/node.hpp"
#include "actors/runtime/command_message.hpp"
#include "actors/runtime/control_plane.hpp"
#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"
#include "cli/bench/allocator_memory.hpp"
#include "cli/bench/bench.hpp"
#include "storage/event_log_actor.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

/// Counts events, so that whoever caused them knows when all are durable.
class EventCount : public CommitListener {
 public:
  void on_commit(const CommittedBatch& batch) override {
    const std::lock_guard lock(mutex_);
    count_ += batch->size();
    changed_.notify_one();
  }

  void await(std::uint64_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_ = 0;
};

class Population {
 public:
  Population(const std::filesystem::path& directory, std::uint64_t size) : size_(size) {
    RocksDbOptions options;
    options.directory = directory;
    log_ = open_rocksdb_event_log(options).value();
    configure_actors(settings_);
    system_ = std::make_unique<caf::actor_system>(settings_);
    log_actor_ = spawn_event_log(*system_, {log_.get(), &clock_, {&events_}}, true);
    RegistryConfiguration limits;
    limits.residents_max = size;
    limits.idle_ticks = 1;
    registry_ = spawn_registry<Node>(*system_, {log_.get(), log_actor_}, limits);
  }

  ~Population() {
    caf::scoped_actor self(*system_);
    for (const auto& actor : {registry_, log_actor_}) {
      self->monitor(actor);
      self->send_exit(actor, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    }
  }

  /// Tells all of them this, and waits until the event of each is durable; how many a second.
  double tell_all(const Node::Command& command) {
    const Stopwatch watch;
    for (std::uint64_t i = 0; i < size_; ++i)
      caf::anon_send(
          registry_,
          CommandMessage<Node>{fmt::format("node-{:07}", i), command, {"bench", 0, "spawn"}, {}});
    events_.await(told_ += size_);
    return static_cast<double>(size_) / watch.seconds();
  }

  /// Nothing comes for them until all are at rest; how many a second.
  double rest_all() {
    caf::scoped_actor self(*system_);
    const Stopwatch watch;
    caf::anon_send(registry_, Tick{});
    caf::anon_send(registry_, Tick{});
    for (std::size_t left = size_; left > 0;)
      self->request(registry_, caf::infinite, CountResidents{})
          .receive([&](std::size_t count) { left = count; },
                   [](const caf::error&) { throw std::runtime_error("the registry is gone"); });
    return static_cast<double>(size_) / watch.seconds();
  }

 private:
  std::uint64_t size_;
  std::uint64_t told_ = 0;
  EventCount events_;
  SystemClock clock_;
  std::unique_ptr<EventLog> log_;
  caf::actor_system_config settings_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor log_actor_;
  caf::actor registry_;
};

double resident_after_purge() {
  give_back_free_memory();
  return static_cast<double>(resident_bytes());
}

}  // namespace

std::vector<Measurement> bench_spawn(const BenchRun& run) {
  const auto count = run.scale<std::uint64_t>(1'000'000, 1'000);
  const auto each = [&](double bytes) { return bytes / static_cast<double>(count); };
  Population population(run.folder / "log", count);
  const auto empty = resident_after_purge();
  run.progress("waking", 0);
  const auto spawned = population.tell_all(Node::Register{{"c", "A100-80GB", 8}});
  const auto awake = resident_after_purge();
  run.progress("resting", 0.4);
  const auto rested = population.rest_all();
  const auto at_rest = resident_after_purge();
  run.progress("waking again", 0.6);
  const auto woken = population.tell_all(Node::ReportReady{});

  Measurement spawn{"spawn", "actors/s", Better::more, spawned};
  spawn.figures = {{"bytes_awake", each(awake - empty)}, {"bytes_at_rest", each(at_rest - empty)}};
  return {spawn,
          {"spawn/rest", "actors/s", Better::more, rested, {}, {}, {}, 0},
          {"spawn/wake", "actors/s", Better::more, woken, {}, {}, {}, 0}};
}

}  // namespace orrery
