#include "projections/disks/disk_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

using Ids = std::vector<std::string>;

DiskCreated disk_of(std::string_view project, std::string_view name) {
  return {
      {std::string(project), std::string(name), DiskType::shared_volume, 100, "us-east1-a", 512},
      "SN"};
}

struct Story : Told<DiskView> {
  Story& created(const std::string& id, std::string_view project = "p") {
    tell("disk/" + id, disk_of(project, "data"));
    return *this;
  }
  Story& requested(const std::string& vm, std::string_view project = "p") {
    tell("vm/" + vm, vm_of(project, vm));
    return *this;
  }
  Ids listed(const PageRequest& request = {}, const DiskView::Filter& filter = {}) const {
    Ids ids;
    for (const auto& [place, disk] : view.list("p", request, filter).items) ids.push_back(disk.id);
    return ids;
  }
};

}  // namespace

TEST_CASE("a data disk shows its size, its users and its times") {
  Story story;
  story.created("d1");
  story.tell("disk/d1", DiskResized{200});
  story.tell("disk/d1", DiskAttached{"v2", DiskMode::read_only});
  story.tell("disk/d1", DiskAttached{"v1", DiskMode::read_write});
  const auto disk = story.view.find("p", "d1").value();
  auto specification = disk_of("p", "data").specification;
  specification.size_gib = 200;
  CHECK(disk.specification == specification);
  CHECK(disk.serial_number == "SN");
  CHECK_FALSE(disk.is_os_disk);
  CHECK(disk.users ==
        std::vector<DiskUser>{{"v2", DiskMode::read_only}, {"v1", DiskMode::read_write}});
  CHECK(disk.created_at == History::time_at(1));
  CHECK(disk.updated_at == History::time_at(4));
  CHECK(disk.version == 4);
  story.tell("disk/d1", DiskDetached{"v2"});
  CHECK(story.view.find("p", "d1")->users.size() == 1);
}

TEST_CASE("the OS disk of a VM is a disk that lives and dies with it") {
  Story story;
  story.requested("v1");
  const auto disk = story.view.find("p", "disk-v1").value();
  CHECK(disk.is_os_disk);
  CHECK(disk.specification.name == "OS-disk-v1");
  CHECK(disk.specification.size_gib == 128);
  CHECK(disk.users == std::vector<DiskUser>{{"v1", DiskMode::read_write}});
  story.tell("vm/v1", VmDeleted{});
  CHECK_FALSE(story.view.find("p", "disk-v1"));
  CHECK(story.view.find_with_deleted("disk-v1")->users.empty());
}

TEST_CASE("a VM that fails before it ran leaves no OS disk, one that fails later does") {
  Story story;
  story.requested("v1").requested("v2");
  story.tell("vm/v2", VmStarted{"10.0.0.1", ""});
  for (const auto* vm : {"vm/v1", "vm/v2"}) story.tell(vm, VmFailed{"out_of_stock", "No GPUs."});
  CHECK(story.listed() == Ids{"disk-v2"});
  CHECK_FALSE(story.view.find("p", "disk-v1"));
  story.tell("vm/v1", VmDeleted{});
  CHECK(story.listed() == Ids{"disk-v2"});
}

TEST_CASE("the data disks of a VM are known by the VM") {
  Story story;
  story.created("d1").created("d2").requested("v1");
  for (const auto* disk : {"disk/d2", "disk/d1"})
    story.tell(disk, DiskAttached{"v1", DiskMode::read_write});
  const auto ids = [&] {
    Ids of_v1;
    for (const auto& disk : story.view.disks_of("v1")) of_v1.push_back(disk.id);
    return of_v1;
  };
  CHECK(ids() == Ids{"d1", "d2"});
  story.tell("disk/d1", DiskDetached{"v1"});
  CHECK(ids() == Ids{"d2"});
  CHECK(story.view.disks_of("v2").empty());
}

TEST_CASE("disks are listed by page and filter, in order of creation, those of others never") {
  Story story;
  story.created("d1").requested("v1").created("d2", "q").created("d3").created("d4");
  CHECK(story.listed() == Ids{"d1", "disk-v1", "d3", "d4"});
  const auto page = story.view.list("p", {0, 2}, {});
  CHECK(page.more);
  CHECK(story.listed({page.next, 2}) == Ids{"d3", "d4"});
  CHECK(story.listed({0, 2, Direction::newest_first}) == Ids{"d4", "d3"});
  CHECK(story.listed({}, [](const DiskDetails& disk) { return !disk.is_os_disk; }) ==
        Ids{"d1", "d3", "d4"});
  CHECK_FALSE(story.view.find("p", "d2"));
}

TEST_CASE("a deleted disk is found by its operations alone") {
  Story story;
  story.created("d1");
  story.tell("disk/d1", DiskDeleted{});
  CHECK_FALSE(story.view.find("p", "d1"));
  CHECK(story.listed().empty());
  CHECK(story.view.find_with_deleted("d1")->deleted);
}
