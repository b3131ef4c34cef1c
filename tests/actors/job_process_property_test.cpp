#include <set>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/support/job_scenario.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 3, gpu_count = 2;

/// A random life of jobs: they are submitted alone and in arrays, sent to any nodes, stopped and
/// requeued, and end by themselves; nodes are lost, GPUs break, time passes, users are suspended,
/// the world crashes, and commands arrive in any order that keeps those to one aggregate in theirs.
class RandomJobs {
 public:
  RandomJobs() : world_(jobs::fleet(node_count, rules())) {
    world_.send<CenterUser>("kim", CenterUser::Approve{{{"A", "vision", {}, {}}, 1}});
  }

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 26);
      if (what < 9) world_.run_one(pick());
      if (what == 9 || what == 10) submit();
      if (what == 11) submit_array();
      if (what >= 12 && what < 16) schedule();
      if (what == 16) stop();
      if (what == 17) world_.send<JobArray>(any_array(), JobArray::Cancel{"kim"});
      if (what == 18) exit_one();
      if (what == 19) world_.drive();
      if (what == 20) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 21) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 22) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      if (what == 23) world_.pass_time(std::chrono::minutes(*rc::gen::inRange(1, 30)));
      if (what == 24) use_one();
      if (what == 25) suspend();
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  /// Every job waits, runs or has ended; GPUs and leases belong to those that run.
  void check_at_rest() {
    world_.run(pick());
    std::size_t gpus_running = 0, gpus_held = 0, places = 0, granted = 0, alive = 0;
    for (const auto& [id, job] : world_.all<Job>()) {
      const auto* active = std::get_if<Job::Active>(&job);
      const bool moves = std::holds_alternative<Job::Scheduled>(job) ||
                         std::holds_alternative<Job::Exited>(job) || (active && active->stop);
      if (moves) RC_FAIL(id + " doesn't come to rest:\n" + world_.story());
      alive += active != nullptr || std::holds_alternative<Job::Pending>(job);
      if (active == nullptr) continue;
      places += active->allocation.places.size();
      for (const auto& place : active->allocation.places) gpus_running += place.gpu_indices.size();
    }
    for (const auto& [id, gpu] : world_.all<Gpu>())
      gpus_held += !std::get<Gpu::Registered>(gpu).lease_id.empty();
    for (const auto& [id, lease] : world_.all<Lease>()) {
      granted += std::holds_alternative<Lease::Granted>(lease);
      if (std::holds_alternative<Lease::Waiting>(lease))
        RC_FAIL(id + " is forgotten:\n" + world_.story());
    }
    if (gpus_held != gpus_running || granted != places)
      RC_FAIL("something is held in vain:\n" + world_.story());
    if (world_.job_process().job_count() != alive)
      RC_FAIL("the process remembers others than there are:\n" + world_.story());
    check_arrays();
    const auto size = world_.log().size();
    RC_ASSERT(command_text(world_.owed_by<JobProcess>(size, size / 2)) ==
              command_text(world_.owed_by<JobProcess>(size, size)));
  }

 private:
  static BatchPolicy rules() {
    auto policy = jobs::policy();
    policy.idle.after_min = 40;
    policy.idle.warning_min = 10;
    return policy;
  }
  static std::string any_node() {
    return "n" + std::to_string(*rc::gen::inRange(1u, node_count + 1));
  }
  static std::string any_gpu() { return gpu_id(any_node(), *rc::gen::inRange(0u, gpu_count)); }
  std::string any_job() const { return std::to_string(*rc::gen::inRange(1u, next_id_ + 1)); }
  std::string any_array() const { return arrays_.empty() ? "1" : *rc::gen::elementOf(arrays_); }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  void submit() {
    auto wish = jobs::specification(*rc::gen::inRange(0u, gpu_count + 1),
                                    *rc::gen::inRange(1u, node_count + 1));
    wish.may_requeue = *rc::gen::arbitrary<bool>();
    wish.resources.is_exclusive = *rc::gen::inRange(0, 4) == 0;
    wish.mail.types = *rc::gen::inRange<std::uint16_t>(0, 2'048);
    wish.signal = {10, *rc::gen::inRange(0u, 3'600u), false};
    jobs::submit(world_, std::to_string(next_id_++), wish);
  }

  void submit_array() {
    const auto count = *rc::gen::inRange(1u, 4u);
    arrays_.push_back(std::to_string(next_id_));
    jobs::submit_array(world_, arrays_.back(), count, *rc::gen::inRange<std::uint16_t>(0, 2'048));
    next_id_ += count;
  }

  void schedule() {
    const auto id = any_job();
    const auto state = world_.state<Job>(id);
    const auto* job = std::get_if<Job::Pending>(&state);
    if (job == nullptr) return;
    std::set<std::string> nodes;
    while (nodes.size() < job->core.request.specification.resources.node_count)
      nodes.insert(any_node());
    jobs::schedule(world_, id, {nodes.begin(), nodes.end()}, *rc::gen::inRange(1u, 60u));
  }

  void stop() {
    const auto reason = *rc::gen::element(JobStopReason::cancelled, JobStopReason::preempted,
                                          JobStopReason::requeued);
    const bool goes_back = reason != JobStopReason::cancelled;
    world_.send<Job>(any_job(), Job::Stop{{reason, 0, "kim", goes_back}, 0});
  }

  template <class Report>
  void with_running(Report report) {
    const auto id = any_job();
    const auto state = world_.state<Job>(id);
    if (const auto* active = std::get_if<Job::Active>(&state); active && active->is_running)
      report(id, active->allocation.fence);
  }

  void exit_one() {
    with_running([&](const std::string& id, std::uint64_t fence) {
      world_.send<Job>(id, Job::ReportExited{fence, {*rc::gen::inRange(0u, 2u), {}, true, ""}});
    });
  }

  void use_one() {
    with_running([&](const std::string& id, std::uint64_t fence) {
      world_.send<Job>(id, Job::ReportUtilisation{fence, *rc::gen::inRange<std::uint8_t>(0, 10)});
    });
  }

  void suspend() {
    if (*rc::gen::inRange(0, 4) == 0) world_.send<CenterUser>("kim", CenterUser::Suspend{{"x", 0}});
    world_.send<CenterUser>("kim", CenterUser::Reinstate{});
  }

  /// Tasks of a cancelled array have ended; of the others each one is there.
  void check_arrays() const {
    for (const auto& [id, array] : world_.all<JobArray>()) {
      const bool is_cancelled = std::holds_alternative<JobArray::Cancelled>(array);
      const auto requests = jobs::events_of<JobArraySubmitted>(world_, "job_array/" + id);
      if (requests.empty()) continue;
      for (std::size_t place = 0; place < requests.front().task_ids.size(); ++place) {
        const auto task = std::to_string(std::stoul(id) + place);
        const auto state = world_.state<Job>(task);
        const bool is_there = !std::holds_alternative<Job::Absent>(state);
        if (is_cancelled ? is_there && !std::holds_alternative<Job::Ended>(state) : !is_there)
          RC_FAIL("task " + task + " of " + id + " is left behind:\n" + world_.story());
      }
    }
  }

  RuleWorld world_;
  std::uint32_t next_id_ = 1;
  std::vector<std::string> arrays_;
};

}  // namespace

TEST_CASE("whatever happens, jobs come to rest and hold what they run on, and nothing else") {
  CHECK(rc::check([] {
    RandomJobs jobs;
    jobs.live(*rc::gen::inRange<std::size_t>(20, 200));
    jobs.check_at_rest();
  }));
}
