#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/volume/volume.hpp"
#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const VolumeCreated created{"u1", "host-cluster", 50};

Given<Volume> kept() { return given<Volume>({created}); }
Given<Volume> mounted() { return kept().then({VolumeMounted{"i1"}}); }
Given<Volume> deleted() { return kept().then({VolumeDeleted{}}); }
Volume::Mount mount(std::string instance_id) {
  return {std::move(instance_id), "u1", "host-cluster"};
}

using Rejection = Volume::Rejection;

}  // namespace

TEST_CASE("a volume is created, mounted by several of its owner's instances, and deleted at last") {
  CHECK(given<Volume>({}).when(Volume::Create{created}).value() == decided<Volume>({created}));
  CHECK(kept().when(mount("i1")).value() == decided<Volume>({VolumeMounted{"i1"}}));
  CHECK(mounted().when(mount("i2")).value() == decided<Volume>({VolumeMounted{"i2"}}));
  CHECK(mounted().when(Volume::Unmount{"i1"}).value() == decided<Volume>({VolumeUnmounted{"i1"}}));
  CHECK(mounted().when(Volume::Delete{}).error() == Rejection::volume_is_mounted);
  CHECK(kept().when(Volume::Delete{}).value() == decided<Volume>({VolumeDeleted{}}));
}

TEST_CASE("doing it again decides nothing") {
  CHECK(mounted().when(Volume::Create{created}).value().empty());
  CHECK(mounted().when(mount("i1")).value().empty());
  CHECK(kept().when(Volume::Unmount{"i1"}).value().empty());
  CHECK(deleted().when(Volume::Delete{}).value().empty());
  CHECK(deleted().when(Volume::Unmount{"i1"}).value().empty());
}

TEST_CASE("a volume of another customer or cluster is as good as none") {
  CHECK(kept().when(Volume::Mount{"i1", "u2", "host-cluster"}).error() ==
        Rejection::volume_does_not_exist);
  CHECK(kept().when(Volume::Mount{"i1", "u1", "other-cluster"}).error() ==
        Rejection::volume_does_not_exist);
  CHECK(given<Volume>({}).when(mount("i1")).error() == Rejection::volume_does_not_exist);
}

TEST_CASE("a volume has a size, one owner, and one life") {
  CHECK(given<Volume>({}).when(Volume::Create{{"u1", "host-cluster", 0}}).error() ==
        Rejection::size_must_not_be_zero);
  CHECK(kept().when(Volume::Create{{"u2", "host-cluster", 50}}).error() ==
        Rejection::volume_exists_already);
  CHECK(deleted().when(Volume::Create{created}).error() == Rejection::volume_has_ended);
  CHECK(deleted().when(mount("i1")).error() == Rejection::volume_has_ended);
}

TEST_CASE("what a volume answers to every command in every state", "[golden]") {
  check_state_table<Volume>({
      {{"absent", {}},
       {"kept", kept().state},
       {"mounted", mounted().state},
       {"deleted", deleted().state}},
      {{"create", Volume::Create{created}},
       {"create another's", Volume::Create{{"u2", "host-cluster", 50}}},
       {"create an empty one", Volume::Create{{"u1", "host-cluster", 0}}},
       {"mount", mount("i1")},
       {"mount by another", mount("i2")},
       {"mount by a stranger", Volume::Mount{"i3", "u2", "host-cluster"}},
       {"unmount", Volume::Unmount{"i1"}},
       {"delete", Volume::Delete{}}},
  });
}

TEST_CASE("whatever is commanded, a volume is deleted once, and by nobody who has it") {
  const std::vector<Volume::Command> commands{
      Volume::Create{created}, mount("i1"),           mount("i2"),
      Volume::Unmount{"i1"},   Volume::Unmount{"i2"}, Volume::Delete{}};
  CHECK(rc::check([&] {
    std::set<std::string> instances;
    bool is_over = false;
    play<Volume>(commands, [&](const Volume::State&, const Volume::Event& event) {
      RC_ASSERT(!is_over);
      if (const auto* taken = std::get_if<VolumeMounted>(&event))
        RC_ASSERT(instances.insert(taken->instance_id).second);
      if (const auto* given_back = std::get_if<VolumeUnmounted>(&event))
        RC_ASSERT(instances.erase(given_back->instance_id) == 1u);
      if (std::holds_alternative<VolumeDeleted>(event)) {
        RC_ASSERT(instances.empty());
        is_over = true;
      }
    });
  }));
}
