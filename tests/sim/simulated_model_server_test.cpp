#include "sim/simulated_model_server.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "http/upstream/upstream_target.hpp"
#include "sim/simulated_completion.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

struct Models {
  Models() { server.start(); }

  WireAnswer ask(std::string_view path, std::string_view body = {}) {
    RawClient client(server.port());
    return client.ask(fmt::format("{} {} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}",
                                  body.empty() ? "GET" : "POST", path, body.size(), body));
  }

  SimulatedModelServer server{[](std::string_view id) -> std::optional<std::string> {
    if (id == "7") return "Qwen/Qwen2.5-0.5B-Instruct";
    return std::nullopt;
  }};
};

SimulatedRequest request_of(std::string_view body, bool is_chat) {
  return read_simulated_request(body, is_chat).value();
}

std::string events_of(const SimulatedRequest& request) {
  const auto stream = simulated_stream(request, "m");
  std::string events;
  while (stream->pull(events) != ResponseStream::Next::end) {
  }
  return events;
}

}  // namespace

TEST_CASE("the same prompt always gets the same text, which says that it is simulated") {
  const auto text = simulated_text("Hello", 1000).text();
  CHECK(text == simulated_text("Hello", 1000).text());
  CHECK(text != simulated_text("Hello!", 1000).text());
  CHECK(text.starts_with("This is a simulated answer; no model has read the prompt. "));
  CHECK(simulated_text("Hello", 3).text() == "This is a");
  CHECK(simulated_text("Hello", 3).is_cut);
  CHECK(simulated_text("Hello", 0).tokens.empty());
}

TEST_CASE("only services that serve answer, below their own paths") {
  Models models;
  const auto target = models.server.target_of("7");
  CHECK(target.base_path == "/services/7");
  CHECK(target.reach == UpstreamReach::this_host);
  const auto listed = json::parse(models.ask("/services/7/v1/models").body);
  CHECK(listed.at("data").at(0).at("id") == "Qwen/Qwen2.5-0.5B-Instruct");
  CHECK(models.ask("/services/8/v1/models").status == 503);
  CHECK(models.ask("/services/8/v1/completions", "{}").status == 503);
  CHECK(models.ask("/services/7/health").status == 200);
}

TEST_CASE("what cannot be completed is refused as vLLM does it") {
  Models models;
  const auto refusal = [&](std::string_view path, std::string_view body) {
    return models.ask(fmt::format("/services/7/v1/{}", path), body).status;
  };
  CHECK(refusal("completions", R"({"model":"other","prompt":"a"})") == 404);
  CHECK(refusal("completions", R"({"prompt":7})") == 400);
  CHECK(refusal("chat/completions", R"({"messages":"a"})") == 400);
  CHECK(refusal("chat/completions", "[") == 400);
  CHECK(refusal("chat/completions", R"({"messages":[{"role":"user","content":"Hi"}]})") == 200);
}

TEST_CASE("a stream's tokens together are the whole answer") {
  const auto request =
      request_of(R"({"messages":[{"role":"user","content":"Hi"}],"stream":true})", true);
  const auto whole = json::parse(simulated_completion(request, "m"));
  std::string text;
  const auto events = events_of(request);
  for (std::size_t at = 0; (at = events.find("data: {", at)) != std::string::npos;) {
    const auto end = events.find("\n\n", at);
    const auto event = json::parse(events.substr(at + 6, end - at - 6));
    const auto& delta = event.at("choices").at(0).at("delta").as_object();
    if (const auto* content = delta.if_contains("content")) text += content->as_string().c_str();
    at = end;
  }
  CHECK(text == whole.at("choices").at(0).at("message").at("content").as_string().c_str());
  CHECK(events.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("usage counts what was said, where it is asked for") {
  const auto request = request_of(
      R"({"prompt":["one two","three"],"stream":true,"stream_options":{"include_usage":true},"max_tokens":4})",
      false);
  const auto whole = json::parse(simulated_completion(request, "m"));
  CHECK(whole.at("usage").at("completion_tokens") == 4);
  CHECK(whole.at("choices").at(0).at("finish_reason") == "length");
  CHECK(events_of(request).find(
            R"("usage":{"prompt_tokens":2,"completion_tokens":4,"total_tokens":6})") !=
        std::string::npos);
}
