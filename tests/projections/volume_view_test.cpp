#include "projections/volumes/volume_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

using Ids = std::vector<std::string>;

struct Story : Told<VolumeView> {
  Story& created(const std::string& id, std::string_view namespace_id = "w") {
    tell("volume/" + id, VolumeCreated{std::string(namespace_id), "host-cluster", 50});
    return *this;
  }
  Ids listed(std::string_view namespace_id) const {
    Ids ids;
    for (const auto& [place, volume] : view.list(namespace_id, {}, {}).items)
      ids.push_back(volume.id);
    return ids;
  }
};

}  // namespace

TEST_CASE("a volume knows who has it, and since when nobody has") {
  Story story;
  story.created("v");
  CHECK(story.view.find("w", "v")->unmounted_since == History::time_at(1));
  story.tell("volume/v", VolumeMounted{"i"}).tell("volume/v", VolumeMounted{"j"});
  CHECK(story.view.find("w", "v")->instance_ids == Ids{"i", "j"});
  CHECK_FALSE(story.view.find("w", "v")->unmounted_since);
  story.tell("volume/v", VolumeUnmounted{"i"}).tell("volume/v", VolumeUnmounted{"j"});
  const auto volume = story.view.find("w", "v").value();
  CHECK(volume.instance_ids.empty());
  CHECK(volume.unmounted_since == History::time_at(5));
  CHECK(volume.size_gb == 50);
  CHECK(volume.cluster == "host-cluster");
  CHECK(volume.version == 5);
}

TEST_CASE("volumes are listed in order of creation; those of others and deleted ones are absent") {
  Story story;
  story.created("b").created("a").created("c", "other").created("d");
  story.tell("volume/d", VolumeDeleted{});
  CHECK(story.listed("w") == Ids{"b", "a"});
  CHECK(story.listed("other") == Ids{"c"});
  CHECK_FALSE(story.view.find("w", "c"));
  CHECK_FALSE(story.view.find("w", "d"));
}
