#include "http/native/catalog/catalog_changes.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "projections/offers/offers_view.hpp"
#include "tests/http/native/catalog/sample_catalog.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

/// What the log says once the changes have been made.
struct Shop : Told<OffersView> {
  std::string become(const OfferCatalog& catalog) {
    const auto changes = catalog_changes(*view.current(), catalog);
    std::string lines;
    for (const auto& change : changes) {
      lines += change_line(change) + "\n";
      make(change);
    }
    return lines;
  }

 private:
  void make(const CatalogChange& change) {
    std::visit([&](const auto& command) { make(change.id, command); }, change.command);
  }
  void make(const std::string& id, const Region::Command& command) { decide<Region>(id, command); }
  void make(const std::string& id, const Sku::Command& command) { decide<Sku>(id, command); }
  void make(const std::string& id, const ContainerImage::Command& command) {
    decide<ContainerImage>(id, command);
  }
  /// As the aggregate would, from what happened before.
  template <class A>
  void decide(const std::string& id, const typename A::Command& command) {
    const auto stream = std::string(A::stream_prefix) + "/" + id;
    typename A::State state;
    for (const auto& recorded : events())
      if (recorded.stream == stream)
        std::visit(
            [&](const auto& event) {
              if constexpr (std::is_constructible_v<typename A::Event, decltype(event)>)
                state = A::evolve(std::move(state), typename A::Event(event));
            },
            recorded.event);
    const auto decision = A::decide(state, command);
    REQUIRE(decision.has_value());
    CHECK(decision->size() == 1);
    for (const auto& event : *decision)
      std::visit([&](const auto& each) { tell(stream, Event{each}); }, event);
  }
};

}  // namespace

TEST_CASE("a first catalogue adds everything, and the same one again nothing") {
  Shop shop;
  CHECK(shop.become(sample_catalog()) ==
        "region north: added\n"
        "sku 66: added\n"
        "sku 2: added\n"
        "image images.example/base/pytorch:2.3: added\n");
  CHECK(shop.become(sample_catalog()).empty());
  CHECK(catalog_of(*shop.view.current()) == sample_catalog());
}

TEST_CASE("what changes is named value by value, and what is missing is withdrawn") {
  Shop shop;
  shop.become(sample_catalog());
  auto next = sample_catalog();
  next.skus[0].declaration.price_fen = 200;
  next.skus[0].declaration.discount = {"d", 9'000, 0, 10};
  next.skus[1].declaration.discount.ratio_e4 = 5'000;
  next.images.clear();
  CHECK(shop.become(next) ==
        "sku 66: price 2.50 → 2.00, discount none → d\n"
        "sku 2: discount.ratio 0.48 → 0.5\n"
        "image images.example/base/pytorch:2.3: withdrawn\n");
  CHECK(catalog_of(*shop.view.current()) == next);
}

TEST_CASE("a region comes before what is sold in it, goes after it, and may come back") {
  Shop shop;
  shop.become(sample_catalog());
  CHECK(shop.become({}) ==
        "image images.example/base/pytorch:2.3: withdrawn\n"
        "sku 66: withdrawn\n"
        "sku 2: withdrawn\n"
        "region north: withdrawn\n");
  CHECK(catalog_of(*shop.view.current()) == OfferCatalog{});
  CHECK(shop.become(sample_catalog()).starts_with("region north: added\n"));
  CHECK(catalog_of(*shop.view.current()) == sample_catalog());
}

TEST_CASE("a change as JSON has its entry, kind and values") {
  Shop shop;
  shop.become(sample_catalog());
  auto next = sample_catalog();
  next.skus[0].declaration.price_fen = 200;
  const auto changes = catalog_changes(*shop.view.current(), next);
  REQUIRE(changes.size() == 1);
  CHECK(
      boost::json::serialize(change_json(changes[0])) ==
      R"({"entry":"sku","id":"66","change":"changed","fields":[{"key":"price","from":"2.50","to":"2.00"}],"text":"sku 66: price 2.50 → 2.00"})");
}
