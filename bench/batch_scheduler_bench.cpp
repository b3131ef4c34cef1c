// The batch scheduler alone: a center of 11 nodes and 56 GPUs that are all busy, and a long queue
// of many users. Measured is a whole pass (fair share, priorities, order, backfill, forecast), what
// a waiting job costs in memory, and how fast the log folds. Then the same with as many shapes of
// jobs as there are jobs, which shares nothing.
#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/batch/forecast.hpp"
#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

struct Scale {
  std::uint32_t job_count;
  std::uint32_t user_count;
  int pass_count;
};

enum class Kind { usual_jobs, all_different };

BatchPolicy policy() {
  BatchPolicy policy;
  policy.partitions.resize(3);
  policy.qos = {{}};
  policy.qos[0].name = policy.default_qos = "normal";
  for (std::size_t i = 0; i < 3; ++i) policy.partitions[i].name = fmt::format("p{}", i + 1);
  return policy;
}

/// The rest of the world: it does whatever the scheduler owes, and time goes on.
class World {
 public:
  World(const Scale& scale, Kind kind) : scale_(scale), kind_(kind) {
    scheduler_.publish_to(&board_);
    scheduler_.resume();
    auto rules = policy();
    add_nodes(rules, "a100-n", "a100", 4, 4, 80);
    add_nodes(rules, "sv8ka-n", "a40", 3, 8, 80);
    add_nodes(rules, "sv4ka-n", "a6000", 4, 4, 24);
    tell("batch_policy/c", BatchPolicySet{rules});
    for (std::uint32_t user = 0; user < scale.user_count; ++user) {
      CenterUserApproved approved;
      approved.grant.team = team_of(user);
      tell(fmt::format("center_user/u{}", user), approved);
    }
  }

  void submit_all() {
    for (std::uint32_t id = 1; id <= scale_.job_count; ++id) {
      now_ += 1ms;
      JobSubmitted event;
      event.specification = random_job();
      tell(fmt::format("job/{}", id), event);
    }
    pass();
  }

  /// A second later; returns how long it took.
  double pass() {
    now_ += 1s;
    end_one();
    const Stopwatch watch;
    const auto owed = scheduler_.at(now_);
    const auto seconds = watch.seconds();
    for (const auto& command : owed) start(std::get<To<Job>>(command.command));
    return seconds;
  }

  std::size_t waiting() const { return board_.of("c")->jobs.size(); }
  std::uint64_t hash() const { return hash_; }

 private:
  static std::string team_of(std::uint32_t user) { return fmt::format("team{}", user / 10); }

  void add_nodes(BatchPolicy& rules, const char* prefix, const char* model, int count,
                 std::uint32_t gpus, std::uint32_t cpus) {
    for (int i = 1; i <= count; ++i) {
      const auto id = fmt::format("{}{}", prefix, i);
      tell("node/" + id, NodeRegistered{"c", model, gpus, cpus, 800 * 1024});
      for (std::uint32_t gpu = 0; gpu < gpus; ++gpu)
        tell(fmt::format("gpu/{}:{}", id, gpu), GpuRegistered{id, gpu, model});
      tell("node/" + id, NodeBecameReady{});
      rules.nodes.push_back({id, {}});
      for (auto& partition : rules.partitions) partition.nodes.push_back(id);
    }
  }

  JobSpecification random_job() {
    static constexpr const char* models[] = {"a100", "a40", "a6000"};
    const auto user = static_cast<std::uint32_t>(random_() % scale_.user_count);
    JobSpecification job;
    job.cluster = "c";
    job.user = fmt::format("u{}", user);
    job.account = team_of(user);
    job.partitions = {fmt::format("p{}", 1 + user % 3)};
    job.qos = "normal";
    job.resources.gpu_model = models[random_() % 3];
    job.resources.gpus_per_node = 1 + static_cast<std::uint32_t>(random_() % 4);
    job.resources.cpus_per_node = 4 * job.resources.gpus_per_node;
    job.resources.memory_mib_per_node = 16 * 1024 * job.resources.gpus_per_node;
    if (kind_ == Kind::all_different)
      job.resources.memory_mib_per_node += static_cast<std::uint32_t>(random_() % 10'000);
    static constexpr std::uint32_t limits[] = {60, 240, 720, 1'440, 4'320, 10'080};
    job.time_limit_min = limits[random_() % std::size(limits)];
    return job;
  }

  void start(const To<Job>& to) {
    const auto* schedule = std::get_if<Job::Schedule>(&to.command);
    if (schedule == nullptr) return;
    for (const char c : to.id) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    for (const char c : schedule->decision.node_ids.front())
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    tell("job/" + to.id, schedule->decision);
    tell("job/" + to.id, JobAllocated{});
    tell("job/" + to.id, JobStarted{});
    running_.push_back(to.id);
  }

  void end_one() {
    if (running_.empty()) return;
    std::swap(running_[random_() % running_.size()], running_.back());
    tell("job/" + running_.back(), JobExited{0, {}, true, {}});
    tell("job/" + running_.back(), JobEnded{});
    running_.pop_back();
  }

  void tell(std::string stream, Event event) {
    scheduler_.apply({++position_, std::move(stream), 0, now_, {}, std::move(event)});
  }

  Scale scale_;
  Kind kind_;
  batch::ForecastBoard board_;
  BatchScheduler scheduler_;
  std::mt19937 random_{42};
  Time now_{std::chrono::hours(24 * 365 * 50)};
  Position position_ = 0;
  std::vector<std::string> running_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

void measure(const char* name, const Scale& scale, Kind kind) {
  World world(scale, kind);
  const auto before = resident_bytes();
  const Stopwatch watch;
  world.submit_all();
  const auto events_per_second = scale.job_count / watch.seconds();
  const auto bytes_per_job = static_cast<double>(resident_bytes() - before) / scale.job_count;
  std::vector<double> passes_ms;
  for (int i = 0; i < scale.pass_count; ++i) passes_ms.push_back(1'000 * world.pass());
  const auto slowest = *std::max_element(passes_ms.begin(), passes_ms.end());
  fmt::print(R"({{"bench":"{}","unit":"ms a pass","measured":{:.2f},"slowest_ms":{:.2f},)"
             R"("waiting":{},"bytes_a_job":{:.0f},"folded_per_s":{:.0f},"hash":"{:016x}"}})"
             "\n",
             name, percentile(passes_ms, 0.5), slowest, world.waiting(), bytes_per_job,
             events_per_second, world.hash());
}

}  // namespace

int main(int argc, char** argv) {
  const auto scale = wants_tiny(argc, argv) ? Scale{200, 10, 5} : Scale{100'000, 1'000, 50};
  measure("batch_pass", scale, Kind::usual_jobs);
  measure("batch_pass_all_different", scale, Kind::all_different);
}
