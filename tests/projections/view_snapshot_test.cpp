#include <catch2/catch.hpp>

#include "events/archive.hpp"
#include "tests/projections/all_views.hpp"
#include "tests/projections/random_history.hpp"

using namespace orrery;

TEST_CASE("a view that was saved and loaded at any point goes on as if nothing had happened") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    const RandomHistory history(seed, 300);
    for (const auto& kind : all_views()) {
      INFO(kind->name());
      auto live = kind->fresh();
      auto reborn = kind->fresh();
      for (const auto& event : history.events()) {
        live->apply(event);
        reborn->apply(event);
        const auto bytes = saved(*reborn);
        reborn = kind->fresh();
        reborn->load(bytes);
        REQUIRE(saved(*reborn) == saved(*live));
      }
    }
  }
}

TEST_CASE("the same events make the same bytes") {
  const RandomHistory history(7, 2000);
  for (const auto& kind : all_views()) {
    const auto one = kind->fresh();
    const auto other = kind->fresh();
    history.fold_into(*one);
    history.fold_into(*other);
    CHECK(saved(*one) == saved(*other));
  }
}

TEST_CASE("bytes cut short anywhere are refused, and leave an empty view") {
  const RandomHistory history(3, 200);
  for (const auto& kind : all_views()) {
    INFO(kind->name());
    const auto view = kind->fresh();
    history.fold_into(*view);
    const auto bytes = saved(*view);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto loaded = kind->fresh();
      REQUIRE_THROWS(loaded->load(bytes.substr(0, size)));
      REQUIRE(saved(*loaded) == saved(*kind->fresh()));
    }
    CHECK_THROWS(kind->fresh()->load(bytes + "x"));
  }
}

TEST_CASE("flipped bits in a snapshot never crash a view") {
  const RandomHistory history(5, 200);
  std::mt19937_64 random(5);
  for (const auto& kind : all_views()) {
    const auto view = kind->fresh();
    history.fold_into(*view);
    const auto bytes = saved(*view);
    for (int i = 0; i < 3000; ++i) {
      auto damaged = bytes;
      damaged[random() % damaged.size()] ^= static_cast<char>(1u << random() % 8);
      try {
        kind->fresh()->load(damaged);
      } catch (const std::exception&) {  // As promised.
      }
    }
  }
}
