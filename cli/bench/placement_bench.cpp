// Placement alone: whole lives of leases (requested, claimed, granted, released) through the pure
// machine, with 10 % and with 90 % of the GPUs leased. Then those of services, which want
// processors and memory as well, and GPUs of any model, some of them in gangs; and of services
// that need no GPUs and fill the memory while half of the processors stay free.
#include <algorithm>
#include <deque>
#include <random>

#include <fmt/format.h>

#include "actors/placement/placement.hpp"
#include "bench/bench_report.hpp"
#include "cli/bench/bench.hpp"

namespace orrery {
namespace {

constexpr auto* model = "A100-80GB";
constexpr std::uint32_t gpus_per_node = 8;
constexpr std::uint32_t cpus_per_node = 64;
constexpr std::uint32_t memory_mib_per_node = 512 * 1024;
constexpr std::uint32_t memory_mib_of_service = 64 * 1024;

struct Scale {
  std::uint32_t node_count;
  std::size_t life_count;
};

enum class Kind { gpus_alone, services, memory_alone };

/// The rest of the world: it does whatever placement owes.
class World {
 public:
  World(const Scale& scale, Kind kind) : scale_(scale), kind_(kind) {
    placement_.resume();
    tell("cluster/c", ClusterDeclared{"c", WhenFull::queue, PlacementStrategy::pack});
    for (std::uint32_t i = 0; i < scale.node_count; ++i) {
      const auto id = fmt::format("node-{:05}", i);
      NodeRegistered node{"c", model, gpus_per_node};
      if (kind != Kind::gpus_alone) {
        node.cpu_count = cpus_per_node;
        node.memory_mib = memory_mib_per_node;
      }
      tell("node/" + id, node);
      for (std::uint32_t gpu = 0; gpu < gpus_per_node; ++gpu)
        tell("gpu/" + gpu_id(id, gpu), GpuRegistered{id, gpu, model});
      tell("node/" + id, NodeBecameReady{});
    }
  }

  /// Leases GPUs until this share of them is leased.
  void fill(double share) {
    wanted_ = static_cast<std::size_t>(share * scale_.node_count * gpus_per_node);
    while (gpus_leased_ < wanted_) request();
  }

  /// One lease ends and another of the same size begins.
  void turn_over() {
    request(end_one());
    // Instead of one there may be a gang.
    while (kind_ == Kind::services && gpus_leased_ > wanted_ + gpus_per_node) end_one();
  }

  std::uint64_t hash() const { return hash_; }

 private:
  std::uint32_t end_one() {
    std::swap(leases_[random_() % leases_.size()], leases_.front());
    const auto [id, count] = leases_.front();
    leases_.pop_front();
    gpus_leased_ -= count;
    tell("lease/" + id, LeaseReleased{});
    return count;
  }

  void request() {
    static constexpr std::uint32_t sizes[] = {1, 1, 2, 4, 8};
    request(sizes[random_() % std::size(sizes)]);
  }

  void request(std::uint32_t gpu_count) {
    LeaseRequested wish{"vm/x", "c", model, gpu_count, WhenFull::queue};
    if (kind_ == Kind::memory_alone) {
      wish.gpu_count = 0;
      wish.cpu_count = 4 * gpu_count;
      wish.memory_mib = memory_mib_of_service * gpu_count;
    }
    if (kind_ == Kind::services) {
      wish.gpu_model = random_() % 2 == 0 ? "" : model;
      wish.cpu_count = 1 + random_() % 4 * gpu_count;
      wish.memory_mib = 1024 * wish.cpu_count;  // Too little to stand for a GPU.
      // Two on two nodes: the turn-over ends them one by one.
      if (random_() % 16 == 0) wish.gang = {fmt::format("sg-{}", lease_count_), 2, 0};
    }
    ask(wish);
    if (wish.gang.id.empty()) return;
    wish.gang.slot = 1;
    ask(wish);
  }

  void ask(const LeaseRequested& wish) {
    auto id = fmt::format("{:032x}.1", ++lease_count_);
    tell("lease/" + id, wish);
    // So much memory stands for a GPU.
    const auto size = std::max(wish.gpu_count, wish.memory_mib / memory_mib_of_service);
    leases_.emplace_back(std::move(id), size);
    gpus_leased_ += size;
  }

  void tell(std::string stream, Event event) {
    placement_.apply({++position_, std::move(stream), 0, Time{}, {}, std::move(event)});
    for (const auto& owed : placement_.due())
      std::visit([this](const auto& to) { happen(to); }, owed.command);
  }

  void happen(const To<Gpu>& to) {
    if (const auto* claim = std::get_if<Gpu::Claim>(&to.command))
      tell("gpu/" + to.id, GpuClaimed{claim->lease_id, claim->fence});
    if (const auto* release = std::get_if<Gpu::Release>(&to.command))
      tell("gpu/" + to.id, GpuReleased{release->lease_id});
  }

  void happen(const To<Lease>& to) {
    const auto* grant = std::get_if<Lease::Grant>(&to.command);
    if (!grant) return;  // A lease that queues is granted when another one ends.
    for (const char c : grant->grant.node_id)
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    tell("lease/" + to.id, grant->grant);
  }

  template <class A>
  void happen(const To<A>&) {}

  Scale scale_;
  Kind kind_;
  Placement placement_;
  std::mt19937 random_{42};
  Position position_ = 0;
  std::uint64_t lease_count_ = 0;
  std::size_t gpus_leased_ = 0;
  std::size_t wanted_ = 0;
  std::deque<std::pair<std::string, std::uint32_t>> leases_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

double lives_per_second(const Scale& scale, Kind kind, double full, std::uint64_t& hash) {
  World world(scale, kind);
  world.fill(full);
  const Stopwatch watch;
  for (std::size_t i = 0; i < scale.life_count; ++i) world.turn_over();
  hash ^= world.hash();
  return static_cast<double>(scale.life_count) / watch.seconds();
}

Measurement measure(const BenchRun& run, std::string name, Kind kind) {
  const auto scale = run.scale(Scale{10'000, 300'000}, Scale{20, 200});
  std::uint64_t hash = 0;
  run.progress(name, 0);
  const auto nearly_empty = lives_per_second(scale, kind, 0.1, hash);
  run.progress(name, 0.5);
  const auto nearly_full = lives_per_second(scale, kind, 0.9, hash);
  Measurement lives{std::move(name), "leases/s", Better::more, nearly_full};
  lives.figures = {{"at_10_percent", nearly_empty},
                   {"ratio_90_to_10_percent", nearly_full / nearly_empty}};
  lives.hash = fmt::format("{:016x}", hash);
  return lives;
}

}  // namespace

std::vector<Measurement> bench_placement(const BenchRun& run) {
  return {measure(run, "placement", Kind::gpus_alone),
          measure(run, "placement/services", Kind::services),
          measure(run, "placement/memory", Kind::memory_alone)};
}

}  // namespace orrery
