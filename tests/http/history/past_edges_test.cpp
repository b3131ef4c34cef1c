#include "http/history/past_edges.hpp"

#include <atomic>
#include <future>

#include <catch2/catch.hpp>

#include "http/server/pending_answer.hpp"
#include "projections/nodes/node_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

using Failure = PastEdges::Failure;

/// A log that lets nobody read it before it is told to.
class HeldLog : public MemoryEventLog {
 public:
  boost::system::result<void, LogDamage> read(Position from, Position to,
                                              const Visitor& visitor) const override {
    opened_.wait();
    return MemoryEventLog::read(from, to, visitor);
  }
  void open() { opening_.set_value(); }

 private:
  std::promise<void> opening_;
  std::shared_future<void> opened_ = opening_.get_future().share();
};

/// Nodes, one an event, and a dialect that tells how many there are.
struct Fleet {
  explicit Fleet(PastEdgeLimits limits = {}) : edges(log, limits) {
    for (int i = 1; i <= 9; ++i) {
      const AppendDraft draft{"node/n" + std::to_string(i), 0, {NodeRegistered{}}};
      REQUIRE(commit(log, {draft}, Time{std::chrono::seconds(i)}).front().has_value());
    }
    edges.add([](Router& router, const PastMoment& moment) {
      router.add(Method::get, "/nodes",
                 [nodes = moment.views.of<NodeView>(), &clock = moment.clock,
                  position = moment.position](const Request&, const Responder& respond) {
                   Response response;
                   response.status = nodes->find("n" + std::to_string(position)) ? 200 : 404;
                   response.body = std::to_string(clock.now().time_since_epoch().count());
                   respond(std::move(response));
                 });
    });
  }

  using Found = std::pair<std::shared_ptr<const PastEdge>, Failure>;
  std::future<Found> find(Position position, Time time = {}) { return find({0, position, time}); }
  std::future<Found> find(const PastEdges::Wish& wish) {
    auto promise = std::make_shared<std::promise<Found>>();
    edges.find(wish, [promise](auto edge, Failure failure) {
      promise->set_value({std::move(edge), failure});
    });
    return promise->get_future();
  }

  HeldLog log;
  PastEdges edges;
};

Response asked(const PastEdge& edge) {
  Request request;
  request.method = Method::get;
  request.path = "/nodes";
  std::promise<Response> given;
  edge.answer(request,
              Responder(std::make_shared<PendingAnswer>(PendingAnswer::Relay{
                  .take = [&](GivenAnswer answer) { given.set_value(std::move(answer.response)); },
                  .is_wanted = [] { return true; }})));
  return given.get_future().get();
}

}  // namespace

TEST_CASE("those who ask for one moment share what is made for it") {
  Fleet fleet;
  std::vector<std::future<Fleet::Found>> found;
  for (int i = 0; i < 20; ++i) found.push_back(fleet.find(5));
  fleet.log.open();
  for (auto& each : found) {
    const auto [edge, failure] = each.get();
    REQUIRE(failure == Failure::none);
    CHECK(asked(*edge).status == 200);
  }
  CHECK(fleet.edges.made_count() == 1);
  CHECK(fleet.find(5).get().first != nullptr);
  CHECK(fleet.edges.made_count() == 1);
}

TEST_CASE("the same views serve any time, each with its own clock") {
  Fleet fleet;
  fleet.log.open();
  const auto early = fleet.find(5, Time{std::chrono::microseconds(5)}).get().first;
  const auto late = fleet.find(5, Time{std::chrono::microseconds(7)}).get().first;
  CHECK(asked(*early).body == "5");
  CHECK(asked(*late).body == "7");
  CHECK(early->views() == late->views());
  CHECK(fleet.edges.made_count() == 1);
}

TEST_CASE("only so many moments are kept, and the least recently asked for goes first") {
  Fleet fleet({.kept_max = 2, .waiting_max = 8});
  fleet.log.open();
  for (const Position position : {1, 2, 1, 3}) fleet.find(position).get();
  CHECK(fleet.edges.made_count() == 3);
  fleet.find(1).get();
  CHECK(fleet.edges.made_count() == 3);
  fleet.find(2).get();
  CHECK(fleet.edges.made_count() == 4);
}

TEST_CASE("a moment that has been dropped serves whoever still has it") {
  Fleet fleet({.kept_max = 1, .waiting_max = 8});
  fleet.log.open();
  const auto first = fleet.find(1).get().first;
  for (const Position position : {2, 3, 4}) fleet.find(position).get();
  CHECK(asked(*first).status == 200);
}

TEST_CASE("who comes while too many wait is told so at once") {
  Fleet fleet({.kept_max = 1, .waiting_max = 3});
  std::vector<std::future<Fleet::Found>> waiting;
  for (const Position position : {1, 2, 2}) waiting.push_back(fleet.find(position));
  CHECK(fleet.find(2).get().second == Failure::too_many_wait);
  fleet.log.open();
  for (auto& each : waiting) CHECK(each.get().second == Failure::none);
  CHECK(fleet.find(7).get().second == Failure::none);
}

TEST_CASE("nobody keeps the others from the past") {
  Fleet fleet({.kept_max = 1, .waiting_max = 8, .waiting_per_asker_max = 2});
  std::vector<std::future<Fleet::Found>> waiting;
  for (const Position position : {1, 2}) waiting.push_back(fleet.find({0, position, {}, "greedy"}));
  CHECK(fleet.find({0, 3, {}, "greedy"}).get().second == Failure::too_many_wait);
  waiting.push_back(fleet.find({0, 3, {}, "modest"}));
  waiting.push_back(fleet.find({0, 4, {}, "", {}}));
  fleet.log.open();
  for (auto& each : waiting) CHECK(each.get().second == Failure::none);
  CHECK(fleet.find({0, 5, {}, "greedy"}).get().second == Failure::none);
}

TEST_CASE("nothing is made for those who have gone") {
  Fleet fleet;
  std::atomic<bool> is_wanted = true;
  auto first = fleet.find(1);
  auto gone = fleet.find({0, 2, {}, "a", [&] { return is_wanted.load(); }});
  auto gone_from_many = fleet.find({0, 3, {}, "a", [&] { return is_wanted.load(); }});
  auto stayed = fleet.find({0, 3, {}, "b", [] { return true; }});
  is_wanted = false;
  fleet.log.open();
  CHECK(first.get().second == Failure::none);
  CHECK(gone.get().second == Failure::abandoned);
  CHECK(gone_from_many.get().second == Failure::abandoned);
  CHECK(stayed.get().second == Failure::none);
  CHECK(fleet.edges.made_count() == 2);
}

TEST_CASE("who still waits at the end is told so") {
  std::future<Fleet::Found> first, second;
  {
    Fleet fleet;
    first = fleet.find(1);
    second = fleet.find(2);
    fleet.log.open();
  }
  CHECK(second.get().second != Failure::too_many_wait);
  first.get();
}
