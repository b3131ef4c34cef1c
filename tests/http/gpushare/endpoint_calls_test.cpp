#include "http/gpushare/endpoint_calls.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "http/upstream/upstream_client.hpp"
#include "projections/clients/client_view.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/gpushare/recording_sink.hpp"
#include "tests/http/upstream/scripted_upstream.hpp"

using namespace orrery;
using gpushare::EndpointCalls;
using gpushare::ModelProblem;
using Strings = std::vector<std::string>;

namespace {

std::string event(std::string_view piece) {
  return fmt::format("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n", piece);
}

constexpr std::string_view stop =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
constexpr std::string_view done = "data: [DONE]\n\n";

std::string chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}
constexpr std::string_view chunked_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Waits for what other threads are about to do; fails after ten seconds.
template <class Condition>
void wait_for(const Condition& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain");
    std::this_thread::yield();
  }
}

struct EndpointFixture {
  std::shared_ptr<gpushare::ModelCall> start(const std::string& url) {
    SharedNodeDetails node;
    node.id = "17";
    node.offer.served_model = "served";
    node.offer.reach = NodeReach::endpoint;
    node.offer.endpoint = *keys->seal(client_subject("3"), url);
    return calls.start(node, "Why \"now\"?", sink);
  }
  std::shared_ptr<gpushare::ModelCall> start(const ScriptedUpstream& server) {
    return start(fmt::format("http://127.0.0.1:{}", server.target().port));
  }
  /// What becomes of a question where the server does this.
  void ask(ScriptedUpstream::Script script) {
    const ScriptedUpstream server(std::move(script));
    const auto call = start(server);
    sink->wait_for_end();
  }

  std::unique_ptr<SubjectKeys> keys = SubjectKeys::in_memory();
  UpstreamClient upstream;
  EndpointCalls calls{upstream, *keys, UpstreamReach::anywhere};
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
};

}  // namespace

TEST_CASE_METHOD(EndpointFixture, "a server is asked for a chat that streams") {
  std::string asked;
  ask([&](ScriptedConnection& connection) {
    asked = connection.request();
    connection.send(std::string(event_stream_head) + event("Be") + event("cause"));
    connection.send(std::string(stop) + std::string(done));
  });
  CHECK(sink->pieces() == Strings{"Be", "cause"});
  CHECK(sink->end_token_count() == 0u);
  CHECK(asked.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
  CHECK(
      asked.ends_with(R"({"model":"served","messages":[{"role":"user","content":"Why \"now\"?"}],)"
                      R"("stream":true})"));
}

TEST_CASE_METHOD(EndpointFixture, "a server without chats is asked for a completion") {
  const auto refusal = GENERATE(as<std::string>(), plain_answer("{}", "404 Not Found"),
                                plain_answer(R"({"error":{"message":"As of transformers v4.44, )"
                                             R"(default chat template is no longer allowed"}})",
                                             "400 Bad Request"));
  Strings asked;
  ask([&](ScriptedConnection& connection) {
    asked.push_back(connection.request());
    connection.send(refusal);
    asked.push_back(connection.request());
    connection.send(std::string(event_stream_head) +
                    "data: {\"choices\":[{\"text\":\"Because\",\"finish_reason\":\"stop\"}]}\n\n" +
                    std::string(done));
  });
  CHECK(sink->pieces() == Strings{"Because"});
  REQUIRE(asked.size() == 2);
  CHECK(asked[1].starts_with("POST /v1/completions HTTP/1.1\r\n"));
  CHECK(asked[1].ends_with(R"({"model":"served","prompt":"Why \"now\"?","stream":true})"));
}

TEST_CASE_METHOD(EndpointFixture, "a server that doesn't stream is understood too") {
  ask([](ScriptedConnection& connection) {
    connection.request();
    connection.send(plain_answer(R"({"choices":[{"message":{"content":"Because."}}],)"
                                 R"("usage":{"completion_tokens":2}})"));
  });
  CHECK(sink->pieces() == Strings{"Because."});
  CHECK(sink->end_token_count() == 2u);
}

TEST_CASE_METHOD(EndpointFixture, "it is the question's fault only where the server says so") {
  const auto [status, problem] =
      GENERATE(table<std::string, ModelProblem>({{"400 Bad Request", ModelProblem::refused},
                                                 {"413 Too Large", ModelProblem::refused},
                                                 {"422 Unprocessable", ModelProblem::refused},
                                                 {"401 Unauthorized", ModelProblem::node_failed},
                                                 {"429 Too Many", ModelProblem::node_failed},
                                                 {"500 Broken", ModelProblem::node_failed},
                                                 {"503 Busy", ModelProblem::node_failed}}));
  ask([status = status](ScriptedConnection& connection) {
    connection.request();
    connection.send(plain_answer("{}", status));
  });
  CHECK(sink->problem() == problem);
  CHECK(sink->pieces().empty());
}

TEST_CASE_METHOD(EndpointFixture, "a redirect is followed nowhere") {
  std::atomic<unsigned> request_count{0};
  ask([&](ScriptedConnection& connection) {
    while (!connection.request().empty()) {
      ++request_count;
      connection.send(
          "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\n"
          "Content-Length: 0\r\n\r\n");
    }
  });
  CHECK(sink->problem() == ModelProblem::node_failed);
  CHECK(request_count == 1);
}

TEST_CASE_METHOD(EndpointFixture, "what breaks in the middle has failed, with the pieces so far") {
  const auto rest =
      GENERATE(as<std::string>(), "", "data: {\"choices\":[{\"del",
               "data: {\"error\":{\"message\":\"out of memory\"}}\n\n", "data: nonsense\n\n");
  ask([&](ScriptedConnection& connection) {
    connection.request();
    connection.send(std::string(chunked_head) + chunk(event("Half ") + event("of ") + rest));
  });
  CHECK(sink->problem() == ModelProblem::node_failed);
  CHECK(sink->pieces() == Strings{"Half ", "of "});
}

TEST_CASE_METHOD(EndpointFixture, "bytes that come one by one, in whichever chunks, are one text") {
  ask([](ScriptedConnection& connection) {
    connection.request();
    connection.send(chunked_head);
    const auto all = event("äö") + event("b") + std::string(done);
    for (const char byte : all) connection.send(chunk({&byte, 1}));
    connection.send("0\r\n\r\n");
  });
  CHECK(sink->pieces() == Strings{"äö", "b"});
  CHECK(sink->end_token_count());
}

TEST_CASE_METHOD(EndpointFixture,
                 "hostile answers are failures, and cost no more than their limits") {
  const std::string endless(1 << 20, 'x');
  const auto hostile = GENERATE_COPY(
      as<std::string>(), "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", plain_answer("not JSON"), plain_answer("[]"),
      plain_answer(R"({"choices":[]})"), std::string(event_stream_head) + "data: " + endless,
      std::string(event_stream_head) + endless + "\n\n",
      "HTTP/1.1 200 OK\r\nX: " + endless + "\r\n\r\n");
  ask([&](ScriptedConnection& connection) {
    connection.request();
    connection.send(hostile);
  });
  CHECK(sink->problem() == ModelProblem::node_failed);
  CHECK(sink->pieces().empty());
}

TEST_CASE_METHOD(EndpointFixture,
                 "a server that goes on behind the end has its connection closed") {
  bool was_closed = false;
  {
    const ScriptedUpstream server([&](ScriptedConnection& connection) {
      connection.request();
      connection.send(std::string(chunked_head) + chunk(event("All.") + std::string(done)));
      const auto more = chunk(std::string(1000, '\n'));
      while (connection.send(more)) {
      }
      was_closed = true;
    });
    const auto call = start(server);
    sink->wait_for_end();
    CHECK(sink->pieces() == Strings{"All."});
    // The script ends only when it can't send any more.
    wait_for([&] { return upstream.figures().connection_count == 0; });
  }
  CHECK(was_closed);
}

TEST_CASE_METHOD(EndpointFixture, "a good connection is used again") {
  const ScriptedUpstream server([](ScriptedConnection& connection) {
    while (!connection.request().empty())
      connection.send(std::string(chunked_head) + chunk(event("All.") + std::string(done)) +
                      "0\r\n\r\n");
  });
  for (int i = 0; i < 5; ++i) {
    sink = std::make_shared<RecordingSink>();
    auto call = start(server);
    sink->wait_for_end();
    call.reset();
    wait_for([&] { return upstream.figures().idle_connection_count == 1; });
  }
  CHECK(server.connection_count() == 1);
}

TEST_CASE_METHOD(EndpointFixture, "a call that is let go of is over at the server too") {
  const bool is_after_piece = GENERATE(false, true);
  bool has_ended = false;
  {
    const ScriptedUpstream server([&](ScriptedConnection& connection) {
      connection.request();
      if (is_after_piece) connection.send(std::string(chunked_head) + chunk(event("Once")));
      connection.await_end();
      has_ended = true;
    });
    auto call = start(server);
    wait_for([&] { return server.connection_count() == 1; });
    if (is_after_piece) sink->wait_for_pieces(1);
    call.reset();
    wait_for([&] { return upstream.figures().connection_count == 0; });
  }
  CHECK(has_ended);
  CHECK_FALSE(sink->problem());
}

TEST_CASE_METHOD(EndpointFixture, "a sink that wants no more is told no more") {
  sink = std::make_shared<RecordingSink>(2);
  {
    const ScriptedUpstream server([&](ScriptedConnection& connection) {
      connection.request();
      connection.send(chunked_head);
      while (connection.send(chunk(event("x")))) {
      }
    });
    const auto call = start(server);
    sink->wait_for_pieces(2);
  }
  CHECK(sink->pieces().size() == 2);
  CHECK_FALSE(sink->problem());
  CHECK_FALSE(sink->end_token_count());
}

TEST_CASE_METHOD(EndpointFixture, "nobody is asked where he may not be") {
  SECTION("by an address") { start("http://169.254.169.254"); }
  SECTION("by a name of this host") {
    EndpointCalls strict(upstream, *keys, UpstreamReach::network);
    SharedNodeDetails node;
    node.offer.endpoint = *keys->seal(client_subject("3"), "http://localhost:9");
    const auto call = strict.start(node, "Why?", sink);
    sink->wait_for_end();
  }
  SECTION("by a notation that isn't an address") {
    EndpointCalls strict(upstream, *keys, UpstreamReach::network);
    SharedNodeDetails node;
    node.offer.endpoint = *keys->seal(client_subject("3"), "http://2130706433:9");
    const auto call = strict.start(node, "Why?", sink);
    sink->wait_for_end();
  }
  SECTION("whose owner is gone") {
    SharedNodeDetails node;
    node.offer.endpoint = *keys->seal(client_subject("4"), "http://10.0.0.1");
    REQUIRE(keys->erase(client_subject("4")));
    calls.start(node, "Why?", sink);
  }
  sink->wait_for_end();
  CHECK(sink->problem() == ModelProblem::node_failed);
}
