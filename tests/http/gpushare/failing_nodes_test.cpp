#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "actors/shared_node/shared_node.hpp"
#include "tests/http/gpushare/asking_fixture.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

std::string detail_of(const WireAnswer& answer) {
  return json::parse(answer.body).at("detail").as_string().c_str();
}

/// Limits under which a silent node fails at once.
gpushare::Dispatcher::Limits hasty() {
  gpushare::Dispatcher::Limits limits;
  limits.first_piece_max = std::chrono::milliseconds(250);
  limits.quiet_max = std::chrono::milliseconds(250);
  limits.look = std::chrono::milliseconds(5);
  return limits;
}

}  // namespace

TEST_CASE("a node that fails is replaced once, and what it had said is dropped") {
  AskingServer asking;
  asking.add_node();
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto first = asking.nodes.next();
  CHECK(first.sink->piece("half of "));
  first.fail();
  const auto second = asking.nodes.next();
  CHECK(second.node_id != first.node_id);
  CHECK_FALSE(first.sink->piece("late"));
  first.sink->end(0);
  second.answer({"All of it."});
  CHECK(json_of(asked->answer(), 201).at("answer_text").as_string() == "All of it.");
  const auto row = asking.only_row();
  CHECK(row->shared_node_id == second.node_id);
  CHECK(row->use.token_count == 1);
  CHECK(asking.dispatcher->figures().retried_count == 1);
  CHECK(asking.dispatcher->running_at(first.node_id) == 0);

  // For a while the one that failed is asked last.
  const auto again = asking.ask(asking.question_body());
  const auto work = asking.nodes.next();
  CHECK(work.node_id == second.node_id);
  work.answer({"Yes."});
  CHECK(again->answer().status == 201);
}

TEST_CASE("a question that two nodes have failed is answered with that, and stored so") {
  AskingServer asking;
  asking.add_node();
  asking.add_node();
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  asking.nodes.next().fail();
  asking.nodes.next().fail();
  const auto answer = asked->answer();
  CHECK(answer.status == 502);
  CHECK(detail_of(answer) == "The node broke off.");
  const auto row = asking.only_row();
  CHECK(row->code == "node_failed");
  CHECK(row->use == InferenceUse{});
  CHECK_FALSE(asking.nodes.has_work());
}

TEST_CASE("a question that a model refuses isn't asked elsewhere") {
  AskingServer asking;
  asking.add_node();
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  asking.nodes.next().fail(gpushare::ModelProblem::refused);
  CHECK(asked->answer().status == 502);
  CHECK_FALSE(asking.nodes.has_work());
}

TEST_CASE("an answer without a word is a node's failure") {
  AskingServer asking;
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  asking.nodes.next().sink->end(0);
  const auto answer = asked->answer();
  CHECK(answer.status == 502);
  CHECK(detail_of(answer) == "The model gave no answer.");
}

TEST_CASE("a stream moves to another node before its first piece, and never after it") {
  AskingServer asking;
  asking.add_node();
  asking.add_node();
  AskingServer::Asked sent(asking, asking.request("/inference/stream/", asking.question_body()));
  asking.nodes.next().fail();
  const auto work = asking.nodes.next();
  work.sink->piece("Half of");
  work.fail();
  CHECK(sent.client().answer().status == 201);
  const auto& all = sent.client().read_until("0\r\n\r\n");
  const auto row = asking.only_row();
  CHECK(all.find(R"({"done":true,"id":)" + row->id + R"(,"error":"The node broke off."})") !=
        std::string::npos);
  CHECK_FALSE(asking.nodes.has_work());
  CHECK(row->code == "node_failed");
  CHECK(asking.answer_of(*row) == "Half of");
  CHECK(row->use == InferenceUse{});
  const auto shown = asking.server.get(asking.asker, "/inference/" + row->id + "/");
  CHECK(shown.at("answer_text").as_string() == "Half of\n\nError: The node broke off.");
}

TEST_CASE("a stream that fails before its first piece is an error of HTTP") {
  AskingServer asking;
  asking.add_node();
  AskingServer::Asked sent(asking, asking.request("/inference/stream/", asking.question_body()));
  asking.nodes.next().fail();
  const auto answer = sent.client().answer();
  CHECK(answer.status == 502);
  CHECK(detail_of(answer) == "The node broke off.");
}

TEST_CASE("a node that is silent for too long has failed") {
  AskingServer asking(hasty());
  asking.add_node();
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto first = asking.nodes.next();
  const auto second = asking.nodes.next();
  CHECK(*first.is_cancelled);
  second.sink->piece("Once");
  const auto answer = asked->answer();
  CHECK(answer.status == 502);
  CHECK(detail_of(answer) == "The node took too long.");
  CHECK(asking.answer_of(*asking.only_row()) == "Once");
}

TEST_CASE("a node that goes away before its first piece is replaced at once") {
  gpushare::Dispatcher::Limits limits;
  limits.look = std::chrono::milliseconds(5);
  AskingServer asking(limits);
  asking.add_node();
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto first = asking.nodes.next();
  asking.server.command<::orrery::Node>("shared-" + first.node_id,
                                        ::orrery::Node::ReportLost{"silent"});
  const auto second = asking.nodes.next();
  second.answer({"Yes."});
  CHECK(asked->answer().status == 201);
}

TEST_CASE("an end that the log doesn't take is stored once it does") {
  std::atomic<bool> is_full{false};
  gpushare::Dispatcher::Limits limits;
  limits.look = std::chrono::milliseconds(5);
  limits.store_attempts_max = 3;
  AskingServer asking(limits);
  asking.server.log.set_fate(
      [&] { return is_full ? CommitFate::disk_full : CommitFate::succeeds; });
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto work = asking.nodes.next();
  wait_until("the question is stored", [&] { return !asking.server.inferences.list().empty(); });
  is_full = true;
  work.answer({"Yes."});
  const auto answer = asked->answer();
  CHECK(answer.status == 503);
  CHECK(detail_of(answer) == "The answer couldn't be stored.");
  CHECK(asking.server.inferences.list().front()->status == InferenceStatus::waiting);
  is_full = false;
  CHECK(asking.only_row()->status == InferenceStatus::answered);
}

TEST_CASE("a question that the log doesn't take is nobody's") {
  std::atomic<bool> is_full{false};
  gpushare::Dispatcher::Limits limits;
  limits.look = std::chrono::milliseconds(5);
  AskingServer asking(limits);
  asking.server.log.set_fate(
      [&] { return is_full ? CommitFate::disk_full : CommitFate::succeeds; });
  const auto node = asking.add_node();
  is_full = true;
  CHECK(asking.ask(asking.question_body())->answer().status == 503);
  CHECK(asking.dispatcher->running_at(node.id) == 0);
  is_full = false;
  wait_until("nothing is under way",
             [&] { return asking.dispatcher->figures().running_count == 0; });
  CHECK(asking.server.inferences.list().empty());
  if (asking.nodes.has_work()) CHECK_FALSE(asking.nodes.next().sink->piece("late"));
}

TEST_CASE("a node that is withdrawn while it writes has failed") {
  gpushare::Dispatcher::Limits limits;
  limits.look = std::chrono::milliseconds(5);
  AskingServer asking(limits);
  const auto node = asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto work = asking.nodes.next();
  REQUIRE(work.sink->piece("Once"));
  asking.server.command<SharedNode>(node.id, SharedNode::Withdraw{"owner_erased"});
  const auto answer = asked->answer();
  CHECK(answer.status == 502);
  CHECK(detail_of(answer) == "The node has gone.");
}

TEST_CASE("where this server itself has too much under way, trying again helps") {
  AskingServer asking;
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  asking.nodes.next().fail(gpushare::ModelProblem::overloaded);
  const auto answer = asked->answer();
  CHECK(answer.status == 503);
  CHECK(answer.header("Retry-After") == "1");
  CHECK(asking.only_row()->code == "node_failed");
}

TEST_CASE("an answer has a limit, and what had come by then is kept") {
  AskingServer asking;
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto work = asking.nodes.next();
  const std::string piece(100'000, 'x');
  std::size_t count = 0;
  while (work.sink->piece(piece)) ++count;
  CHECK(count == 10);
  CHECK(asked->answer().status == 502);
  const auto row = asking.only_row();
  CHECK(row->code == "too_long");
  CHECK(asking.answer_of(*row).size() == 1'000'000);
  CHECK(row->use.gpu_us > 0);
}
