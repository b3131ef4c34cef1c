#include <future>

#include <fmt/format.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/http/aifactory/model_fixture.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

std::string path(const std::string& id, std::string_view rest) {
  return fmt::format("/api/v1/vllm/{}/v1{}", id, rest);
}

std::string error_of(const json::value& answer) {
  return answer.at("error").at("message").as_string().c_str();
}

constexpr std::string_view hello = R"({"model":"gpt2","prompt":"Hello","max_tokens":3})";

}  // namespace

TEST_CASE("OpenAI's API of a service is passed through") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto base = fixture.running(gpt2), chatty = fixture.running();
  CHECK(fixture.server.get(path(base, "/models")).at("data").at(0).at("id") == "gpt2");
  const auto completion = fixture.server.post(path(base, "/completions"), hello);
  CHECK(completion.at("object") == "text_completion");
  CHECK(completion.at("choices").at(0).at("text") == "This is a");
  const auto chat = fixture.server.post(
      path(chatty, "/chat/completions"),
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]})");
  CHECK(chat.at("choices").at(0).at("message").at("role") == "assistant");
  RawClient client(fixture.server.port());
  client.send(fmt::format("HEAD {} HTTP/1.1\r\nHost: localhost\r\n\r\n", path(base, "/models")));
  CHECK(client.answer(true).status == 200);
  // Refusals too.
  CHECK(error_of(fixture.server.post(path(base, "/completions"),
                                     R"({"model":"other","prompt":"a"})", 404)) ==
        "The model `other` does not exist.");
}

TEST_CASE("streams are passed through event by event") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  RawClient client(fixture.server.port());
  const std::string body =
      R"({"messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}})";
  client.send(
      fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  "Content-Length: {}\r\n\r\n{}",
                  path(id, "/chat/completions"), body.size(), body));
  const auto& answer = client.read_until("data: [DONE]\n\n");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(answer.find("Cache-Control: no-cache\r\n") != std::string::npos);
  CHECK(answer.find(R"("content":" simulated")") != std::string::npos);
  CHECK(answer.find(R"("usage":{)") != std::string::npos);
}

TEST_CASE("refusals of the pass-through have OpenAI's form") {
  ModelFixture fixture;
  CHECK(error_of(fixture.server.get(path("999", "/models"), 404)) == "There is no service 999");
  fixture.server.add_node("mel2001", 1);
  const auto first = fixture.running();
  const auto id = fixture.server.create("inference/vllm");
  CHECK(error_of(fixture.server.get(path(id, "/models"), 503)).find("is not ready yet") !=
        std::string::npos);
  fixture.server.post(path(id, "/completions"), "[]", 422);
  fixture.server.exit_by(first, 9);
  fixture.server.run(id, 8001);
  fixture.targets.choose(id, UpstreamTarget{"127.0.0.1", 1, "", UpstreamReach::this_host});
  CHECK(error_of(fixture.server.get(path(id, "/models"), 502)) ==
        "The model server takes no connections");
  fixture.server.exit_by(id, 9);
  CHECK(error_of(fixture.server.get(path(id, "/models"), 503)).find("takes no requests") !=
        std::string::npos);
}

TEST_CASE("nothing of the caller's request but its body reaches the model server") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  std::promise<std::string> seen;
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    seen.set_value(connection.request());
    connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=b\r\n"
        "Access-Control-Allow-Origin: *\r\nServer: evil\r\nContent-Length: 2\r\n\r\n{}");
  });
  fixture.targets.choose(id, upstream.target());
  const auto answer = fixture.server.ask("POST", path(id, "/completions") + "?key=secret", hello,
                                         {"Authorization: Bearer secret", "Cookie: secret",
                                          "X-Api-Key: secret", "OpenAI-Organization: secret"});
  CHECK(answer.status == 200);
  const auto asked = seen.get_future().get();
  CHECK(asked.find("secret") == std::string::npos);
  CHECK(asked.ends_with(fmt::format("\r\n\r\n{}", hello)));
  CHECK(answer.header("Set-Cookie").empty());
  CHECK(answer.header("Access-Control-Allow-Origin").empty());
  CHECK(answer.header("Server") == "orrery");
}

TEST_CASE("answers of no kind that is passed on are a bad gateway's") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  for (const auto& answer :
       {plain_answer("<script>", "200 OK", "text/html"),
        std::string("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/\r\n"
                    "Content-Length: 0\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"),
        std::string("SSH-2.0-OpenSSH_9.2\r\n\r\n")}) {
    ScriptedUpstream upstream([&](ScriptedConnection& connection) {
      connection.request();
      connection.send(answer);
      connection.await_end();
    });
    fixture.targets.choose(id, upstream.target());
    CHECK_FALSE(error_of(fixture.server.get(path(id, "/models"), 502)).empty());
  }
}
