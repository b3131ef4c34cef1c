#include "projections/offers/offers_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

RegionDeclared beijing(std::string name = "北京一区", std::string cluster = "host-cluster") {
  return {std::move(name), std::move(cluster), "images.example", "", "gw.example", "gws.example"};
}

SkuDeclared sku(std::int64_t price_fen) {
  SkuDeclared declared;
  declared.region_id = "r";
  declared.name = "4090";
  declared.price_fen = price_fen;
  return declared;
}

std::vector<std::string> names(const std::vector<SavedImage>& images) {
  std::vector<std::string> all;
  for (const auto& each : images) all.push_back(each.description.image);
  return all;
}

}  // namespace

TEST_CASE("a region keeps the time of its first declaration and shows that of the last") {
  Told<OffersView> told;
  told.tell("region/r", beijing()).tell("region/s", beijing("上海", "other"));
  told.tell("region/r", beijing("北京二区"));
  const auto offers = told.view.current();
  REQUIRE(offers->regions.size() == 2);
  const auto* region = offers->region("r");
  REQUIRE(region);
  CHECK(region == &offers->regions[0]);
  CHECK(region->declaration.name == "北京二区");
  CHECK(region->created_at == History::time_at(1));
  CHECK(region->updated_at == History::time_at(3));
  CHECK(offers->region_of_cluster("other")->id == "s");
  CHECK_FALSE(offers->region("t"));
  CHECK_FALSE(offers->region_of_cluster("nowhere"));
}

TEST_CASE("what is withdrawn is not on offer, is known for what still runs, and may come back") {
  Told<OffersView> told;
  told.tell("region/r", beijing()).tell("sku/66", sku(250));
  told.tell("container_image/i", ContainerImagePublished{"images.example/pytorch:1"});
  const auto before = told.view.current();
  told.tell("region/r", RegionWithdrawn{}).tell("sku/66", SkuWithdrawn{});
  told.tell("container_image/i", ContainerImageWithdrawn{});
  const auto offers = told.view.current();
  CHECK(before->sku("66"));
  CHECK_FALSE(offers->region("r"));
  CHECK_FALSE(offers->sku("66"));
  CHECK_FALSE(offers->image("images.example/pytorch:1"));
  CHECK(offers->known_region("r")->withdrawn);
  CHECK(offers->known_sku("66")->updated_at == History::time_at(5));
  CHECK(offers->known_image("i")->withdrawn);
  CHECK(offers->region_of_cluster("host-cluster")->id == "r");
  CHECK_FALSE(told.view.can_run("c1", "images.example/pytorch:1"));

  told.tell("sku/66", sku(200));
  CHECK(told.view.current()->sku("66")->declaration.price_fen == 200);
  CHECK(told.view.current()->sku("66")->created_at == History::time_at(2));
}

TEST_CASE("a region on offer is preferred to a withdrawn one of the same cluster") {
  Told<OffersView> told;
  told.tell("region/old", beijing()).tell("region/new", beijing());
  CHECK(told.view.current()->region_of_cluster("host-cluster")->id == "old");
  told.tell("region/old", RegionWithdrawn{});
  CHECK(told.view.current()->region_of_cluster("host-cluster")->id == "new");
}

TEST_CASE("a region that sells another cluster is still known for what runs in the one before") {
  Told<OffersView> told;
  told.tell("region/r", beijing()).tell("region/r", beijing("北京一区", "next-cluster"));
  const auto offers = told.view.current();
  CHECK(offers->region_of_cluster("next-cluster")->declaration.cluster == "next-cluster");
  REQUIRE(offers->region_of_cluster("host-cluster"));
  CHECK(offers->region_of_cluster("host-cluster")->id == "r");
  CHECK(offers->region_of_cluster("host-cluster")->declaration.gateway_domain == "gw.example");
  told.tell("region/s", beijing("上海", "host-cluster"));
  CHECK(told.view.current()->region_of_cluster("host-cluster")->id == "s");
}

TEST_CASE("a saved image is its owner's alone, until it is withdrawn") {
  Told<OffersView> told;
  told.tell("container_image/a", ContainerImageSaved{"c1", "images.example/c1/mine:1", "i", 7});
  told.tell("container_image/b", ContainerImageSaved{"c1", "images.example/c1/mine:2", "i", 8});
  CHECK(names(told.view.saved_images("c1")) ==
        std::vector<std::string>{"images.example/c1/mine:1", "images.example/c1/mine:2"});
  CHECK(told.view.saved_images("c2").empty());
  CHECK(told.view.can_run("c1", "images.example/c1/mine:2"));
  CHECK_FALSE(told.view.can_run("c2", "images.example/c1/mine:2"));
  CHECK(told.view.saved_image_by_id("c1", "a")->description.size_bytes == 7);
  CHECK_FALSE(told.view.saved_image_by_id("c2", "a"));
  told.tell("container_image/a", ContainerImageWithdrawn{});
  CHECK_FALSE(told.view.saved_image("c1", "images.example/c1/mine:1"));
  CHECK(told.view.saved_images("c1").size() == 1);
}

TEST_CASE("of two saved images with one name the later counts; saved again, one keeps its place") {
  Told<OffersView> told;
  told.tell("container_image/a", ContainerImageSaved{"c1", "x/mine:1", "i", 1});
  told.tell("container_image/b", ContainerImageSaved{"c1", "x/mine:1", "i", 2});
  CHECK(told.view.saved_image("c1", "x/mine:1")->id == "b");
  told.tell("container_image/a", ContainerImageSaved{"c1", "x/mine:1", "i", 3});
  CHECK(told.view.saved_image("c1", "x/mine:1")->description.size_bytes == 3);
  const auto images = told.view.saved_images("c1");
  REQUIRE(images.size() == 2);
  CHECK(images[0].id == "a");
}
