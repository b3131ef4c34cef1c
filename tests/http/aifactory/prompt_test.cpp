#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "sim/simulated_text.hpp"
#include "tests/http/aifactory/model_fixture.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

std::string text(const json::value& value, std::string_view key) {
  return value.at(key).as_string().c_str();
}

/// A server that answers each request by its path.
ScriptedUpstream::Script answering(std::string models, std::string chat,
                                   std::string completions = {}) {
  return [=](ScriptedConnection& connection) {
    for (auto asked = connection.request(); !asked.empty(); asked = connection.request()) {
      if (asked.find("/v1/models") != std::string::npos)
        connection.send(models);
      else
        connection.send(asked.find("/v1/chat") != std::string::npos ? chat : completions);
    }
  };
}

const std::string one_model = plain_answer(R"({"object":"list","data":[{"id":"m"}]})");

}  // namespace

TEST_CASE("a prompt gets the model's answer") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  const auto answer = fixture.prompt(id, R"({"prompt":"Tell me a joke","max_tokens":100})");
  CHECK(answer.at("success") == true);
  CHECK(text(answer, "response") == simulated_text("Tell me a joke\n", 100).text());
  CHECK(text(answer, "response").starts_with("This is a simulated answer"));
  CHECK(text(answer, "service_id") == id);
  CHECK(text(answer, "endpoint") == "http://127.0.0.1:8001");
  CHECK(text(answer, "endpoint_used") == "chat");
  const auto& usage = answer.at("usage");
  CHECK(usage.at("prompt_tokens") == 4);
  CHECK(usage.at("total_tokens").as_int64() == 4 + usage.at("completion_tokens").as_int64());
  CHECK(answer.as_object().size() == 6);
}

TEST_CASE("a model without a chat template is asked to complete") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running(gpt2);
  const auto answer = fixture.prompt(
      id, R"({"prompt":"Write a haiku","model":"gpt2","max_tokens":5,"temperature":0.7})");
  CHECK(answer.at("success") == true);
  CHECK(text(answer, "endpoint_used") == "completions");
  CHECK(answer.at("usage").at("completion_tokens") == 5);
}

TEST_CASE("a prompt must be there, and of the right types") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  for (const auto* body : {"{}", R"({"prompt":""})", R"({"prompt":null})"})
    CHECK(text(fixture.prompt(id, body, 400), "detail") == "Prompt is required");
  CHECK(text(fixture.prompt("999", "{}", 400), "detail") == "Prompt is required");
  for (const auto* body :
       {R"({"prompt":7})", R"({"prompt":"a","model":7})", R"({"prompt":"a","max_tokens":"x"})",
        R"({"prompt":"a","max_tokens":1.5})", R"({"prompt":"a","temperature":"hot"})", "[]", "{"})
    CHECK(fixture.prompt(id, body, 422).at("detail").is_array());
  CHECK(fixture.prompt(id, R"({"prompt":"a","max_tokens":null,"temperature":null,"model":null})")
            .at("success") == true);
}

TEST_CASE("a service that nobody knows takes no prompts") {
  ModelFixture fixture;
  CHECK(text(fixture.prompt("999", R"({"prompt":"Hi"})", 500), "detail") ==
        "VLLM service 999 not found or not running");
}

TEST_CASE("a service that isn't ready says so, and why") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 1);
  const auto first = fixture.running();
  const auto id = fixture.server.create("inference/vllm");
  const auto pending = fixture.prompt(id);
  CHECK(pending.at("success") == false);
  CHECK(text(pending, "error") == "Service is not ready yet (status: pending)");
  CHECK(text(pending, "message").find("still starting up") != std::string::npos);
  CHECK(text(pending, "service_id") == id);
  CHECK(text(pending, "status") == "pending");
  CHECK(pending.at("endpoint").is_null());
  fixture.server.exit_by(first, 9);
  fixture.server.launch(id, 8001);
  CHECK(text(fixture.prompt(id), "error") == "Service is not ready yet (status: starting)");
}

TEST_CASE("a service that has failed says why it takes no prompts") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  fixture.server.exit_by(id, 9);
  const auto answer = fixture.prompt(id);
  CHECK(text(answer, "error") == "Service not available");
  CHECK(text(answer, "status") == "failed");
  CHECK_FALSE(text(answer, "technical_details").empty());
}

TEST_CASE("a server that takes no connections isn't available") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  fixture.targets.choose(id, UpstreamTarget{"127.0.0.1", 1, "", UpstreamReach::this_host});
  const auto answer = fixture.prompt(id);
  CHECK(text(answer, "error") == "Service not available");
  CHECK(text(answer, "status") == "running");
  CHECK(text(answer, "technical_details") == "The model server takes no connections");
}

TEST_CASE("what a model server does wrong is told in the form of the document") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  const auto answer_of = [&](const ScriptedUpstream::Script& script) {
    ScriptedUpstream upstream(script);
    fixture.targets.choose(id, upstream.target());
    const auto answer = fixture.prompt(id, R"({"prompt":"Hi","model":"m"})");
    CHECK(answer.at("success") == false);
    return answer;
  };
  const std::string no_template =
      plain_answer(R"({"error":{"message":"There is no Chat Template"}})", "400 Bad Request");

  const auto refused =
      answer_of(answering(one_model, plain_answer("No.", "429 Too Many Requests", "text/html")));
  CHECK(text(refused, "error") == "vLLM returned 429");
  CHECK(refused.at("status_code") == 429);
  CHECK(text(refused, "body") == "No.");
  CHECK(text(answer_of(answering(one_model, no_template, plain_answer("{}", "400 Bad Request"))),
             "error") == "vLLM completions returned 400");
  const auto empty = answer_of(answering(one_model, plain_answer(R"({"choices":[]})")));
  CHECK(text(empty, "error") == "No response generated");
  CHECK(empty.at("raw_response") == json::object{{"choices", json::array{}}});
  CHECK(text(answer_of(answering(one_model, no_template, plain_answer("<html>"))),
             "raw_response") == "<html>");
  const auto broken = answer_of([](ScriptedConnection& connection) { connection.request(); });
  CHECK(text(broken, "error").starts_with("Failed to connect to VLLM service: "));
  CHECK(text(answer_of(answering(one_model, std::string(event_stream_head) + "data: a\n\n")),
             "error") ==
        "Failed to connect to VLLM service: The model server answers with a stream");
  const std::string deep(100'000, '[');
  CHECK(text(answer_of(answering(one_model, plain_answer("{\"choices\":" + deep))), "error") ==
        "No response generated");
}

TEST_CASE("what is odd in an answer doesn't spoil the rest of it") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  const auto answer_of = [&](const std::string& body) {
    ScriptedUpstream upstream(answering(one_model, plain_answer(body)));
    fixture.targets.choose(id, upstream.target());
    return fixture.prompt(id, R"({"prompt":"Hi","model":"m"})");
  };
  for (const auto* count : {"1e400", "99999999999999999999999999", "-1", "1.5", "\"a\"", "null"}) {
    const auto answer = answer_of(fmt::format(
        R"({{"choices":[{{"message":{{"content":"x"}}}}],"usage":{{"prompt_tokens":3,"total_tokens":{}}}}})",
        count));
    INFO(count);
    CHECK(text(answer, "response") == "x");
    CHECK(answer.at("usage").at("prompt_tokens") == 3);
    CHECK(answer.at("usage").at("total_tokens").is_null());
  }
  // Shown as text where it can't be shown as it stands.
  CHECK(text(answer_of(R"({"choices":[],"size":1e400})"), "raw_response") ==
        R"({"choices":[],"size":1e400})");
}

TEST_CASE("the first served model is asked, and asked for again once it is gone") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running();
  std::atomic<int> lists{0}, changes{0};
  const auto said = [](std::string_view content) {
    return plain_answer(
        fmt::format(R"({{"choices":[{{"message":{{"content":"{}"}}}}]}})", content));
  };
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    for (auto asked = connection.request(); !asked.empty(); asked = connection.request()) {
      const auto model = changes == 0 ? "one" : "two";
      if (asked.find("/v1/models") != std::string::npos) {
        ++lists;
        connection.send(plain_answer(fmt::format(R"({{"data":["{}"]}})", model)));
      } else {
        connection.send(asked.find(fmt::format("\"model\":\"{}\"", model)) != std::string::npos
                            ? said(model)
                            : plain_answer("{}", "404 Not Found"));
      }
    }
  });
  fixture.targets.choose(id, upstream.target());
  CHECK(text(fixture.prompt(id), "response") == "one");
  CHECK(text(fixture.prompt(id), "response") == "one");
  CHECK(lists == 1);
  ++changes;
  CHECK(text(fixture.prompt(id), "response") == "two");
  CHECK(lists == 2);
}

TEST_CASE("the models of a service, and none where it can't be asked") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto id = fixture.running(gpt2);
  const auto models = [&](const std::string& of) {
    return fixture.server.get("/api/v1/vllm/" + of + "/models").at("models");
  };
  CHECK(models(id) == json::array{"gpt2"});
  CHECK(models("999") == json::array{});
  CHECK(models(fixture.server.create("inference/vllm")) == json::array{});
  fixture.targets.choose(id, UpstreamTarget{"127.0.0.1", 1, "", UpstreamReach::this_host});
  CHECK(models(id) == json::array{});
}

TEST_CASE("services that serve a language model are listed, ended ones too") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 4);
  const auto running = fixture.running(), ended = fixture.running();
  fixture.server.exit_by(ended, 9);
  fixture.server.create("storage/postgres");
  const auto waiting = fixture.server.create("vllm");
  const auto services = fixture.server.get("/api/v1/vllm/services").at("vllm_services");
  REQUIRE(services.as_array().size() == 3);
  CHECK(services.at(0) == json::object{{"id", running},
                                       {"name", "vllm-" + running},
                                       {"recipe_name", "inference/vllm"},
                                       {"endpoint", "http://127.0.0.1:8001"},
                                       {"status", "running"}});
  CHECK(text(services.at(1), "status") == "failed");
  CHECK(text(services.at(2), "recipe_name") == "vllm");
  CHECK(services.at(2).at("endpoint").is_null());
}
