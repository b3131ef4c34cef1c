#include "projections/vms/vm_view.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

struct Story : Told<VmView> {
  Story& requested(const std::string& id, std::string_view project = "p") {
    tell("vm/" + id, vm_of(project, "name-" + id));
    return *this;
  }
  Story& running(const std::string& id) {
    requested(id);
    tell("vm/" + id, VmPlaced{id + ".1", "node-1", {0, 3}, 7});
    tell("vm/" + id, VmStarted{"10.0.0.1", "1.2.3.4"});
    return *this;
  }
  Story& deleted(const std::string& id) {
    tell("vm/" + id, VmDeletionRequested{});
    tell("vm/" + id, VmDeleted{});
    return *this;
  }
  std::vector<std::string> listed(const PageRequest& request, const VmView::Filter& filter = {}) {
    std::vector<std::string> ids;
    for (const auto& item : view.list("p", request, filter, by_id).items)
      ids.push_back(*item.item.body);
    return ids;
  }
  static std::string by_id(const VmDetails& vm) { return vm.id; }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a VM shows what its events said") {
  Story story;
  story.running("a");
  const auto vm = story.view.find("p", "a").value();
  CHECK(vm.id == "a");
  auto expected = vm_of("p", "name-a");
  expected.specification.credentials = {};
  CHECK(vm.specification == expected.specification);
  CHECK(vm.identity == expected.identity);
  CHECK(vm.state == VmState::running);
  CHECK(vm.placement == VmPlaced{"a.1", "node-1", {0, 3}, 7});
  CHECK(vm.private_ipv4 == "10.0.0.1");
  CHECK(vm.public_ipv4 == "1.2.3.4");
  CHECK(vm.created_at == History::time_at(1));
  CHECK(vm.updated_at == History::time_at(3));
  CHECK(vm.started_at == History::time_at(3));
  CHECK(vm.started_version == 3);
  CHECK(vm.version == 3);
}

TEST_CASE("a VM is there as soon as its creation is accepted") {
  Story story;
  story.tell("operation/1", create_of("a", vm_of("p", "name-a")));
  story.tell("operation/2", OperationStarted{"p", "b", DeleteVm{}});
  const auto accepted = story.view.find("p", "a").value();
  CHECK(accepted.state == VmState::waiting);
  CHECK(accepted.specification.name == "name-a");
  CHECK(accepted.version == 0);
  CHECK(accepted.created_at == History::time_at(1));
  CHECK(story.listed({}) == Ids{"a"});
  story.requested("a");
  CHECK(story.view.find("p", "a")->version == 1);
  CHECK(story.view.find("p", "a")->created_at == History::time_at(1));
  CHECK(story.listed({}) == Ids{"a"});
  CHECK(story.view.count(VmState::waiting) == 1);
}

TEST_CASE("a VM that was never more than a wish is gone when its creation fails") {
  Story story;
  story.tell("operation/1", create_of("a", vm_of("p", "name-a")));
  story.tell("operation/2", create_of("b", vm_of("p", "name-b")));
  story.requested("b");
  CHECK(story.listed({}) == Ids{"a", "b"});
  for (const auto* operation : {"operation/1", "operation/2"})
    story.tell(operation, OperationFailed{"quota_exceeded", ""});
  CHECK_FALSE(story.view.find("p", "a"));
  CHECK(story.view.find("p", "b"));
  CHECK(story.listed({}) == Ids{"b"});
  CHECK(story.view.count(VmState::waiting) == 1);
}

TEST_CASE("a VM goes through its states") {
  Story story;
  const auto state = [&] { return story.view.find_with_deleted("a")->state; };
  story.requested("a");
  CHECK(state() == VmState::waiting);
  story.tell("vm/a", VmPlaced{"a.1", "node-1", {0}, 1});
  CHECK(state() == VmState::provisioning);
  story.tell("vm/a", VmFailed{"node_lost", "the node is lost"});
  CHECK(state() == VmState::failed);
  CHECK(story.view.find("p", "a")->failure_code == "node_lost");
  CHECK(story.view.find("p", "a")->failure_message == "the node is lost");
  story.tell("vm/a", VmDeletionRequested{});
  CHECK(state() == VmState::deleting);
  CHECK(story.view.count(VmState::deleting) == 1);
  story.tell("vm/a", VmDeleted{});
  CHECK(state() == VmState::deleted);
  CHECK(story.view.count(VmState::deleting) == 0);
}

TEST_CASE("another project's VM, a deleted one and an unknown one are equally absent") {
  Story story;
  story.running("a").running("b").deleted("b");
  for (const auto& [project, id] : {std::pair("q", "a"), {"p", "b"}, {"p", "c"}}) {
    CHECK_FALSE(story.view.find(project, id));
    CHECK_FALSE(story.view.prepared(project, id, Story::by_id));
  }
  CHECK(story.view.find_with_deleted("b")->state == VmState::deleted);
}

TEST_CASE("an answer is rendered once for each version") {
  Story story;
  story.requested("a");
  int count = 0;
  const auto render = [&](const VmDetails& vm) {
    ++count;
    return std::string(boost::describe::enum_to_string(vm.state, "?"));
  };
  const auto first = story.view.prepared("p", "a", render);
  const auto second = story.view.prepared("p", "a", render);
  CHECK(*first.body == "waiting");
  CHECK(first.version == 1);
  CHECK(second.body == first.body);
  CHECK(count == 1);

  story.tell("vm/a", VmPlaced{"a.1", "node-1", {0}, 1});
  const auto third = story.view.prepared("p", "a", render);
  CHECK(*third.body == "provisioning");
  CHECK(third.version == 2);
  CHECK(*first.body == "waiting");
  CHECK(count == 2);
}

TEST_CASE("an answer that got old while it was rendered is given, but not kept") {
  Story story;
  story.requested("a");
  const auto render = [&](const VmDetails& vm) {
    if (vm.version == 1) story.tell("vm/a", VmFailed{"out_of_stock", "none left"});
    return std::to_string(vm.version);
  };
  CHECK(*story.view.prepared("p", "a", render).body == "1");
  CHECK(*story.view.prepared("p", "a", render).body == "2");
}

TEST_CASE("prepared answers beyond the limit are dropped, oldest first") {
  VmView view(64 * 10);  // Ten bytes a shard.
  History history;
  for (int i = 0; i < 300; ++i)
    view.apply(history.happened("vm/" + std::to_string(i), vm_of("p", "n")));
  int count = 0;
  const auto render = [&](const VmDetails&) {
    ++count;
    return std::string("4444");
  };
  for (int i = 0; i < 300; ++i) view.prepared("p", std::to_string(i), render);
  CHECK(count == 300);
  view.prepared("p", "299", render);
  CHECK(count == 300);
  view.prepared("p", "0", render);
  CHECK(count == 301);
}

TEST_CASE("VMs are listed in order of creation, page by page") {
  Story story;
  story.requested("c").requested("x", "q").requested("a").requested("b").requested("d");
  CHECK(story.listed({}) == Ids{"c", "a", "b", "d"});
  CHECK(story.listed({0, 50, Direction::newest_first}) == Ids{"d", "b", "a", "c"});

  const auto first = story.view.list("p", {0, 2}, {}, Story::by_id);
  CHECK(first.items.size() == 2);
  CHECK(first.more);
  const auto second = story.view.list("p", {first.next, 2}, {}, Story::by_id);
  CHECK(*second.items.front().item.body == "b");
  CHECK(*second.items.back().item.body == "d");
  CHECK_FALSE(second.more);
  CHECK(story.listed({second.items.front().place, 50, Direction::newest_first}) == Ids{"a", "c"});
}

TEST_CASE("a list filters, and says whether more of the kind follow") {
  Story story;
  story.requested("a").running("b").requested("c").running("d").requested("e");
  const auto runs = [](const VmSummary& vm) { return vm.state == VmState::running; };
  CHECK(story.listed({}, runs) == Ids{"b", "d"});
  CHECK(story.view.list("p", {0, 1}, runs, Story::by_id).more);
  CHECK_FALSE(story.view.list("p", {0, 2}, runs, Story::by_id).more);
  const auto named = [](const VmSummary& vm) {
    return vm.name == "name-c" && vm.type == "l40s-48gb.2x" && vm.location == "us-east1-a";
  };
  CHECK(story.listed({}, named) == Ids{"c"});
}

TEST_CASE("a cursor stays good when its VM, and most others, are deleted") {
  Story story;
  for (int i = 0; i < 400; ++i) story.requested(std::to_string(i));
  const auto page = story.view.list("p", {0, 100}, {}, Story::by_id);
  for (int i = 50; i < 350; ++i) story.deleted(std::to_string(i));
  CHECK(story.listed({page.next, 2}) == Ids{"350", "351"});
  CHECK(story.listed({page.next, 1, Direction::newest_first}) == Ids{"49"});
  CHECK(story.listed({0, 1000}).size() == 100);
}

TEST_CASE("a list that finds nothing in many VMs ends early and goes on where it ended") {
  Story story;
  for (int i = 0; i < 70'000; ++i) story.requested(std::to_string(i));
  const auto last = [](const VmSummary& vm) { return vm.id == "69999"; };
  const auto first = story.view.list("p", {}, last, Story::by_id);
  CHECK(first.items.empty());
  CHECK(first.more);
  const auto second = story.view.list("p", {first.next, 50}, last, Story::by_id);
  CHECK(second.items.size() == 1);
  CHECK_FALSE(second.more);
}

namespace {

DiskCreated disk_of(std::string_view name, std::uint64_t size_gib) {
  return {{"p", std::string(name), DiskType::persistent_ssd, size_gib, "us-east1-a", 4096}, "D1SK"};
}

}  // namespace

TEST_CASE("a VM stops, keeps its private address and starts again with another public one") {
  Story story;
  const auto vm = [&] { return *story.view.find("p", "a"); };
  story.running("a");
  story.tell("vm/a", VmResetRequested{1});
  CHECK(vm().state == VmState::resetting);
  story.tell("vm/a", VmReset{});
  CHECK(vm().state == VmState::running);
  story.tell("vm/a", VmStopRequested{});
  CHECK(vm().state == VmState::stopping);
  story.tell("vm/a", VmStopped{});
  CHECK(vm().state == VmState::stopped);
  CHECK(vm().private_ipv4 == "10.0.0.1");
  CHECK(vm().public_ipv4.empty());
  story.tell("vm/a", VmResized{"l40s-48gb.4x", "L40S-48GB", 4});
  CHECK(vm().state == VmState::stopped);
  CHECK(vm().specification.type == "l40s-48gb.4x");
  CHECK(vm().specification.gpu_count == 4);
  story.tell("vm/a", VmStartRequested{});
  CHECK(vm().state == VmState::starting);
  story.tell("vm/a", VmStartFailed{"out_of_stock", "none left"});
  CHECK(vm().state == VmState::stopped);
  story.tell("vm/a", VmStartRequested{});
  story.tell("vm/a", VmPlaced{"a.2", "node-2", {1}, 9, "10.0.0.1", "1.2.3.9"});
  CHECK(vm().state == VmState::starting);
  story.tell("vm/a", VmStarted{"10.0.0.1", "1.2.3.9"});
  CHECK(vm().state == VmState::running);
  CHECK(vm().public_ipv4 == "1.2.3.9");
  CHECK(vm().started_version == 3);  // The first time.
  CHECK(vm().version == 13);
  CHECK(story.view.count(VmState::running) == 1);
}

TEST_CASE("a static public address outlives a stop, and every address goes with a failure") {
  Story story;
  story.running("a");
  story.tell("vm/a", VmNetworkChanged{"subnet-2", PublicAddress::fixed, "10.1.0.1", "1.2.3.5"});
  story.tell("vm/a", VmStopRequested{});
  story.tell("vm/a", VmStopped{});
  CHECK(story.view.find("p", "a")->public_ipv4 == "1.2.3.5");
  CHECK(story.view.find("p", "a")->private_ipv4 == "10.1.0.1");
  story.running("b");
  story.tell("vm/b", VmFailed{"node_lost", "the node is lost"});
  CHECK(story.view.find("p", "b")->private_ipv4.empty());
  CHECK(story.view.find("p", "b")->public_ipv4.empty());
}

TEST_CASE("a VM shows its subnet's network and its reservation") {
  Story story;
  story.tell("network/net-2", SubnetAdded{"subnet-2", "two", "10.1.0.0/24", "us-east1-a"});
  story.running("a");
  CHECK(story.view.find("p", "a")->network_id.empty());
  story.tell("vm/a", VmNetworkChanged{"subnet-2", PublicAddress::none, "10.1.0.1", ""});
  CHECK(story.view.find("p", "a")->specification.subnet_id == "subnet-2");
  CHECK(story.view.find("p", "a")->specification.public_address == PublicAddress::none);
  CHECK(story.view.find("p", "a")->network_id == "net-2");
  story.tell("vm/a", VmReserved{"r1"});
  CHECK(story.view.find("p", "a")->specification.reservation_id == "r1");
  story.tell("vm/a", VmUnreserved{});
  CHECK(story.view.find("p", "a")->specification.reservation_id.empty());
}

TEST_CASE("a VM shows the disks that it has, and its version changes with them") {
  Story story;
  story.running("a").running("b");
  story.tell("disk/d1", disk_of("one", 100));
  story.tell("disk/d2", disk_of("two", 200));
  const auto version = story.view.find("p", "a")->version;
  story.tell("disk/d2", DiskAttached{"a", DiskMode::read_only});
  story.tell("disk/d2", DiskAttached{"b", DiskMode::read_only});
  story.tell("disk/d1", DiskAttached{"a", DiskMode::read_write});
  const auto names = [&](std::string_view id) {
    std::string text;
    const auto vm = story.view.find("p", id);
    for (const auto& disk : vm->disks) text += disk.specification.name + " ";
    return text;
  };
  CHECK(names("a") == "two one ");
  CHECK(names("b") == "two ");
  CHECK(story.view.find("p", "a")->version == version + 3);
  story.tell("disk/d2", DiskResized{300});
  CHECK(story.view.find("p", "b")->disks[0].specification.size_gib == 300);
  CHECK(story.view.find("p", "b")->disks[0].mode == DiskMode::read_only);
  CHECK(story.view.find("p", "b")->disks[0].serial_number == "D1SK");
  story.tell("disk/d2", DiskDetached{"a"});
  CHECK(names("a") == "one ");
  CHECK(names("b") == "two ");
  CHECK(story.view.find("p", "a")->former_disk_ids == Ids{"d2"});
  const auto before = story.view.find("p", "a")->version;
  story.tell("vm/a", VmStopRequested{});
  CHECK(story.view.find("p", "a")->version == before + 1);
}

TEST_CASE("disks and networks of VMs outlive a snapshot") {
  Story story;
  story.tell("network/net-2", SubnetAdded{"subnet-2", "two", "10.1.0.0/24", "us-east1-a"});
  story.running("a");
  story.tell("vm/a", VmNetworkChanged{"subnet-2", PublicAddress::fixed, "10.1.0.1", "1.2.3.5"});
  story.tell("disk/d1", disk_of("one", 100));
  story.tell("disk/d1", DiskAttached{"a", DiskMode::read_write});
  VmView loaded;
  loaded.load(saved(story.view));
  CHECK(saved(loaded) == saved(story.view));
  loaded.apply(story.happened("disk/d1", DiskResized{300}));
  CHECK(loaded.find("p", "a")->disks.at(0).specification.size_gib == 300);
  CHECK(loaded.find("p", "a")->network_id == "net-2");
}

TEST_CASE("every VM of a project is seen once, in order of creation") {
  Story story;
  story.requested("c").requested("x", "q").requested("a").running("b").deleted("b");
  Ids seen;
  story.view.each("p", [&](const VmSummary& vm) { seen.emplace_back(vm.id); });
  CHECK(seen == Ids{"c", "a"});
}
