#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "tests/http/aifactory/aifactory_server.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

/// Requests and their answers as text, byte for byte but for what every answer of the edge has.
class Transcript {
 public:
  explicit Transcript(AifactoryServer& server) : server_(server) {}

  void ask(std::string_view method, const std::string& target, const std::string& body = {},
           const AifactoryServer::Headers& headers = {}) {
    text_ += fmt::format("{} {}\n", method, target);
    for (const auto& line : headers) text_ += line + "\n";
    if (!body.empty()) text_ += "\n" + body + "\n";
    const auto answer = server_.ask(method, target, body, headers);
    text_ += "\n" + answer.head.substr(0, answer.head.find('\r')) + "\n";
    for (const auto name : {"Content-Type", "WWW-Authenticate", "Allow", "Location", "Retry-After"})
      if (const auto value = answer.header(name); !value.empty())
        text_ += fmt::format("{}: {}\n", name, value);
    text_ += fmt::format("\n{}\n\n----\n\n", answer.body);
  }

  void check(const std::string& name) const { check_golden("http/aifactory/" + name, text_); }

 private:
  AifactoryServer& server_;
  std::string text_;
};

}  // namespace

TEST_CASE("AI factory: the life of a service, byte for byte", "[golden]") {
  AifactoryServer server;
  server.add_node("mel2001", 1);
  Transcript transcript(server);
  transcript.ask(
      "POST", "/api/v1/services",
      R"({"recipe_name": "inference/vllm", "config": {"environment": {"VLLM_MODEL": "gpt2"}}})");
  server.await_status("1", "starting");
  transcript.ask("GET", "/api/v1/services/1");
  transcript.ask("GET", "/api/v1/services/1/logs");
  server.run("1", 20'000);
  server.write_logs("1", {"INFO:     Application startup complete.\n", "a warning\n"});
  transcript.ask("GET", "/api/v1/services/1/status");
  transcript.ask("GET", "/api/v1/services/1/logs");
  transcript.ask("POST", "/api/v1/services", R"({"recipe_name": "vllm"})");
  transcript.ask("GET", "/api/v1/services");
  transcript.ask("DELETE", "/api/v1/services/2");
  transcript.ask("GET", "/api/v1/services/2");
  server.exit_by("1", 9);
  transcript.ask("GET", "/api/v1/services/1");
  transcript.ask("GET", "/api/v1/services/1/logs");
  transcript.ask("DELETE", "/api/v1/services/1");
  transcript.check("life.http");
}

TEST_CASE("AI factory: a group of replicas, byte for byte", "[golden]") {
  AifactoryServer server;
  server.add_node("mel2001", 2);
  Transcript transcript(server);
  transcript.ask(
      "POST", "/api/v1/services",
      R"({"recipe_name": "inference/vllm", "config": {"resources": {"gpu": 2, "gpu_per_replica": 1}}})");
  for (const auto* const replica : {"1", "2"}) server.await_status(replica, "starting");
  transcript.ask("GET", "/api/v1/service-groups");
  transcript.ask("GET", "/api/v1/service-groups/sg-1/status");
  transcript.ask("GET", "/api/v1/services/1");
  transcript.ask("POST", "/api/v1/service-groups/sg-1/status", R"({"status": "cancelled"})");
  for (const auto* const replica : {"1", "2"}) server.await_status(replica, "cancelled");
  transcript.ask("GET", "/api/v1/service-groups/sg-1");
  transcript.ask("DELETE", "/api/v1/service-groups/sg-1");
  transcript.check("group.http");
}

TEST_CASE("AI factory: recipes and the server's pages, byte for byte", "[golden]") {
  AifactoryServer server;
  Transcript transcript(server);
  transcript.ask("GET", "/");
  transcript.ask("GET", "/health");
  transcript.ask("GET", "/api/v1/recipes");
  transcript.ask("GET", "/api/v1/recipes/inference/vllm");
  transcript.ask("GET", "/api/v1/recipes/vllm");
  transcript.ask("GET", "/api/v1/recipes/nothing");
  transcript.check("recipes.http");
}

TEST_CASE("AI factory: refusals, byte for byte", "[golden]") {
  AifactoryServer server;
  Transcript transcript(server);
  transcript.ask("POST", "/api/v1/services", R"({"config": {}})");
  transcript.ask("POST", "/api/v1/services", R"({"recipe_name": )");
  transcript.ask("POST", "/api/v1/services", "recipe_name=vllm", {"Content-Type: text/plain"});
  transcript.ask("POST", "/api/v1/services", R"({"recipe_name": "nothing"})");
  transcript.ask("GET", "/api/v1/services/1");
  transcript.ask("DELETE", "/api/v1/services/1");
  transcript.ask("GET", "/api/v1/services/1/status");
  transcript.ask("GET", "/api/v1/services/1/logs");
  transcript.ask("GET", "/api/v1/services/");
  transcript.ask("PUT", "/api/v1/services");
  transcript.ask("GET", "/api/v1/nothing");
  transcript.ask("GET", "/api/v1/services", {}, {"Host: example.org"});
  transcript.check("refusals.http");
}

TEST_CASE("AI factory: the document and its pages are served") {
  AifactoryServer server;
  const auto document = server.ask("GET", "/openapi.json");
  CHECK(document.status == 200);
  CHECK(document.body.find("\"openapi\": \"3.1.0\"") != std::string::npos);
  for (const auto* const page : {"/docs", "/redoc"}) {
    const auto answer = server.ask("GET", page);
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(answer.header("Content-Security-Policy").starts_with("default-src 'none'"));
  }
}
