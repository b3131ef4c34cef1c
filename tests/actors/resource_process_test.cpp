#include "actors/processes/resource_process.hpp"

#include <catch2/catch.hpp>

#include "actors/network/default_subnet.hpp"
#include "events/default_network.hpp"
#include "events/stream_name.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

using namespace orrery;

namespace {

constexpr auto* place = "us-east1-a";

DiskSpecification disk_of(std::uint64_t size_gib = 100) {
  return {"p1", "data", DiskType::persistent_ssd, size_gib, place, 4096};
}

FirewallRuleCreated rule_of(const std::string& network_id) {
  return {"p1",
          network_id,
          TrafficDirection::ingress,
          FirewallAction::allow,
          {"ssh", {"tcp"}, {{"0.0.0.0/0", ""}}, {"1-65535"}, {{"", network_id}}, {"22"}}};
}

void start(RuleWorld& world, const std::string& operation, const std::string& target,
           OperationGoal goal) {
  world.send<Operation>(operation, Operation::Start{{"p1", target, std::move(goal)}});
}

RuleWorld with_project() {
  RuleWorld world;
  world.send<Cluster>(place, Cluster::Declare{{place, WhenFull::refuse, PlacementStrategy::pack}});
  world.send<Project>("p1", Project::Create{{"o1", "Demo"}});
  world.run();
  return world;
}

std::string outcome(const RuleWorld& world, const std::string& operation) {
  for (const auto& recorded : world.log()) {
    if (recorded.stream != "operation/" + operation) continue;
    if (std::holds_alternative<OperationSucceeded>(recorded.event)) return "succeeded";
    if (const auto* failed = std::get_if<OperationFailed>(&recorded.event)) return failed->code;
  }
  return "open";
}

std::string failure_message(const RuleWorld& world, const std::string& operation) {
  for (const auto& recorded : world.log())
    if (const auto* failed = std::get_if<OperationFailed>(&recorded.event);
        failed && recorded.stream == "operation/" + operation)
      return failed->message;
  return {};
}

/// A VM that is there and needs no GPUs.
VmRequested vm_in(const std::string& subnet_id) {
  VmRequested requested;
  requested.specification.project_id = std::string("p1");
  requested.specification.location = place;
  requested.specification.cluster = place;
  requested.specification.subnet_id = subnet_id;
  return requested;
}

const auto usual = default_network("p1", place);

/// One of each operation of this process, and some that fail.
RuleWorld busy_world() {
  auto world = with_project();
  world.send<Network>("n1", Network::Create{{"p1", "office", "172.16.0.0/12"}});
  for (const auto* subnet : {"s1", "s2"})
    world.send<Network>(
        "n1", Network::AddSubnet{{subnet, subnet,
                                  subnet == std::string("s1") ? "172.16.0.0/24" : "172.16.1.0/24",
                                  place}});
  start(world, "create", "d1", CreateDisk{disk_of(), "SN1"});
  start(world, "grow", "d1", ResizeDisk{200});
  start(world, "shrink", "d1", ResizeDisk{150});
  start(world, "allow", "r1", CreateFirewallRule{rule_of("n1")});
  auto changed = rule_of("n1").match;
  changed.name = std::string("all");
  start(world, "change", "r1", ChangeFirewallRule{changed});
  start(world, "forbid", "r1", DeleteFirewallRule{});
  start(world, "rename network", "n1", RenameNetwork{"home"});
  start(world, "rename subnet", "s1", RenameSubnet{"n1", "ground"});
  start(world, "delete subnet", "s1", DeleteSubnet{"n1"});
  start(world, "delete network", "n1", DeleteNetwork{});
  start(world, "rename what is gone", "s2", RenameSubnet{"n1", "roof"});
  start(world, "delete", "d1", DeleteDisk{});
  start(world, "delete again", "d1", DeleteDisk{});
  start(world, "grow what is gone", "d1", ResizeDisk{500});
  return world;
}

std::string outcomes(const RuleWorld& world) {
  std::string text;
  for (const auto& recorded : world.log())
    if (std::holds_alternative<OperationStarted>(recorded.event)) {
      const std::string operation(stream_id(recorded.stream));
      text.append(operation).append(": ").append(outcome(world, operation)).append("\n");
    }
  return text;
}

}  // namespace

TEST_CASE("each operation on a resource ends as its aggregate answers") {
  auto world = busy_world();
  world.run();
  INFO(world.story());
  CHECK(outcomes(world) ==
        "create: succeeded\ngrow: succeeded\nshrink: disk_cannot_shrink\nallow: succeeded\n"
        "change: succeeded\nforbid: succeeded\nrename network: succeeded\n"
        "rename subnet: succeeded\ndelete subnet: succeeded\ndelete network: succeeded\n"
        "rename what is gone: network_not_found\ndelete: succeeded\ndelete again: succeeded\n"
        "grow what is gone: disk_not_found\n");
  CHECK(world.owed_by<ResourceProcess>(world.log().size(), world.log().size() / 2).empty());
}

TEST_CASE("after a crash at any moment every operation on a resource ends as it would have") {
  auto whole = busy_world();
  whole.run();
  const auto expected = outcomes(whole);
  for (std::size_t count = 0; count <= whole.log().size(); ++count) {
    INFO("crash after " << count << " events");
    auto world = RuleWorld::after_crash(whole, count);
    world.run();
    std::string text;
    for (const auto& recorded : world.log())
      if (std::holds_alternative<OperationStarted>(recorded.event)) {
        const std::string operation(stream_id(recorded.stream));
        CHECK(outcome(world, operation) == outcome(whole, operation));
      }
    CHECK(world.owed_by<ResourceProcess>(world.log().size(), count).empty());
  }
  CHECK(outcomes(whole) == expected);
}

TEST_CASE("a snapshot of the resource process at any moment owes what the whole log owes") {
  auto world = busy_world();
  world.run();
  const auto& log = world.log();
  for (std::size_t count = 0; count <= log.size(); ++count)
    for (std::size_t saved = 0; saved <= count; ++saved)
      REQUIRE(command_text(world.owed_by<ResourceProcess>(count, saved)) ==
              command_text(world.owed_by<ResourceProcess>(count, 0)));
}

TEST_CASE("an attached disk is not deleted") {
  auto world = with_project();
  start(world, "create", "d1", CreateDisk{disk_of(), "SN1"});
  world.run();
  world.send<Node>("node", Node::Register{{place, "A40-48GB", 1}});
  world.run();  // It boots.
  auto vm = vm_in(default_network("p1", place).subnet_id);
  vm.specification.gpu_model = "A40-48GB";
  vm.specification.gpu_count = 1;
  vm.specification.public_address = PublicAddress::none;
  vm.specification.disks = {{"d1", DiskMode::read_write}};
  start(world, "create VM", "v1", CreateVm{vm.specification, {}});
  world.run();
  start(world, "delete", "d1", DeleteDisk{});
  world.run();
  CHECK(outcome(world, "delete") == "disk_attached");
  start(world, "delete VM", "v1", DeleteVm{});
  world.run();
  start(world, "delete again", "d1", DeleteDisk{});
  world.run();
  CHECK(outcome(world, "delete again") == "succeeded");
}

TEST_CASE("of two creates for the last disk of a quota the first one gets it") {
  auto world = with_project();
  ProjectLimits limits;
  limits.disks = 2;
  limits.disk_gib = 250;
  world.send<Quota>("p1", Quota::Set{limits});
  for (const auto* id : {"d1", "d2", "d3"})
    start(world, std::string("create ") + id, id, CreateDisk{disk_of(), "SN"});
  start(world, "grow too much", "d1", ResizeDisk{200});
  start(world, "grow", "d1", ResizeDisk{150});
  world.run([count = 0](std::size_t choices) mutable { return ++count % choices; });
  CHECK(outcome(world, "create d1") == "succeeded");
  CHECK(outcome(world, "create d2") == "succeeded");
  CHECK(outcome(world, "create d3") == "quota_exceeded");
  CHECK(failure_message(world, "create d3") ==
        "The project's quota disks is 2: it uses 2, and the request needs 1 more.");
  CHECK(outcome(world, "grow too much") == "quota_exceeded");
  CHECK(failure_message(world, "grow too much") ==
        "The project's quota disk_gib is 250: it uses 200, and the request needs 100 more.");
  CHECK(outcome(world, "grow") == "succeeded");
}

TEST_CASE("every project gets a network with a subnet for each location") {
  auto world = with_project();
  const auto network = std::get<Network::Existing>(world.state<Network>(usual.network_id));
  CHECK(network.name == "default-vpc-network");
  CHECK(network.subnets.at(usual.subnet_id).description.cidr == "10.0.0.0/14");

  world.send<Cluster>("b", Cluster::Declare{{"b", WhenFull::refuse, PlacementStrategy::pack}});
  world.send<Project>("p2", Project::Create{{"o1", "Other"}});
  world.run();
  for (const auto* project : {"p1", "p2"}) {
    const auto second = default_network(project, "b");
    const auto subnets =
        std::get<Network::Existing>(world.state<Network>(second.network_id)).subnets;
    CHECK(subnets.size() == 2);
    CHECK(subnets.contains(second.subnet_id));
  }
}

TEST_CASE("a project that only operations speak of gets its network too") {
  RuleWorld world;
  world.send<Cluster>(place, Cluster::Declare{{place, WhenFull::refuse, PlacementStrategy::pack}});
  start(world, "create", "d1", CreateDisk{disk_of(), "SN1"});
  world.run();
  CHECK(std::holds_alternative<Network::Existing>(world.state<Network>(usual.network_id)));
}

TEST_CASE("a default subnet goes where a customer's own subnets leave room") {
  auto world = with_project();
  world.send<Network>(usual.network_id, Network::AddSubnet{{"own", "own", "10.4.0.0/16", place}});
  world.send<Cluster>("b", Cluster::Declare{{"b", WhenFull::refuse, PlacementStrategy::pack}});
  world.run();
  const auto network = std::get<Network::Existing>(world.state<Network>(usual.network_id));
  CHECK(network.subnets.at(default_network("p1", "b").subnet_id).description.cidr == "10.8.0.0/14");
}

TEST_CASE("a customer's own subnet that comes first pushes a default one aside") {
  auto world = with_project();
  world.send<Cluster>("b", Cluster::Declare{{"b", WhenFull::refuse, PlacementStrategy::pack}});
  world.send<Network>(usual.network_id, Network::AddSubnet{{"own", "own", "10.4.0.0/16", place}});
  world.run();
  const auto network = std::get<Network::Existing>(world.state<Network>(usual.network_id));
  CHECK(network.subnets.at(default_network("p1", "b").subnet_id).description.cidr == "10.8.0.0/14");
}

TEST_CASE("a default subnet is smaller where there is no room for one of the usual size") {
  auto world = with_project();
  for (const auto* cidr : {"10.128.0.0/9", "10.64.0.0/10", "10.32.0.0/11", "10.16.0.0/12",
                           "10.8.0.0/13", "10.4.0.0/15"})
    world.send<Network>(usual.network_id, Network::AddSubnet{{cidr, "own", cidr, place}});
  world.send<Cluster>("b", Cluster::Declare{{"b", WhenFull::refuse, PlacementStrategy::pack}});
  world.run();
  const auto network = std::get<Network::Existing>(world.state<Network>(usual.network_id));
  CHECK(network.subnets.at(default_network("p1", "b").subnet_id).description.cidr == "10.6.0.0/15");
}

TEST_CASE("a default subnet for which there is no room comes when a customer's own one goes") {
  auto world = with_project();
  for (const auto* cidr : {"10.128.0.0/9", "10.64.0.0/10", "10.32.0.0/11", "10.16.0.0/12",
                           "10.8.0.0/13", "10.4.0.0/14"})
    world.send<Network>(usual.network_id, Network::AddSubnet{{cidr, "own", cidr, place}});
  world.send<Cluster>("b", Cluster::Declare{{"b", WhenFull::refuse, PlacementStrategy::pack}});
  world.run();
  const auto subnet_id = default_network("p1", "b").subnet_id;
  const auto subnets = [&] {
    return std::get<Network::Existing>(world.state<Network>(usual.network_id)).subnets;
  };
  CHECK_FALSE(subnets().contains(subnet_id));
  world.send<Network>(usual.network_id, Network::RemoveSubnet{"10.8.0.0/13"});
  world.run();
  CHECK(subnets().at(subnet_id).description.cidr == "10.8.0.0/14");
}

TEST_CASE("a network that has all the subnets it may have takes no default one") {
  std::vector<Ipv4Block> subnets;
  for (std::uint32_t i = 0; i < Network::subnet_count_max; ++i) {
    CHECK(default_subnet_block(subnets));
    subnets.push_back({0x0A000000 + i * 8, 29});
  }
  CHECK_FALSE(default_subnet_block(subnets));
}

TEST_CASE("what a customer deleted of a default network stays deleted") {
  auto world = with_project();
  start(world, "delete subnet", usual.subnet_id, DeleteSubnet{usual.network_id});
  world.run();
  CHECK(outcome(world, "delete subnet") == "succeeded");
  start(world, "delete network", usual.network_id, DeleteNetwork{});
  world.run();
  CHECK(outcome(world, "delete network") == "succeeded");
  world.send<Cluster>("b", Cluster::Declare{{"b", WhenFull::refuse, PlacementStrategy::pack}});
  world.run();
  CHECK(std::holds_alternative<Network::Deleted>(world.state<Network>(usual.network_id)));
  CHECK(world.owed_by<ResourceProcess>(world.log().size(), 0).empty());
}

TEST_CASE("a subnet or network in which VMs have addresses is not deleted") {
  auto world = with_project();
  world.send<Vm>("v1", Vm::Create{vm_in("")});  // In the default subnet, as old logs say it.
  start(world, "delete subnet", usual.subnet_id, DeleteSubnet{usual.network_id});
  start(world, "delete network", usual.network_id, DeleteNetwork{});
  while (world.run_one([](std::size_t) { return std::size_t{0}; })) continue;
  CHECK(outcome(world, "delete subnet") == "subnet_in_use");
  CHECK(outcome(world, "delete network") == "network_in_use");
  world.send<Vm>("v1", Vm::ReportFailed{"driver_error", "It did not boot."});
  start(world, "delete network again", usual.network_id, DeleteNetwork{});
  while (world.run_one([](std::size_t) { return std::size_t{0}; })) continue;
  CHECK(outcome(world, "delete network again") == "succeeded");
}
