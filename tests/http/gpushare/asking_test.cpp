#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "tests/http/gpushare/asking_fixture.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

using Strings = std::vector<std::string>;

std::string detail_of(const WireAnswer& answer) {
  return json::parse(answer.body).at("detail").as_string().c_str();
}

std::string id_of(const json::value& row) {
  return std::to_string(row.at("id").to_number<std::uint64_t>());
}

}  // namespace

TEST_CASE("a question is answered by a node that has the model, and the row is stored") {
  AskingServer asking;
  const auto node = asking.add_node();
  const auto asked = asking.ask(asking.question_body("Why?"));
  const auto work = asking.nodes.next();
  CHECK(work.node_id == node.id);
  CHECK(work.question == "Why?");
  CHECK(asking.dispatcher->running_at(node.id) == 1);
  work.answer({"Because", " of ", "you."});
  const auto answer = asked->answer();
  const auto row = json_of(answer, 201);
  CHECK(row.at("answer_text").as_string() == "Because of you.");
  CHECK(row.at("client_username").as_string() == "asker");
  CHECK(json::serialize(asking.server.get(asking.asker, "/inference/" + id_of(row) + "/")) ==
        json::serialize(row));
  const auto stored = asking.only_row();
  CHECK(stored->status == InferenceStatus::answered);
  CHECK(stored->shared_node_id == node.id);
  CHECK(stored->use.token_count == 3);
  CHECK(asking.dispatcher->running_at(node.id) == 0);
  CHECK(asking.dispatcher->figures().answered_count == 1);
}

TEST_CASE("a streamed answer comes as lines while it is written, and the row is stored") {
  AskingServer asking;
  asking.add_node();
  AskingServer::Asked sent(asking, asking.request("/inference/stream/", asking.question_body()));
  const auto work = asking.nodes.next();
  CHECK(work.sink->piece("Be"));
  const auto head = sent.client().answer();
  CHECK(head.status == 201);
  CHECK(head.header("Content-Type") == "application/x-ndjson");
  CHECK(sent.client().read_until("\n").find(R"({"token":"Be"})") != std::string::npos);
  CHECK(work.sink->piece("cause"));
  sent.client().read_until("cause");
  work.sink->end(0);
  const auto& all = sent.client().read_until("0\r\n\r\n");
  CHECK(all.find(R"({"token":"cause"})") != std::string::npos);
  const auto row = asking.only_row();
  CHECK(all.find(R"({"done":true,"id":)" + row->id + "}") != std::string::npos);
  CHECK(asking.answer_of(*row) == "Because");
  CHECK(*work.is_cancelled);
}

TEST_CASE("a model that nobody offers is unknown, and one without a live node can't be asked now") {
  AskingServer asking;
  const auto unknown = asking.ask(asking.question_body("Why?", "large"))->answer();
  CHECK(unknown.status == 404);
  CHECK(detail_of(unknown) == "No provider offers the model \"large\".");

  const auto node = asking.add_node();
  asking.nodes.be_unreachable(node.id);
  const auto dead = asking.ask(asking.question_body())->answer();
  CHECK(dead.status == 503);
  CHECK(detail_of(dead) == "No provider offers this model now. Try again later.");
  CHECK(dead.header("Retry-After") == "1");
  const auto streamed = asking.stream(asking.question_body());
  CHECK(streamed->head().status == 503);
  CHECK(streamed->head().header("Content-Type") == "application/json");

  const auto rows = asking.server.get(asking.asker, "/inference/").as_array();
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows)
    CHECK(row.at("answer_text").as_string() ==
          "Error: No provider offers this model now. Try again later.");
  CHECK(asking.server.inferences.list().front()->code == "no_node");
}

TEST_CASE("only nodes of approved providers that are there and not cordoned are asked") {
  AskingServer asking;
  const auto newcomer = asking.server.register_person("newcomer");
  const auto unapproved = json_of(asking.server.ask_as(newcomer, "POST", "/llm_models/register/",
                                                       asking.node_body(newcomer.id, "tiny")),
                                  201);
  CHECK_FALSE(unapproved.at("is_approved").as_bool());
  CHECK(asking.ask(asking.question_body())->answer().status == 503);

  const auto node = asking.add_node();
  CHECK(asking.dispatcher->is_live(*asking.server.sharing.node(node.id)));
  asking.server.command<::orrery::Node>("shared-" + node.id, ::orrery::Node::Cordon{"maintenance"});
  CHECK(asking.ask(asking.question_body())->answer().status == 503);
  asking.server.command<::orrery::Node>("shared-" + node.id, ::orrery::Node::Uncordon{});
  asking.server.command<::orrery::Node>("shared-" + node.id, ::orrery::Node::ReportLost{"silent"});
  CHECK(asking.ask(asking.question_body())->answer().status == 503);
  asking.server.command<::orrery::Node>("shared-" + node.id, ::orrery::Node::ReportReady{});
  asking.server.command<Client>(asking.provider.id, Client::SuspendProvider{});
  CHECK(asking.ask(asking.question_body())->answer().status == 503);
  asking.server.approve(asking.provider);
  const auto asked = asking.ask(asking.question_body());
  asking.nodes.next().answer({"Yes."});
  CHECK(asked->answer().status == 201);
}

TEST_CASE("a client that goes away cancels his question, and pays for the time it took") {
  AskingServer asking;
  asking.add_node();
  PlayedNodes::Work work;
  {
    AskingServer::Asked sent(asking, asking.request("/inference/stream/", asking.question_body()));
    work = asking.nodes.next();
    work.sink->piece("Once upon a time ");
    sent.client().read_until("Once");
  }
  // It is noticed with one of the next pieces that can't be sent.
  wait_until("the work is cancelled", [&] { return !work.sink->piece("and "); });
  const auto row = asking.only_row();
  CHECK(row->code == "cancelled");
  CHECK(row->use.gpu_us > 0);
  CHECK(row->use.token_count > 0);
  CHECK(asking.answer_of(*row).starts_with("Once upon a time "));
  CHECK(*work.is_cancelled);
}

TEST_CASE("a client that goes away before the first piece cancels his question too") {
  AskingServer asking;
  asking.add_node();
  PlayedNodes::Work work;
  {
    const auto sent = asking.ask(asking.question_body());
    work = asking.nodes.next();
  }
  wait_until("the work is cancelled", [&] { return work.is_cancelled->load(); });
  CHECK(asking.only_row()->code == "cancelled");
}

TEST_CASE("time is metered from the last dispatch to the end, for each GPU of the node") {
  AskingServer asking;
  const auto meter = [&](const std::string& model, std::string_view rest) {
    asking.add_node(model, rest);
    const auto begin = std::chrono::steady_clock::now();
    const auto asked = asking.ask(asking.question_body("Why?", model));
    const auto work = asking.nodes.next();
    const auto given = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - given < std::chrono::milliseconds(20))
      std::this_thread::yield();
    work.answer({"Yes."});
    const auto row = json_of(asked->answer(), 201);
    const auto most = std::chrono::steady_clock::now() - begin;
    const auto use = asking.ended(id_of(row))->use.gpu_us;
    using std::chrono::microseconds;
    return std::pair(use, std::chrono::duration_cast<microseconds>(most).count());
  };
  for (const auto& [model, rest, gpus] :
       {std::tuple("one", R"(,"gpu_count":1)", 1), std::tuple("eight", R"(,"gpu_count":8)", 8),
        std::tuple("none", R"(,"gpu_count":0)", 1)}) {
    const auto [use, most] = meter(model, rest);
    INFO(model << " " << use << " " << most);
    CHECK(use >= 20'000u * gpus);
    CHECK(use <= static_cast<std::uint64_t>(most * gpus));
  }
}

TEST_CASE("questions are spread over nodes by what they answer at once") {
  AskingServer asking;
  const auto small = asking.add_node("tiny", R"(,"concurrency":1)");
  const auto large = asking.add_node("tiny", R"(,"concurrency":3)");
  std::vector<std::unique_ptr<AskingServer::Asked>> asked;
  std::vector<PlayedNodes::Work> works;
  std::map<std::string, int> counts;
  for (int i = 0; i < 8; ++i) {
    asked.push_back(asking.ask(asking.question_body()));
    works.push_back(asking.nodes.next());
    ++counts[works.back().node_id];
  }
  CHECK(counts[small.id] == 2);
  CHECK(counts[large.id] == 6);
  for (const auto& work : works) work.answer({"Yes."});
  for (const auto& one : asked) CHECK(one->answer().status == 201);
}

TEST_CASE("a question that is sent again with its key is asked once") {
  AskingServer asking;
  asking.add_node();
  constexpr std::string_view key = "Idempotency-Key: one\r\n";
  const auto asked = asking.ask(asking.question_body(), key);
  const auto work = asking.nodes.next();
  CHECK(asking.ask(asking.question_body(), key)->answer().status == 409);
  work.answer({"Yes."});
  const auto first = asked->answer();
  CHECK(first.status == 201);
  const auto second = asking.ask(asking.question_body(), key)->answer();
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(asking.ask(asking.question_body("Else?"), key)->answer().status == 422);
  CHECK_FALSE(asking.nodes.has_work());
  CHECK(asking.server.inferences.list().size() == 1);
}

TEST_CASE("a stream that is asked for again with its key comes from what is stored") {
  AskingServer asking;
  asking.add_node();
  constexpr std::string_view key = "Idempotency-Key: two\r\n";
  AskingServer::Asked sent(asking,
                           asking.request("/inference/stream/", asking.question_body(), key));
  const auto work = asking.nodes.next();
  work.sink->piece("Yes");
  sent.client().read_until("Yes");
  CHECK(asking.stream(asking.question_body(), key)->head().status == 409);
  work.sink->piece(".");
  work.sink->end(0);
  sent.client().read_until("0\r\n\r\n");
  const auto again = asking.stream(asking.question_body(), key);
  CHECK(again->head().status == 201);
  Strings pieces;
  const auto last = again->read_to_end(pieces);
  CHECK(pieces == Strings{"Yes."});
  CHECK(std::to_string(last.at("id").to_number<std::uint64_t>()) == asking.only_row()->id);
}

TEST_CASE("what isn't a question is refused in the words of the framework") {
  AskingServer asking;
  const auto refused = [&](std::string_view body) {
    const auto answer = asking.ask(body)->answer();
    CHECK(answer.status == 400);
    return json::serialize(json::parse(answer.body));
  };
  CHECK(refused("{}") == R"({"client":["This field is required."],)"
                         R"("question_text":["This field is required."],)"
                         R"("desired_model":["This field is required."]})");
  CHECK(refused(fmt::format(R"({{"client":{},"question_text":" ","desired_model":"tiny"}})",
                            asking.asker.id)) ==
        R"({"question_text":["This field may not be blank."]})");
  const auto others = fmt::format(
      R"({{"client":{},"question_text":"Why?","desired_model":"tiny"}})", asking.provider.id);
  const auto pk = fmt::format(R"({{"client":["Invalid pk \"{}\" - object does not exist."]}})",
                              asking.provider.id);
  CHECK(refused(others) == pk);
  CHECK(asking.server.inferences.list().empty());
  const auto anonymous = asking.server.ask("POST", "/inference/", {asking.question_body(), {}});
  CHECK(anonymous.status == 401);
}

TEST_CASE("a failure that is asked for again with its key doesn't promise anything") {
  AskingServer asking;
  const auto node = asking.add_node();
  asking.nodes.be_unreachable(node.id);
  constexpr std::string_view key = "Idempotency-Key: three\r\n";
  CHECK(asking.ask(asking.question_body(), key)->answer().header("Retry-After") == "1");
  const auto again = asking.ask(asking.question_body(), key)->answer();
  CHECK(again.status == 503);
  CHECK(again.header("Retry-After").empty());
}

TEST_CASE("a client who is erased while he waits leaves nothing") {
  AskingServer asking;
  asking.add_node();
  const auto asked = asking.ask(asking.question_body());
  const auto work = asking.nodes.next();
  work.sink->piece("A secret");
  const auto gone =
      asking.server.ask_as(asking.asker, "DELETE", "/client/list/" + asking.asker.id + "/");
  CHECK(gone.status == 204);
  wait_until("the work is cancelled", [&] { return !work.sink->piece(" more"); });
  CHECK(asked->answer().status != 201);
  CHECK(asking.server.inferences.list().empty());
  wait_until("nothing is under way",
             [&] { return asking.dispatcher->figures().running_count == 0; });
}

TEST_CASE("one client may have only so much under way") {
  gpushare::Dispatcher::Limits limits;
  limits.running_count_per_client_max = 1;
  AskingServer asking(limits);
  asking.add_node();
  const auto first = asking.ask(asking.question_body());
  const auto work = asking.nodes.next();
  const auto second = asking.ask(asking.question_body())->answer();
  CHECK(second.status == 429);
  CHECK(detail_of(second) == "Request was throttled. Expected available in 1 second.");
  work.answer({"Yes."});
  CHECK(first->answer().status == 201);
  CHECK(asking.server.inferences.list().size() == 1);
}

TEST_CASE("a server that has too much under way says so") {
  gpushare::Dispatcher::Limits limits;
  limits.running_count_max = 0;
  AskingServer asking(limits);
  const auto refused = asking.ask(asking.question_body())->answer();
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "1");
}

TEST_CASE("a reader that doesn't read slows no node") {
  AskingServer asking;
  asking.add_node();
  AskingServer::Asked sent(asking, asking.request("/inference/stream/", asking.question_body()));
  const auto work = asking.nodes.next();
  const std::string piece(1'000, 'x');
  for (int i = 0; i < 1'000; ++i) REQUIRE(work.sink->piece(piece));
  work.sink->end(0);
  CHECK(asking.only_row()->status == InferenceStatus::answered);
  CHECK(sent.client().answer().status == 201);
  const auto& all = sent.client().read_until("0\r\n\r\n");
  CHECK(all.size() > 1'000'000);
  CHECK(all.find(R"("done":true)") != std::string::npos);
}
