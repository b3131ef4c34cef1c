#include "projections/catalogue/catalogue_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

using Strings = std::vector<std::string>;

TEST_CASE("images are found by id and name and listed as they came") {
  Told<CatalogueView> told;
  told.tell("image/2", ImagePublished{"ubuntu22.04", "Ubuntu", {"os"}, {"us-east1-a"}});
  told.tell("image/1", ImagePublished{"debian12", "Debian", {}, {}});
  const auto before = told.view.current();
  told.tell("image/2", ImagePublished{"ubuntu22.04", "Ubuntu 22.04 LTS", {}, {}});

  const auto now = told.view.current();
  CHECK(now->images.size() == 2);
  CHECK(now->images[0].id == "2");
  CHECK(now->image_by_id("2")->description.description == "Ubuntu 22.04 LTS");
  CHECK(now->image_by_id("2")->created_at == History::time_at(1));
  CHECK(now->image_by_name("debian12")->id == "1");
  CHECK_FALSE(now->image_by_id("3"));
  CHECK_FALSE(now->image_by_name("arch"));
  CHECK(before->image_by_id("2")->description.description == "Ubuntu");
}

TEST_CASE("clusters show their location, policy and GPU models") {
  Told<CatalogueView> told;
  told.tell("node/early", NodeRegistered{"b", "L40S-48GB", 8});
  told.tell("cluster/b", ClusterDeclared{"us-b"});
  told.tell("cluster/a", ClusterDeclared{"us-a"});
  told.tell("cluster/c", ClusterDeclared{"us-b"});
  told.tell("cluster/containers", ClusterDeclared{});
  told.tell("node/1", NodeRegistered{"a", "L40S-48GB", 8});
  told.tell("node/2", NodeRegistered{"a", "A40-48GB", 8});
  const auto before = told.view.current();
  told.tell("node/3", NodeRegistered{"a", "A40-48GB", 8});
  CHECK(told.view.current() == before);
  told.tell("cluster/a", ClusterDeclared{"us-a", WhenFull::queue});

  const auto now = told.view.current();
  CHECK(now->cluster("a")->gpu_models == Strings{"A40-48GB", "L40S-48GB"});
  CHECK(now->cluster("a")->policy.when_full == WhenFull::queue);
  CHECK(now->cluster("b")->gpu_models == Strings{"L40S-48GB"});
  CHECK(now->cluster_at("us-b")->name == "b");
  CHECK_FALSE(now->cluster("d"));
  CHECK_FALSE(now->cluster_at("us-d"));
  CHECK(now->cluster("containers"));
  CHECK_FALSE(now->cluster_at(""));
  CHECK(now->locations() == Strings{"us-a", "us-b"});
}

TEST_CASE("address pools are listed with what was declared last") {
  Told<CatalogueView> told;
  told.tell("address_pool/east", AddressPoolDeclared{"us-east1-a", "204.52.24.0/25"});
  told.tell("address_pool/west", AddressPoolDeclared{"us-west1-a", "204.52.25.0/24"});
  told.tell("address_pool/east", AddressPoolDeclared{"us-east1-a", "204.52.24.0/24"});
  const auto pools = told.view.current()->address_pools;
  REQUIRE(pools.size() == 2);
  CHECK(pools[0].name == "east");
  CHECK(pools[0].declaration.cidr == "204.52.24.0/24");
}
