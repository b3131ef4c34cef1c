#include <catch2/catch.hpp>

#include "actors/container_image/container_image.hpp"
#include "actors/region/region.hpp"
#include "actors/sku/sku.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const RegionDeclared beijing{"北京一区", "host-cluster", "images.example",
                             "howler",   "gw.example",   "gws.example"};

RegionDeclared renamed() {
  auto region = beijing;
  region.name = "北京二区";
  return region;
}

SkuDeclared sku(std::int64_t price_fen = 250) {
  SkuDeclared declared;
  declared.region_id = "r";
  declared.name = "4090";
  declared.gpu_model = "4090";
  declared.gpu_count = 1;
  declared.price_fen = price_fen;
  return declared;
}

SkuDeclared discounted(const Discount& discount) {
  auto declared = sku();
  declared.discount = discount;
  return declared;
}

const ContainerImagePublished official{"images.example/base/pytorch:2.3"};
const ContainerImageSaved saved{"c1", "images.example/c1/mine:1", "instance-1", 7};

Given<Sku> offered() { return given<Sku>({sku()}); }
Given<Sku> withdrawn() { return offered().then({SkuWithdrawn{}}); }

Sku::Rejection refusal_of(const SkuDeclared& declared) {
  return given<Sku>({}).when(Sku::Declare{declared}).error();
}

}  // namespace

TEST_CASE("a region declared anew replaces what was said, and comes back once withdrawn") {
  const auto region = given<Region>({beijing});
  CHECK(region.when(Region::Declare{beijing}).value().empty());
  CHECK(region.when(Region::Declare{renamed()}).value() == decided<Region>({renamed()}));
  CHECK(region.then({RegionWithdrawn{}}).when(Region::Declare{beijing}).value() ==
        decided<Region>({beijing}));
  CHECK(given<Region>({}).when(Region::Withdraw{}).value().empty());
}

TEST_CASE("a region has a name and a cluster") {
  auto nameless = beijing;
  nameless.name.clear();
  auto nowhere = beijing;
  nowhere.cluster.clear();
  CHECK(given<Region>({}).when(Region::Declare{nameless}).error() ==
        Region::Rejection::name_must_not_be_empty);
  CHECK(given<Region>({beijing}).when(Region::Declare{nowhere}).error() ==
        Region::Rejection::cluster_must_not_be_empty);
}

TEST_CASE("a price changes by declaring the SKU anew, and the same price again decides nothing") {
  CHECK(offered().when(Sku::Declare{sku()}).value().empty());
  CHECK(offered().when(Sku::Declare{sku(200)}).value() == decided<Sku>({sku(200)}));
  CHECK(offered().then({sku(200)}).when(Sku::Declare{sku()}).value() == decided<Sku>({sku()}));
  CHECK(withdrawn().when(Sku::Declare{sku()}).value() == decided<Sku>({sku()}));
}

TEST_CASE("a SKU is of a region, has GPUs and costs something") {
  auto nowhere = sku();
  nowhere.region_id.clear();
  CHECK(refusal_of(nowhere) == Sku::Rejection::region_must_not_be_empty);
  for (const auto gpu_count : {0u, 17u}) {
    auto declared = sku();
    declared.gpu_count = gpu_count;
    CHECK(refusal_of(declared) == Sku::Rejection::gpu_count_must_be_1_to_16);
  }
  for (const auto price_fen : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{100'000'001}})
    CHECK(refusal_of(sku(price_fen)) == Sku::Rejection::price_must_be_positive);
  CHECK(offered().when(Sku::Declare{sku(0)}).error() == Sku::Rejection::price_must_be_positive);
}

TEST_CASE("a discount is a ratio and a window, or nothing at all") {
  CHECK(given<Sku>({}).when(Sku::Declare{discounted({"d", 4'800, 10, 20})}).has_value());
  for (const Discount& wrong :
       {Discount{"d", 0, 10, 20}, Discount{"d", 10'001, 10, 20}, Discount{"d", 4'800, 20, 20},
        Discount{"", 4'800, 0, 0}, Discount{"", 10'000, 0, 20}})
    CHECK(refusal_of(discounted(wrong)) == Sku::Rejection::discount_is_malformed);
}

TEST_CASE("an official image may be published again; a saved one is saved once") {
  const auto gone = given<ContainerImage>({official, ContainerImageWithdrawn{}});
  CHECK(gone.when(ContainerImage::Publish{official}).value() ==
        decided<ContainerImage>({official}));
  const auto own = given<ContainerImage>({saved});
  CHECK(own.when(ContainerImage::Save{saved}).value().empty());
  auto other = saved;
  other.size_bytes = 8;
  CHECK(own.when(ContainerImage::Save{other}).error() ==
        ContainerImage::Rejection::image_exists_already);
  CHECK(own.then({ContainerImageWithdrawn{}}).when(ContainerImage::Save{saved}).error() ==
        ContainerImage::Rejection::image_has_ended);
  CHECK(given<ContainerImage>({}).when(ContainerImage::Withdraw{}).error() ==
        ContainerImage::Rejection::image_does_not_exist);
  CHECK(given<ContainerImage>({}).when(ContainerImage::Publish{{""}}).error() ==
        ContainerImage::Rejection::name_must_not_be_empty);
}

TEST_CASE("every state of what is offered answers every command as the tables say", "[golden]") {
  check_state_table<Region>({
      {{"absent", {}},
       {"offered", given<Region>({beijing}).state},
       {"withdrawn", given<Region>({beijing, RegionWithdrawn{}}).state}},
      {{"declare", Region::Declare{beijing}},
       {"declare, differently", Region::Declare{renamed()}},
       {"declare without name", Region::Declare{{}}},
       {"withdraw", Region::Withdraw{}}},
  });
  check_state_table<Sku>({
      {{"absent", {}}, {"offered", offered().state}, {"withdrawn", withdrawn().state}},
      {{"declare", Sku::Declare{sku()}},
       {"declare, differently", Sku::Declare{sku(200)}},
       {"declare for nothing", Sku::Declare{sku(0)}},
       {"withdraw", Sku::Withdraw{}}},
  });
  check_state_table<ContainerImage>({
      {{"absent", {}},
       {"published", given<ContainerImage>({official}).state},
       {"saved", given<ContainerImage>({saved}).state},
       {"withdrawn", given<ContainerImage>({official, ContainerImageWithdrawn{}}).state}},
      {{"publish", ContainerImage::Publish{official}},
       {"publish another", ContainerImage::Publish{{"images.example/base/jax:1"}}},
       {"save", ContainerImage::Save{saved}},
       {"withdraw", ContainerImage::Withdraw{}}},
  });
}
