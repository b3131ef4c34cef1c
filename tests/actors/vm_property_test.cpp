#include <set>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "events/default_network.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t node_count = 2, gpu_count = 2, disk_count = 2;

/// A random life of customers: VMs are created, stopped, changed and deleted, nodes are lost, GPUs
/// break, the world crashes, and commands arrive in any order that keeps those to one aggregate in
/// theirs.
class RandomCustomers {
 public:
  explicit RandomCustomers(WhenFull when_full) {
    world_.send<Project>("p", Project::Create{{"o", "project"}});
    world_.send<Cluster>("c", Cluster::Declare{{"east", when_full, PlacementStrategy::spread}});
    world_.send<AddressPool>("public", AddressPool::Declare{{"east", "198.18.0.0/31"}});
    world_.send<Reservation>("r", Reservation::Declare{{"o", "a40.1x", "east", 1, 0, 1, 0}});
    for (std::uint32_t i = 0; i < node_count; ++i)
      world_.send<Node>("n" + std::to_string(i), Node::Register{{"c", "A40-48GB", gpu_count}});
    for (std::uint32_t i = 0; i < disk_count; ++i)
      world_.send<Disk>(
          "d" + std::to_string(i),
          Disk::Create{{{"p", "disk", DiskType::persistent_ssd, 10, "east", 512}, "serial"}});
    world_.run();
  }

  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 20);
      if (what < 6) world_.run_one(pick());
      if (what == 6 || what == 7) create();
      if (what == 8 || what == 9) start(any_vm(), DeleteVm{});
      if (what == 10) world_.send<Node>(any_node(), Node::ReportLost{"power"});
      if (what == 11) world_.send<Gpu>(any_gpu(), Gpu::ReportFault{"ECC"});
      if (what == 12) world_.send<Gpu>(any_gpu(), Gpu::ReportRepaired{});
      if (what == 13) world_.send<Vm>(any_vm(), Vm::ReportFailed{"driver_error", "No."});
      if (what == 14) world_.drive();
      if (what >= 15) start(any_vm(), any_change());
      if (*rc::gen::inRange(0, 40) == 0)
        world_ = RuleWorld::after_crash(world_, world_.log().size());
    }
  }

  /// Every operation has ended but those that wait in a queue or behind one that does, and GPUs,
  /// disks and places belong to VMs that are alive.
  void check_at_rest() {
    world_.run(pick());
    std::set<std::string> waiting;
    std::size_t gpus_running = 0, gpus_held = 0;
    for (const auto& [id, vm] : world_.all<Vm>()) {
      if (std::holds_alternative<Vm::Waiting>(vm)) waiting.insert(id);
      if (const auto* runs = std::get_if<Vm::Running>(&vm))
        gpus_running += runs->placement.gpu_indices.size();
    }
    for (const auto& [id, gpu] : world_.all<Gpu>())
      gpus_held += !std::get<Gpu::Registered>(gpu).lease_id.empty();
    RC_ASSERT(gpus_held == gpus_running);
    for (const auto& [id, operation] : world_.all<Operation>()) {
      const auto* open = std::get_if<Operation::InProgress>(&operation);
      if (open && waiting.count(open->request.target_id) == 0)
        RC_FAIL(id + " doesn't end:\n" + world_.story());
    }
    for (const auto& [id, lease] : world_.all<Lease>())
      if (const auto* open = std::get_if<Lease::Waiting>(&lease)) RC_ASSERT(open->queued);
    const auto alive = check_holders();
    RC_ASSERT(world_.vm_process().vm_count() == alive.size());
    RC_ASSERT(world_.owed_by<VmProcess>(world_.log().size(), world_.log().size() / 2).empty());
  }

 private:
  static std::string any_node() { return "n" + std::to_string(*rc::gen::inRange(0u, node_count)); }
  static std::string any_gpu() { return gpu_id(any_node(), *rc::gen::inRange(0u, gpu_count)); }
  static std::string any_disk() { return "d" + std::to_string(*rc::gen::inRange(0u, disk_count)); }
  /// One that was asked for, or a few that never were.
  std::string any_vm() const { return "v" + std::to_string(*rc::gen::inRange(0u, vm_count_ + 2)); }
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }

  static OperationGoal any_change() {
    const auto mode = *rc::gen::element(DiskMode::read_only, DiskMode::read_write);
    return *rc::gen::element<OperationGoal>(
        PowerOnVm{}, PowerOffVm{}, PowerOnVm{}, PowerOffVm{}, ResetVm{},
        ResizeVm{"a40.2x", "A40-48GB", 2}, ResizeVm{"a40.1x", "A40-48GB", 1},
        ChangeVmNetwork{default_network("p", "east").subnet_id, PublicAddress::none},
        ChangeVmNetwork{default_network("p", "east").subnet_id, PublicAddress::fixed},
        ReserveVm{"r"}, UnreserveVm{}, AttachDisks{{{any_disk(), mode}, {any_disk(), mode}}},
        DetachDisks{{any_disk()}});
  }

  /// The VMs that are neither failed nor gone: who has a disk or a place is one of them.
  std::set<std::string> check_holders() const {
    std::set<std::string> alive;
    for (const auto& [id, vm] : world_.all<Vm>())
      if (!std::holds_alternative<Vm::Absent>(vm) && !std::holds_alternative<Vm::Failed>(vm) &&
          !std::holds_alternative<Vm::Deleted>(vm))
        alive.insert(id);
    for (const auto& [id, disk] : world_.all<Disk>())
      for (const auto& [vm_id, mode] : std::get<Disk::Existing>(disk).attachments)
        if (alive.count(vm_id) == 0) RC_FAIL(id + " is " + vm_id + "'s:\n" + world_.story());
    const auto reservation = world_.state<Reservation>("r");
    for (const auto& vm_id : std::get<Reservation::Open>(reservation).vm_ids)
      RC_ASSERT(alive.count(vm_id) == 1u);
    return alive;
  }

  void start(const std::string& vm_id, OperationGoal goal) {
    world_.send<Operation>("o" + std::to_string(operation_count_++),
                           Operation::Start{{"p", vm_id, std::move(goal), {}}});
  }

  /// The id of a VM is drawn with its operation, so no two operations create the same VM.
  void create() {
    CreateVm goal;
    goal.specification.project_id = "p";
    goal.specification.location = "east";
    goal.specification.cluster = "c";
    goal.specification.gpu_model = "A40-48GB";
    goal.specification.gpu_count = *rc::gen::inRange(1u, gpu_count + 1);
    goal.specification.type = "a40." + std::to_string(goal.specification.gpu_count) + "x";
    goal.specification.public_address =
        *rc::gen::element(PublicAddress::none, PublicAddress::dynamic, PublicAddress::fixed);
    if (*rc::gen::inRange(0, 3) == 0)
      goal.specification.disks = {{any_disk(), DiskMode::read_write}};
    if (*rc::gen::inRange(0, 3) == 0) goal.specification.reservation_id = "r";
    start("v" + std::to_string(vm_count_++), goal);
  }

  RuleWorld world_;
  std::uint32_t operation_count_ = 0;
  std::uint32_t vm_count_ = 0;
};

}  // namespace

TEST_CASE("whatever happens to customers, every operation ends and nothing is forgotten") {
  for (const auto when_full : {WhenFull::refuse, WhenFull::queue}) {
    CHECK(rc::check([&] {
      RandomCustomers customers(when_full);
      customers.live(*rc::gen::inRange<std::size_t>(0, 300));
      customers.check_at_rest();
    }));
  }
}
