#include "actors/network/default_subnet.hpp"
#include "events/default_network.hpp"
#include "tests/support/vm_scenario.hpp"

using namespace orrery;
using namespace orrery::scenario;

namespace {

std::map<std::string, DiskMode> attachments(const RuleWorld& world, const std::string& disk_id) {
  return std::get<Disk::Existing>(world.state<Disk>(disk_id)).attachments;
}

void create_with(RuleWorld& world, const std::string& vm_id, std::vector<DiskAttachment> disks,
                 std::string reservation_id = {}) {
  auto wish = specification_of(vm_id);
  wish.disks = std::move(disks);
  wish.reservation_id = std::move(reservation_id);
  start(world, "create-" + vm_id, vm_id, CreateVm{std::move(wish), {}});
}

VmPlaced placement_of(const RuleWorld& world, const std::string& vm_id) {
  return std::get<Vm::Running>(world.state<Vm>(vm_id)).placement;
}

void reserve(RuleWorld& world, const std::string& id, std::uint32_t vm_count) {
  world.send<Reservation>(
      id, Reservation::Declare{{"o1", "l40s-48gb.1x", cluster, vm_count, 0, 1'000, 0}});
}

}  // namespace

TEST_CASE("a VM gets its disks before it starts, and a deleted one gives them back", "[golden]") {
  auto world = fleet(1);
  create_disk(world, "d1");
  create_disk(world, "d2");
  const auto first = world.log().size();
  create_with(world, "v1", {{"d1", DiskMode::read_write}, {"d2", DiskMode::read_only}});
  world.run();
  CHECK(has_succeeded(world, "create-v1"));
  CHECK(attachments(world, "d1").at("v1") == DiskMode::read_write);
  CHECK(attachments(world, "d2").at("v1") == DiskMode::read_only);
  remove(world, "v1");
  world.run();
  CHECK(attachments(world, "d1").empty());
  CHECK(attachments(world, "d2").empty());
  check_scenario("disks_of_a_vm", world, first);
}

TEST_CASE("a VM whose disk somebody else writes to isn't created", "[golden]") {
  auto world = fleet(1);
  create_disk(world, "d1");
  create_disk(world, "d2");
  create_with(world, "v1", {{"d2", DiskMode::read_write}});
  world.run();
  const auto first = world.log().size();
  create_with(world, "v2", {{"d1", DiskMode::read_write}, {"d2", DiskMode::read_write}});
  world.run();
  CHECK(failure_of(world, "create-v2") == "disk_in_use");
  CHECK(attachments(world, "d1").empty());
  check_scenario("disk_in_use", world, first);
}

TEST_CASE("disks are attached and detached, stopped or running", "[golden]") {
  auto world = fleet(1);
  create_disk(world, "d1");
  create_disk(world, "d2");
  create(world, "v1");
  world.run();
  const auto first = world.log().size();
  carry_out(world, "attach", "v1",
            AttachDisks{{{"d1", DiskMode::read_write}, {"d2", DiskMode::read_write}}});
  CHECK(has_succeeded(world, "attach"));
  carry_out(world, "off", "v1", PowerOffVm{});
  CHECK(attachments(world, "d1").size() == 1);
  carry_out(world, "detach", "v1", DetachDisks{{"d1", "d2"}});
  CHECK(has_succeeded(world, "detach"));
  CHECK(attachments(world, "d1").empty());
  carry_out(world, "again", "v1", AttachDisks{{{"d2", DiskMode::read_only}}});
  CHECK(attachments(world, "d2").at("v1") == DiskMode::read_only);
  check_scenario("attach_and_detach", world, first);
}

TEST_CASE("of disks that are to be attached together none is if one cannot be", "[golden]") {
  auto world = fleet(1);
  for (const auto* disk : {"d1", "d2", "d3"}) create_disk(world, disk);
  create_with(world, "v1", {{"d1", DiskMode::read_write}});
  create_with(world, "v2", {{"d3", DiskMode::read_write}});
  world.run();
  const auto first = world.log().size();
  carry_out(world, "attach", "v1",
            AttachDisks{{{"d1", DiskMode::read_write},
                         {"d2", DiskMode::read_write},
                         {"d3", DiskMode::read_write}}});
  CHECK(failure_of(world, "attach") == "disk_in_use");
  CHECK(attachments(world, "d1").count("v1") == 1);
  CHECK(attachments(world, "d2").empty());
  check_scenario("attach_all_or_none", world, first);
}

TEST_CASE("a VM has at most sixteen data disks, and of more none is attached") {
  auto world = fleet(1);
  create(world, "v1");
  world.run();
  AttachDisks some, more;
  for (int i = 0; i < 20; ++i) {
    const auto disk_id = "d" + std::to_string(i);
    create_disk(world, disk_id);
    (i < 10 ? some : more).disks.push_back({disk_id, DiskMode::read_write});
  }
  carry_out(world, "some", "v1", some);
  CHECK(has_succeeded(world, "some"));
  carry_out(world, "more", "v1", more);
  CHECK(failure_of(world, "more") == "too_many_disks");
  CHECK(attachments(world, "d9").count("v1") == 1);
  CHECK(attachments(world, "d10").empty());
  check_at_rest(world);
}

TEST_CASE("a disk that is attached after its VM is forgotten is detached") {
  auto world = fleet(1);
  create_disk(world, "d1");
  create_with(world, "v1", {{"d1", DiskMode::read_write}});
  while (command_text(world.owed().front()) != "disk/d1 <- Disk::Attach") world.step();
  remove(world, "v1");
  // Everything else goes first.
  world.run([](std::size_t count) { return count > 1 ? std::size_t{1} : std::size_t{0}; });
  CHECK(attachments(world, "d1").empty());
  check_at_rest(world);
}

TEST_CASE("a stopped VM keeps its private address and gives its public one back", "[golden]") {
  auto world = fleet(1);
  create(world, "v1");
  world.run();
  CHECK(placement_of(world, "v1").private_ipv4 == "10.0.0.2");
  CHECK(placement_of(world, "v1").public_ipv4 == "198.18.0.0");
  const auto first = world.log().size();
  carry_out(world, "off", "v1", PowerOffVm{});
  create(world, "v2");
  world.run();
  CHECK(placement_of(world, "v2").private_ipv4 == "10.0.0.3");
  CHECK(placement_of(world, "v2").public_ipv4 == "198.18.0.0");
  carry_out(world, "on", "v1", PowerOnVm{});
  CHECK(placement_of(world, "v1").private_ipv4 == "10.0.0.2");
  CHECK(placement_of(world, "v1").public_ipv4 == "198.18.0.1");
  check_scenario("addresses", world, first);
}

TEST_CASE("a VM with a fixed public address keeps it while it is stopped") {
  auto world = fleet(1);
  auto wish = specification_of("v1");
  wish.public_address = PublicAddress::fixed;
  carry_out(world, "create-v1", "v1", CreateVm{wish, {}});
  carry_out(world, "off", "v1", PowerOffVm{});
  create(world, "v2");
  world.run();
  CHECK(placement_of(world, "v2").public_ipv4 == "198.18.0.1");
  carry_out(world, "on", "v1", PowerOnVm{});
  CHECK(placement_of(world, "v1").public_ipv4 == "198.18.0.0");
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a VM that finds no address isn't created, or started", "[golden]") {
  auto world = fleet(1, WhenFull::refuse, "198.18.0.0/32");
  create(world, "v1");
  world.run();
  const auto first = world.log().size();
  create(world, "v2");
  world.run();
  CHECK(failure_of(world, "create-v2") == "out_of_addresses");
  carry_out(world, "off", "v1", PowerOffVm{});
  create(world, "v3");
  world.run();
  CHECK(has_succeeded(world, "create-v3"));
  carry_out(world, "on", "v1", PowerOnVm{});
  CHECK(failure_of(world, "on") == "out_of_addresses");
  check_scenario("out_of_addresses", world, first);
}

TEST_CASE("two VMs that are placed at once get different addresses") {
  auto world = fleet(1);
  create(world, "v1");
  create(world, "v2");
  // Both are on their way before either is placed.
  std::size_t turn = 0;
  world.run([&](std::size_t count) { return turn++ % count; });
  CHECK(placement_of(world, "v1").private_ipv4 != placement_of(world, "v2").private_ipv4);
  CHECK(placement_of(world, "v1").public_ipv4 != placement_of(world, "v2").public_ipv4);
}

TEST_CASE("a running VM moves to another subnet and gives its public address up", "[golden]") {
  auto world = fleet(1);
  world.send<Network>("net", Network::Create{{"p1", "other", "192.168.0.0/16"}});
  world.send<Network>("net", Network::AddSubnet{{"s2", "other", "192.168.1.0/24", cluster}});
  create(world, "v1");
  world.run();
  const auto first = world.log().size();
  carry_out(world, "move", "v1", ChangeVmNetwork{"s2", PublicAddress::none});
  CHECK(has_succeeded(world, "move"));
  CHECK(placement_of(world, "v1").private_ipv4 == "192.168.1.2");
  CHECK(placement_of(world, "v1").public_ipv4.empty());
  create(world, "v2");
  world.run();
  CHECK(placement_of(world, "v2").private_ipv4 == "10.0.0.2");
  CHECK(placement_of(world, "v2").public_ipv4 == "198.18.0.0");
  check_scenario("change_network", world, first);
}

TEST_CASE("a VM waits for the default network of its project, and for no other") {
  auto world = fleet(1);
  auto wish = specification_of("v1");
  wish.project_id = "p2";
  start(world, "create-v1", "v1", CreateVm{wish, {}});
  // Everything goes before the network.
  const auto is_of_network = [](const OwedCommand& owed) {
    return std::holds_alternative<To<Network>>(owed.command);
  };
  const auto& owed = world.owed();
  for (auto next = owed.begin(); next != owed.end();
       next = std::find_if_not(owed.begin(), owed.end(), is_of_network))
    if (!is_of_network(*next)) world.step(static_cast<std::size_t>(next - owed.begin()));
  CHECK(std::holds_alternative<Vm::Waiting>(world.state<Vm>("v1")));
  crash_everywhere(world);
  world.run();
  CHECK(has_succeeded(world, "create-v1"));
  wish.subnet_id = "s9";
  carry_out(world, "create-v2", "v2", CreateVm{wish, {}});
  CHECK(failure_of(world, "create-v2") == "subnet_not_found");
  check_at_rest(world);
}

TEST_CASE("a VM doesn't wait for a default subnet that won't come") {
  const auto usual = default_network("p2", cluster);
  const auto is_of_network = [](const OwedCommand& owed) {
    return std::holds_alternative<To<Network>>(owed.command);
  };
  auto wish = specification_of("v1");
  wish.project_id = "p2";
  // The network is deleted, or a customer's subnet takes all its room, while the VM waits.
  const std::vector<std::pair<Network::Command, std::string>> ends{
      {Network::Delete{}, "deleted"},
      {Network::AddSubnet{{"all", "all", std::string(default_network_cidr), cluster}}, "full"}};
  for (const auto& [end, name] : ends) {
    INFO(name);
    auto world = fleet(1);
    start(world, "create-v1", "v1", CreateVm{wish, {}});
    const auto& owed = world.owed();
    for (auto next = owed.begin();
         (next = std::find_if_not(owed.begin(), owed.end(), is_of_network)) != owed.end();)
      world.step(static_cast<std::size_t>(next - owed.begin()));
    CHECK(std::holds_alternative<Vm::Waiting>(world.state<Vm>("v1")));
    world.step();
    world.send<Network>(usual.network_id, end);
    world.run();
    CHECK(failure_of(world, "create-v1") == "subnet_not_found");
    check_at_rest(world);
    crash_everywhere(world);
  }
}

TEST_CASE("a VM takes a place in a reservation and gives it back", "[golden]") {
  auto world = fleet(1);
  reserve(world, "r1", 1);
  create(world, "v1");
  create_with(world, "v2", {}, "r1");
  world.run();
  const auto first = world.log().size();
  CHECK(has_succeeded(world, "create-v2"));
  carry_out(world, "reserve", "v1", ReserveVm{"r1"});
  CHECK(failure_of(world, "reserve") == "reservation_is_full");
  carry_out(world, "unreserve", "v2", UnreserveVm{});
  CHECK(has_succeeded(world, "unreserve"));
  carry_out(world, "reserve-again", "v1", ReserveVm{"r1"});
  CHECK(has_succeeded(world, "reserve-again"));
  reserve(world, "r2", 1);
  carry_out(world, "reserve-more", "v1", ReserveVm{"r2"});
  CHECK(failure_of(world, "reserve-more") == "vm_reserved");
  remove(world, "v1");
  world.run();
  CHECK(std::get<Reservation::Open>(world.state<Reservation>("r1")).vm_ids.empty());
  check_scenario("reservation", world, first);
}
