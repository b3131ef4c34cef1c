#include "projections/kittens/kitten_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

TEST_CASE("kittens are listed by number; who was removed is still known") {
  Told<KittenView> story;
  story.tell("kitten/10", KittenArrived{"Tom", "tabby", 3, 3})
      .tell("kitten/2", KittenArrived{"Max", "unknown", 5, 10})
      .tell("kitten/10", KittenRemoved{});
  const auto kittens = story.view.list();
  REQUIRE(kittens.size() == 2);
  CHECK(kittens[0].id == "2");
  CHECK(kittens[0].kitten == KittenArrived{"Max", "unknown", 5, 10});
  CHECK_FALSE(kittens[0].removed);
  CHECK(kittens[1].id == "10");
  CHECK(kittens[1].removed);
  CHECK(story.view.find("10")->removed);
  CHECK_FALSE(story.view.find("3"));
}
