#include <catch2/catch.hpp>

#include "sim/checkers/inferences_end.hpp"
#include "sim/checkers/names_unique.hpp"
#include "sim/checkers/offers_have_nodes.hpp"

using namespace orrery;

namespace {

/// A history told to a checker, one event after the other.
template <class C>
struct Told {
  C checker;
  Position position = 0;

  Told& event(const std::string& stream, Event event) {
    checker.apply({++position, stream, 1, Time{}, Origin{}, std::move(event)});
    return *this;
  }
  std::size_t violations() const { return checker.violations().size(); }
  std::size_t violations_at_rest() {
    checker.at_rest();
    return violations();
  }
};

ClientNames names(const std::string& username) { return {{}, {}, username, username + "@"}; }

Told<NamesUnique> ada() {
  ClientRegistered request;
  request.names = names("ada");
  Told<NamesUnique> told;
  told.event("client/7", request);
  return told;
}

Told<NamesUnique> named_ada() {
  auto told = ada();
  told.event("handle/ada", HandleClaimed{"7"}).event("handle/ada@", HandleClaimed{"7"});
  told.event("client/7", ClientNamesGranted{});
  return told;
}

Told<OffersHaveNodes> offered() {
  SharedNodeRegistered offer;
  offer.client_id = "7";
  offer.gpu_count = 2;
  Told<OffersHaveNodes> told;
  told.event("shared_node/1", offer);
  return told;
}

NodeRegistered machine(std::uint32_t gpu_count = 2) {
  return {"gpushare", "RTX 4090", gpu_count, 8, 0, NodeDriver::owner};
}

Told<OffersHaveNodes> served() {
  auto told = offered();
  told.event("node/shared-1", machine()).event("node/shared-1", NodeBecameReady{});
  return told;
}

Told<InferencesEnd> asked() {
  Told<InferencesEnd> told;
  told.event("inference/1", InferenceAsked{});
  return told;
}

}  // namespace

TEST_CASE("names that are granted with their handles, and released with the client, are fine",
          "[sim]") {
  CHECK(named_ada().violations_at_rest() == 0);
  CHECK(named_ada()
            .event("client/7", ClientErased{})
            .event("handle/ada", HandleReleased{"7"})
            .event("handle/ada@", HandleReleased{"7"})
            .violations_at_rest() == 0);
  auto waits = ada();
  CHECK(waits.checker.waiting_count() == 1);
  CHECK(waits.event("client/7", ClientNamesRefused{}).violations_at_rest() == 0);
}

TEST_CASE("a name that is granted, claimed, released or kept wrongly is found", "[sim]") {
  CHECK(ada().event("client/7", ClientNamesGranted{}).violations() == 2);
  CHECK(named_ada().event("handle/ada", HandleClaimed{"8"}).violations() == 1);
  CHECK(named_ada().event("handle/ada", HandleReleased{"7"}).violations() == 1);
  CHECK(named_ada().event("client/7", ClientErased{}).violations_at_rest() == 2);
  CHECK(ada().violations_at_rest() == 1);
  CHECK(named_ada().event("handle/bob", HandleClaimed{"7"}).violations_at_rest() == 1);
}

TEST_CASE("an offer with a node, and one that is withdrawn and out of use, are fine", "[sim]") {
  CHECK(served().violations_at_rest() == 0);
  CHECK(served().event("node/shared-1", NodeLost{"silent"}).violations_at_rest() == 0);
  CHECK(served()
            .event("shared_node/1", SharedNodeWithdrawn{"deregistered"})
            .event("node/shared-1", NodeLost{"withdrawn"})
            .event("node/shared-1", NodeCordoned{"withdrawn"})
            .violations_at_rest() == 0);
}

TEST_CASE("an offer without a node, of nobody, or in use after its end is found", "[sim]") {
  CHECK(offered().violations_at_rest() == 1);
  CHECK(offered().event("node/shared-1", machine()).violations_at_rest() == 1);
  CHECK(offered().event("node/shared-1", machine(3)).violations() == 1);
  CHECK(served().event("client/7", ClientErased{}).violations_at_rest() == 1);
  auto withdrawn = served();
  withdrawn.event("shared_node/1", SharedNodeWithdrawn{"deregistered"});
  CHECK(withdrawn.violations_at_rest() == 1);
  CHECK(withdrawn.event("node/shared-1", NodeLost{"withdrawn"})
            .event("node/shared-1", NodeCordoned{"withdrawn"})
            .event("node/shared-1", NodeUncordoned{})
            .violations_at_rest() == 2);
}

TEST_CASE("an inference that ends once is fine", "[sim]") {
  CHECK(asked().event("inference/1", InferenceFailed{}).violations_at_rest() == 0);
  CHECK(asked()
            .event("inference/1", InferenceDispatched{"1"})
            .event("inference/1", InferenceDispatched{"2"})
            .event("inference/1", InferenceAnswered{})
            .event("inference/1", InferenceChanged{})
            .event("inference/1", InferenceDeleted{})
            .violations_at_rest() == 0);
}

TEST_CASE("an inference that never ends, or ends wrongly, is found", "[sim]") {
  CHECK(asked().checker.waiting() == std::vector<std::string>{"1"});
  CHECK(asked().violations_at_rest() == 1);
  CHECK(asked().event("inference/1", InferenceAnswered{}).violations() == 1);
  const auto failed = asked().event("inference/1", InferenceFailed{});
  CHECK(Told(failed).event("inference/1", InferenceFailed{}).violations() == 1);
  CHECK(Told(failed).event("inference/1", InferenceDispatched{"1"}).violations() == 1);
  CHECK(Told(failed)
            .event("inference/1", InferenceDeleted{})
            .event("inference/1", InferenceChanged{})
            .violations() == 1);
  auto thrice = asked();
  for (const auto* node : {"1", "2", "3"}) thrice.event("inference/1", InferenceDispatched{node});
  CHECK(thrice.violations() == 1);
}
