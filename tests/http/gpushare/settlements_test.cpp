#include "http/gpushare/settlements.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include "events/client_events.hpp"

using namespace orrery;
using gpushare::NamesOutcome;
using gpushare::Settlements;

namespace {

struct SettlementsFixture {
  Settlements settlements;
  std::vector<NamesOutcome> outcomes;
  int ready_count = 0;

  void await_names(const std::string& client_id) {
    settlements.await_names(client_id,
                            [this](NamesOutcome outcome) { outcomes.push_back(outcome); });
  }
  void await_node(const std::string& id) {
    settlements.await_node(id, [this] { ++ready_count; });
  }
  void happened(const std::string& stream, Event event) {
    settlements.on_commit(std::make_shared<const std::vector<RecordedEvent>>(
        std::vector<RecordedEvent>{{1, stream, 1, {}, {}, std::move(event)}}));
  }
};

using Outcomes = std::vector<NamesOutcome>;

}  // namespace

TEST_CASE("who waits for names is told what became of them, once") {
  SettlementsFixture fixture;
  for (const auto* id : {"1", "2", "3", "4"}) fixture.await_names(id);
  fixture.happened("client/9", ClientNamesGranted{});
  fixture.happened("client/1", ClientRegistered{});
  CHECK(fixture.outcomes.empty());
  fixture.happened("client/1", ClientNamesGranted{});
  fixture.happened("client/1", ClientNamesGranted{});
  fixture.happened("client/2", ClientNamesRefused{ClientNameKind::username});
  fixture.happened("client/3", ClientNamesRefused{ClientNameKind::email});
  fixture.happened("client/4", ClientErased{});
  CHECK(fixture.outcomes == Outcomes{NamesOutcome::granted, NamesOutcome::username_taken,
                                     NamesOutcome::email_taken, NamesOutcome::erased});
}

TEST_CASE("who waits for the node of an offer is told when it is ready or withdrawn, once") {
  SettlementsFixture fixture;
  fixture.await_node("1");
  fixture.await_node("2");
  fixture.happened("node/shared-1", NodeRegistered{});
  fixture.happened("node/1", NodeBecameReady{});
  CHECK(fixture.ready_count == 0);
  fixture.happened("node/shared-1", NodeBecameReady{});
  fixture.happened("node/shared-1", NodeBecameReady{});
  CHECK(fixture.ready_count == 1);
  fixture.happened("shared_node/2", SharedNodeWithdrawn{"node_refused"});
  CHECK(fixture.ready_count == 2);
}

TEST_CASE("who waits no more is told nothing, and may wait again from within") {
  SettlementsFixture fixture;
  fixture.await_names("1");
  fixture.await_node("1");
  fixture.settlements.forget_names("1");
  fixture.settlements.forget_node("1");
  fixture.settlements.forget_node("1");
  fixture.happened("client/1", ClientNamesGranted{});
  fixture.happened("node/shared-1", NodeBecameReady{});
  CHECK(fixture.outcomes.empty());
  CHECK(fixture.ready_count == 0);
  fixture.settlements.await_node("1", [&] { fixture.await_node("1"); });
  fixture.happened("node/shared-1", NodeBecameReady{});
  fixture.happened("node/shared-1", NodeBecameReady{});
  CHECK(fixture.ready_count == 1);
}

TEST_CASE("who throws when he is told harms nobody else") {
  SettlementsFixture fixture;
  fixture.settlements.await_names("1", [](NamesOutcome) { throw std::runtime_error("no answer"); });
  fixture.settlements.await_node("1", [] { throw std::runtime_error("no answer"); });
  fixture.await_names("2");
  fixture.happened("client/1", ClientNamesGranted{});
  fixture.happened("node/shared-1", NodeBecameReady{});
  fixture.happened("client/2", ClientNamesGranted{});
  CHECK(fixture.outcomes == Outcomes{NamesOutcome::granted});
}
