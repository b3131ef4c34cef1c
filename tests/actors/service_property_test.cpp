#include <set>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/support/service_scenario.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 2, gpu_count = 2;

/// A random life of services: they are asked for alone and in groups, stopped, and end by
/// themselves; nodes are lost, GPUs break, time passes, the world crashes, and commands arrive in
/// any order that keeps those to one aggregate in theirs.
class RandomServices {
 public:
  RandomServices() : world_(services::fleet(node_count)) {}

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 20);
      if (what < 8) world_.run_one(pick());
      if (what == 8 || what == 9) request();
      if (what == 10) request_group();
      if (what == 11) world_.send<Service>(any_service(), Service::Stop{});
      if (what == 12) world_.send<ServiceGroup>(any_group(), ServiceGroup::Cancel{});
      if (what == 13) end_one();
      if (what == 14) world_.drive();
      if (what == 15) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 16) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 17) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      if (what == 18) world_.pass_time(std::chrono::minutes(1));
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  /// Every service runs, waits in the queue or has ended; GPUs belong to those that run; nobody is
  /// started twice.
  void check_at_rest() {
    world_.run(pick());
    std::size_t gpus_running = 0, gpus_held = 0, alive = 0;
    for (const auto& [id, service] : world_.all<Service>()) {
      const bool moves = std::holds_alternative<Service::Placed>(service) ||
                         std::holds_alternative<Service::Stopping>(service);
      if (moves) RC_FAIL(id + " doesn't come to rest:\n" + world_.story());
      if (const auto* runs = std::get_if<Service::Running>(&service))
        gpus_running += runs->placement.gpu_indices.size();
      alive += std::holds_alternative<Service::Running>(service) ||
               std::holds_alternative<Service::Pending>(service);
    }
    for (const auto& [id, gpu] : world_.all<Gpu>())
      gpus_held += !std::get<Gpu::Registered>(gpu).lease_id.empty();
    if (gpus_held != gpus_running) RC_FAIL("GPUs are held in vain:\n" + world_.story());
    if (world_.service_process().service_count() != alive)
      RC_FAIL("the process remembers others than there are:\n" + world_.story());
    for (const auto& [id, lease] : world_.all<Lease>())
      if (const auto* open = std::get_if<Lease::Waiting>(&lease); open && !open->queued)
        RC_FAIL(id + " is forgotten:\n" + world_.story());
    check_groups();
    const auto size = world_.log().size();
    RC_ASSERT(world_.owed_by<ServiceProcess>(size, size / 2).empty());
  }

 private:
  static std::string any_node() {
    return "n" + std::to_string(*rc::gen::inRange(1u, node_count + 1));
  }
  static std::string any_gpu() { return gpu_id(any_node(), *rc::gen::inRange(0u, gpu_count)); }
  std::string any_service() const { return std::to_string(*rc::gen::inRange(1u, next_id_ + 1)); }
  std::string any_group() const { return groups_.empty() ? "sg-0" : *rc::gen::elementOf(groups_); }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  /// Of one model of GPUs, of any, or of none.
  void request() {
    const auto id = std::to_string(next_id_++);
    ServiceRequested request;
    request.specification = services::specification_of(
        "vllm-" + id, *rc::gen::inRange(0u, gpu_count + 2), *rc::gen::inRange(0u, 3u));
    if (*rc::gen::inRange(0, 2) == 0) request.specification.resources.gpu_model.clear();
    world_.send<Service>(id, Service::Create{std::move(request)});
  }

  void request_group() {
    const auto nodes = *rc::gen::inRange(1u, 3u), replicas = *rc::gen::inRange(1u, 3u);
    groups_.push_back("sg-" + std::to_string(next_id_));
    services::request_group(world_, next_id_, nodes, replicas);
    next_id_ += nodes * replicas;
  }

  void end_one() {
    const auto id = any_service();
    if (const auto state = world_.state<Service>(id);
        const auto* running = std::get_if<Service::Running>(&state))
      world_.send<Service>(id, Service::ReportExited{running->placement.fence, 1, {}});
  }

  /// Those of a cancelled group have ended; of the others each one is there.
  void check_groups() const {
    for (const auto& [id, group] : world_.all<ServiceGroup>()) {
      const auto* cancelled = std::get_if<ServiceGroup::Cancelled>(&group);
      const auto* wanted = std::get_if<ServiceGroup::Wanted>(&group);
      if (!cancelled && !wanted) continue;
      const auto& request = cancelled ? cancelled->request : wanted->request;
      for (const auto& replica : request.service_ids) {
        const auto state = world_.state<Service>(replica);
        if (cancelled ? !std::holds_alternative<Service::Ended>(state)
                      : std::holds_alternative<Service::Absent>(state))
          RC_FAIL("replica " + replica + " of " + id + " is left behind:\n" + world_.story());
      }
    }
  }

  RuleWorld world_;
  std::uint32_t next_id_ = 1;
  std::vector<std::string> groups_;
};

}  // namespace

TEST_CASE("whatever happens, every service comes to rest and nothing is held in vain") {
  CHECK(rc::check([] {
    RandomServices services;
    services.live(*rc::gen::inRange<std::size_t>(1, 120));
    services.check_at_rest();
  }));
}
