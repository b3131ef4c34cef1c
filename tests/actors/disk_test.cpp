#include "actors/disk/disk.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

DiskCreated disk_of(DiskType type) {
  return {{"p1", "data", type, 100, "us-east1-a", 4096}, "SN1"};
}

const DiskCreated ssd = disk_of(DiskType::persistent_ssd);
const DiskAttached written_by_v1{"v1", DiskMode::read_write};
const DiskAttached read_by_v1{"v1", DiskMode::read_only};

Given<Disk> existing() { return given<Disk>({ssd}); }
Given<Disk> deleted() { return existing().then({DiskDeleted{}}); }

Disk::Create create_with(auto change) {
  auto description = ssd;
  change(description.specification);
  return {description};
}

}  // namespace

TEST_CASE("a disk is created once, with a name, a size and a known block size") {
  const auto absent = given<Disk>({});
  CHECK(absent.when(Disk::Create{ssd}).value() == decided<Disk>({ssd}));
  CHECK(existing().when(Disk::Create{ssd}).value().empty());
  CHECK(existing().when(create_with([](auto& disk) { disk.size_gib = 7; })).error() ==
        Disk::Rejection::disk_exists_already);
  CHECK(absent.when(create_with([](auto& disk) { disk.name.clear(); })).error() ==
        Disk::Rejection::name_must_not_be_empty);
  CHECK(absent.when(create_with([](auto& disk) { disk.size_gib = 0; })).error() ==
        Disk::Rejection::size_must_not_be_zero);
  CHECK(absent.when(create_with([](auto& disk) { disk.block_size = 1024; })).error() ==
        Disk::Rejection::block_size_must_be_512_or_4096);
  CHECK(absent.when(Disk::Delete{}).error() == Disk::Rejection::disk_does_not_exist);
}

TEST_CASE("a disk only grows") {
  CHECK(existing().when(Disk::Resize{200}).value() == decided<Disk>({DiskResized{200}}));
  CHECK(existing().when(Disk::Resize{100}).value().empty());
  CHECK(existing().then({DiskResized{200}}).when(Disk::Resize{150}).error() ==
        Disk::Rejection::disk_cannot_shrink);
}

TEST_CASE("a persistent SSD has one writer, or many readers") {
  const auto written = existing().then({written_by_v1});
  CHECK(written.when(Disk::Attach{"v2", DiskMode::read_write}).error() ==
        Disk::Rejection::disk_is_in_use);
  CHECK(written.when(Disk::Attach{"v2", DiskMode::read_only}).error() ==
        Disk::Rejection::disk_is_in_use);
  const auto read = existing().then({read_by_v1});
  CHECK(read.when(Disk::Attach{"v2", DiskMode::read_only}).value() ==
        decided<Disk>({DiskAttached{"v2", DiskMode::read_only}}));
  CHECK(read.when(Disk::Attach{"v2", DiskMode::read_write}).error() ==
        Disk::Rejection::disk_is_in_use);
}

TEST_CASE("a shared volume has any number of writers") {
  const auto shared = given<Disk>({disk_of(DiskType::shared_volume), written_by_v1});
  CHECK(shared.when(Disk::Attach{"v2", DiskMode::read_write}).value() ==
        decided<Disk>({DiskAttached{"v2", DiskMode::read_write}}));
}

TEST_CASE("what is attached already is attached once, and in one mode") {
  const auto written = existing().then({written_by_v1});
  CHECK(written.when(Disk::Attach{"v1", DiskMode::read_write}).value().empty());
  CHECK(written.when(Disk::Attach{"v1", DiskMode::read_only}).error() ==
        Disk::Rejection::disk_is_attached_differently);
}

TEST_CASE("a disk is deleted once nothing has it, for good") {
  const auto written = existing().then({written_by_v1});
  CHECK(written.when(Disk::Delete{}).error() == Disk::Rejection::disk_is_attached);
  CHECK(written.when(Disk::Detach{"v1"}).value() == decided<Disk>({DiskDetached{"v1"}}));
  CHECK(written.then({DiskDetached{"v1"}}).when(Disk::Delete{}).value() ==
        decided<Disk>({DiskDeleted{}}));
  CHECK(deleted().when(Disk::Create{ssd}).error() == Disk::Rejection::disk_is_deleted);
  CHECK(deleted().when(Disk::Detach{"v1"}).value().empty());
}

TEST_CASE("every state of a disk answers every command as the table says", "[golden]") {
  check_state_table<Disk>({
      {{"absent", {}},
       {"existing", existing().state},
       {"read by v1", existing().then({read_by_v1}).state},
       {"written by v1", existing().then({written_by_v1}).state},
       {"shared, written by v1",
        given<Disk>({disk_of(DiskType::shared_volume), written_by_v1}).state},
       {"deleted", deleted().state}},
      {{"create", Disk::Create{ssd}},
       {"create, differently", create_with([](auto& disk) { disk.name = std::string("other"); })},
       {"resize to more", Disk::Resize{101}},
       {"resize to the same", Disk::Resize{100}},
       {"resize to less", Disk::Resize{99}},
       {"attach to v1 to read", Disk::Attach{"v1", DiskMode::read_only}},
       {"attach to v1 to write", Disk::Attach{"v1", DiskMode::read_write}},
       {"attach to v2 to read", Disk::Attach{"v2", DiskMode::read_only}},
       {"attach to v2 to write", Disk::Attach{"v2", DiskMode::read_write}},
       {"detach from v1", Disk::Detach{"v1"}},
       {"detach from v2", Disk::Detach{"v2"}},
       {"delete", Disk::Delete{}}},
  });
}

TEST_CASE("whatever is commanded, a persistent SSD that is written has one user alone") {
  std::vector<Disk::Command> commands{Disk::Create{ssd}, Disk::Resize{50}, Disk::Resize{200},
                                      Disk::Resize{300}, Disk::Delete{}};
  for (const auto* vm : {"v1", "v2", "v3"}) {
    commands.emplace_back(Disk::Detach{vm});
    for (const auto mode : {DiskMode::read_only, DiskMode::read_write})
      commands.emplace_back(Disk::Attach{vm, mode});
  }
  CHECK(rc::check([&] {
    std::map<std::string, DiskMode> users;
    std::uint64_t size_gib = 0;
    play<Disk>(commands, [&](const Disk::State&, const Disk::Event& event) {
      if (const auto* attached = std::get_if<DiskAttached>(&event)) {
        RC_ASSERT(users.emplace(attached->vm_id, attached->mode).second);
        for (const auto& [vm, mode] : users)
          RC_ASSERT(mode == DiskMode::read_only || users.size() == 1);
      } else if (const auto* detached = std::get_if<DiskDetached>(&event)) {
        RC_ASSERT(users.erase(detached->vm_id) == 1);
      } else if (const auto* resized = std::get_if<DiskResized>(&event)) {
        RC_ASSERT(resized->size_gib > size_gib);
        size_gib = resized->size_gib;
      } else if (std::holds_alternative<DiskDeleted>(event)) {
        RC_ASSERT(users.empty());
      }
    });
  }));
}
