#include "http/gpushare/agents.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/auth/id_source.hpp"
#include "http/server/response_stream.hpp"
#include "tests/http/gpushare/recording_sink.hpp"

namespace orrery {
namespace {

using gpushare::Agents;
using gpushare::ModelProblem;
using Strings = std::vector<std::string>;
using Taken = Agents::Taken;

SharedNodeDetails node_17() {
  SharedNodeDetails node;
  node.id = "17";
  node.offer.served_model = "tiny";
  return node;
}

/// What is on the stream now, line by line.
std::vector<boost::json::object> lines_of(ResponseStream& stream) {
  std::string text;
  while (stream.pull(text) == ResponseStream::Next::more) {
  }
  std::vector<boost::json::object> lines;
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    lines.push_back(boost::json::parse(text.substr(begin, end - begin)).as_object());
  return lines;
}

bool has_ended(ResponseStream& stream) {
  std::string ignored;
  return stream.pull(ignored) == ResponseStream::Next::end;
}

struct AgentsFixture {
  std::shared_ptr<gpushare::ModelCall> start(std::shared_ptr<RecordingSink> told) {
    return agents.start(node_17(), "Why?", std::move(told));
  }
  /// The id of the work that the stream tells of next.
  std::string work_on(ResponseStream& stream) {
    for (const auto& line : lines_of(stream))
      if (line.contains("work")) return std::string(line.at("work").as_string());
    return {};
  }

  SeededIdSource ids{1};
  Agents agents{ids, std::chrono::milliseconds(20)};
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
};

TEST_CASE_METHOD(AgentsFixture, "an agent is given work and brings pieces back in order") {
  CHECK_FALSE(agents.is_reachable(node_17()));
  const auto stream = agents.open("17");
  CHECK(agents.is_reachable(node_17()));
  const auto call = start(sink);
  const auto lines = lines_of(*stream);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("node").as_string() == "17");
  CHECK(lines[1].at("model").as_string() == "tiny");
  CHECK(lines[1].at("question").as_string() == "Why?");
  CHECK(lines[1].at("first").to_number<int>() == 0);
  const std::string work(lines[1].at("work").as_string());
  CHECK(agents.deliver("17", work, {0, {"In ", "the "}, {}, {}}) == Taken::yes);
  CHECK(agents.deliver("17", work, {2, {"beginning"}, 7, {}}) == Taken::yes);
  CHECK(sink->pieces() == Strings{"In ", "the ", "beginning"});
  CHECK(sink->end_token_count() == 7);
  CHECK(agents.deliver("17", work, {3, {"!"}, {}, {}}) == Taken::unknown);
}

TEST_CASE_METHOD(AgentsFixture,
                 "pieces that are sent again add nothing, and missing ones are noticed") {
  const auto stream = agents.open("17");
  const auto call = start(sink);
  const auto work = work_on(*stream);
  CHECK(agents.deliver("17", work, {0, {"a", "b"}, {}, {}}) == Taken::yes);
  CHECK(agents.deliver("17", work, {0, {"a", "b"}, {}, {}}) == Taken::yes);
  CHECK(agents.deliver("17", work, {1, {"b", "c"}, {}, {}}) == Taken::yes);
  CHECK(agents.deliver("17", work, {4, {"e"}, {}, {}}) == Taken::gap);
  CHECK(agents.deliver("17", work, {0, {}, 3, {}}) == Taken::yes);
  CHECK(sink->text() == "abc");
  CHECK(sink->end_token_count() == 3);
}

TEST_CASE_METHOD(AgentsFixture, "work is one node's alone") {
  const auto stream = agents.open("17");
  const auto other = agents.open("18");
  const auto call = start(sink);
  const auto work = work_on(*stream);
  CHECK(agents.deliver("18", work, {0, {"x"}, {}, {}}) == Taken::unknown);
  CHECK(agents.deliver("17", "no such work", {0, {"x"}, {}, {}}) == Taken::unknown);
  CHECK(sink->pieces().empty());
}

TEST_CASE_METHOD(AgentsFixture, "a node that isn't connected fails at once") {
  const auto call = start(sink);
  CHECK(sink->problem() == ModelProblem::node_failed);
  call->cancel();
}

TEST_CASE_METHOD(AgentsFixture, "what an agent refuses is told as refused") {
  const auto stream = agents.open("17");
  const auto call = start(sink);
  agents.deliver("17", work_on(*stream), {0, {}, {}, ModelProblem::refused});
  CHECK(sink->problem() == ModelProblem::refused);
}

TEST_CASE_METHOD(AgentsFixture, "an agent whose stream broke and doesn't come back has failed") {
  auto stream = agents.open("17");
  const auto call = start(sink);
  const auto work = work_on(*stream);
  agents.deliver("17", work, {0, {"In "}, {}, {}});
  stream.reset();
  CHECK_FALSE(agents.is_reachable(node_17()));
  sink->wait_for_end();
  CHECK(sink->problem() == ModelProblem::node_failed);
  CHECK(agents.deliver("17", work, {1, {"the "}, {}, {}}) == Taken::unknown);
}

TEST_CASE("an agent that comes back goes on") {
  SeededIdSource ids{1};
  Agents agents{ids, std::chrono::hours(1)};
  const auto sink = std::make_shared<RecordingSink>();
  auto stream = agents.open("17");
  const auto call = agents.start(node_17(), "Why?", sink);
  const std::string work(lines_of(*stream).back().at("work").as_string());
  agents.deliver("17", work, {0, {"In ", "the "}, {}, {}});
  stream.reset();
  CHECK(agents.deliver("17", work, {2, {"begin"}, {}, {}}) == Taken::yes);
  stream = agents.open("17");
  const auto lines = lines_of(*stream);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].at("work").as_string() == work);
  CHECK(lines[1].at("first").to_number<int>() == 3);
  CHECK(agents.deliver("17", work, {3, {"ning"}, 4, {}}) == Taken::yes);
  CHECK(sink->text() == "In the beginning");
}

TEST_CASE_METHOD(AgentsFixture, "a newer stream of the same node takes the older one's place") {
  const auto older = agents.open("17");
  const auto newer = agents.open("17");
  CHECK(has_ended(*older));
  const auto call = start(sink);
  CHECK_FALSE(work_on(*newer).empty());
  CHECK_FALSE(sink->problem());
}

TEST_CASE_METHOD(AgentsFixture, "work that nobody wants any more is cancelled") {
  const auto stream = agents.open("17");
  auto call = start(sink);
  const auto work = work_on(*stream);
  SECTION("by whoever asked") { call->cancel(); }
  SECTION("when he lets go of it") { call.reset(); }
  const auto lines = lines_of(*stream);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("cancel").as_string() == work);
  CHECK(agents.deliver("17", work, {0, {"x"}, {}, {}}) == Taken::unknown);
  CHECK(sink->pieces().empty());
}

TEST_CASE_METHOD(AgentsFixture, "a sink that wants no more ends the work") {
  const auto stream = agents.open("17");
  const auto modest = std::make_shared<RecordingSink>(2);
  const auto call = start(modest);
  const auto work = work_on(*stream);
  CHECK(agents.deliver("17", work, {0, {"a", "b", "c"}, 3, {}}) == Taken::yes);
  CHECK(modest->pieces() == Strings{"a", "b"});
  CHECK_FALSE(modest->end_token_count());
  CHECK(lines_of(*stream).back().at("cancel").as_string() == work);
}

TEST_CASE_METHOD(AgentsFixture, "an agent that is about to leave gets no new work") {
  const auto stream = agents.open("17");
  const auto call = start(sink);
  const auto work = work_on(*stream);
  agents.drain("17");
  CHECK_FALSE(agents.is_reachable(node_17()));
  const auto second = std::make_shared<RecordingSink>();
  const auto refused = start(second);
  CHECK(second->problem() == ModelProblem::node_failed);
  CHECK(agents.deliver("17", work, {0, {"done"}, 1, {}}) == Taken::yes);
  CHECK(sink->text() == "done");
}

TEST_CASE_METHOD(AgentsFixture, "a node that is withdrawn has failed, and its stream ends") {
  const auto stream = agents.open("17");
  const auto call = start(sink);
  agents.withdraw("17");
  sink->wait_for_end();
  CHECK(sink->problem() == ModelProblem::node_failed);
  CHECK(has_ended(*stream));
}

TEST_CASE("what is under way fails when the server stops") {
  SeededIdSource ids{1};
  const auto sink = std::make_shared<RecordingSink>();
  std::shared_ptr<ResponseStream> stream;
  std::shared_ptr<gpushare::ModelCall> call;
  {
    Agents agents{ids};
    stream = agents.open("17");
    call = agents.start(node_17(), "Why?", sink);
  }
  CHECK(sink->problem() == ModelProblem::node_failed);
  CHECK(has_ended(*stream));
  call->cancel();
}

TEST_CASE_METHOD(AgentsFixture, "a node has so much work at most") {
  const auto stream = agents.open("17");
  std::vector<std::shared_ptr<gpushare::ModelCall>> calls;
  std::vector<std::shared_ptr<RecordingSink>> sinks;
  for (std::size_t i = 0; i <= Agents::work_count_max; ++i) {
    sinks.push_back(std::make_shared<RecordingSink>());
    calls.push_back(start(sinks.back()));
  }
  CHECK_FALSE(agents.is_reachable(node_17()));
  CHECK_FALSE(sinks.front()->problem());
  CHECK(sinks.back()->problem() == ModelProblem::node_failed);
}

}  // namespace
}  // namespace orrery
