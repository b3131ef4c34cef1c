#include <catch2/catch.hpp>

#include "actors/cluster/cluster.hpp"
#include "actors/image/image.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const ClusterDeclared east{"us-east1-a", WhenFull::refuse, PlacementStrategy::pack};
const ClusterDeclared east_queues{"us-east1-a", WhenFull::queue, PlacementStrategy::spread};
const ImagePublished ubuntu{"ubuntu22.04", "Ubuntu 22.04", {"22.04.1"}, {"us-east1-a"}};
const ImagePublished newer{"ubuntu22.04", "Ubuntu 22.04", {"22.04.2"}, {"us-east1-a"}};

}  // namespace

TEST_CASE("a cluster's policy can change, and the same policy again decides nothing") {
  CHECK(given<Cluster>({}).when(Cluster::Declare{east}).value() == decided<Cluster>({east}));
  CHECK(given<Cluster>({east}).when(Cluster::Declare{east}).value().empty());
  CHECK(given<Cluster>({east}).when(Cluster::Declare{east_queues}).value() ==
        decided<Cluster>({east_queues}));
}

TEST_CASE("a cluster without location may get one, and one that has a location keeps one") {
  const ClusterDeclared nowhere{"", WhenFull::refuse, PlacementStrategy::pack};
  CHECK(given<Cluster>({}).when(Cluster::Declare{nowhere}).value() == decided<Cluster>({nowhere}));
  CHECK(given<Cluster>({nowhere}).when(Cluster::Declare{east}).value() == decided<Cluster>({east}));
  CHECK(given<Cluster>({east}).when(Cluster::Declare{nowhere}).error() ==
        Cluster::Rejection::location_must_not_be_removed);
}

TEST_CASE("an image published again replaces what was said before") {
  CHECK(given<Image>({}).when(Image::Publish{ubuntu}).value() == decided<Image>({ubuntu}));
  CHECK(given<Image>({ubuntu}).when(Image::Publish{ubuntu}).value().empty());
  CHECK(given<Image>({ubuntu}).when(Image::Publish{newer}).value() == decided<Image>({newer}));
  CHECK(given<Image>({}).when(Image::Publish{{}}).error() ==
        Image::Rejection::name_must_not_be_empty);
}

TEST_CASE("every state of a cluster and an image answers every command as the tables say",
          "[golden]") {
  check_state_table<Cluster>({
      {{"absent", {}}, {"declared", given<Cluster>({east}).state}},
      {{"declare", Cluster::Declare{east}},
       {"declare, differently", Cluster::Declare{east_queues}},
       {"declare without location", Cluster::Declare{{}}}},
  });
  check_state_table<Image>({
      {{"absent", {}}, {"published", given<Image>({ubuntu}).state}},
      {{"publish", Image::Publish{ubuntu}},
       {"publish, differently", Image::Publish{newer}},
       {"publish without name", Image::Publish{{}}}},
  });
}
