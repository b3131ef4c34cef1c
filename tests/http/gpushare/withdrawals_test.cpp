#include "http/gpushare/withdrawals.hpp"

#include <catch2/catch.hpp>

#include "http/auth/id_source.hpp"
#include "http/gpushare/agents.hpp"
#include "http/server/response_stream.hpp"
#include "tests/http/gpushare/recording_sink.hpp"

using namespace orrery;

TEST_CASE("a node that is withdrawn by whomever has its stream closed and its work failed") {
  SeededIdSource ids{1};
  gpushare::Agents agents(ids);
  gpushare::Withdrawals withdrawals(agents);
  SharedNodeDetails node;
  node.id = "17";
  const auto stream = agents.open("17");
  const auto sink = std::make_shared<RecordingSink>();
  const auto call = agents.start(node, "Why?", sink);
  const auto tell = [&](std::string id, Event event) {
    auto batch = std::make_shared<std::vector<RecordedEvent>>();
    batch->push_back({1, "shared_node/" + id, 2, Time{}, {}, std::move(event)});
    withdrawals.on_commit(batch);
  };
  tell("18", SharedNodeWithdrawn{"deregistered"});
  CHECK(agents.is_reachable(node));
  tell("17", SharedNodeWithdrawn{"owner_erased"});
  sink->wait_for_end();
  CHECK(sink->problem() == gpushare::ModelProblem::node_failed);
  CHECK_FALSE(agents.is_reachable(node));
  std::string out;
  while (stream->pull(out) == ResponseStream::Next::more) {
  }
  CHECK(stream->pull(out) == ResponseStream::Next::end);
}
