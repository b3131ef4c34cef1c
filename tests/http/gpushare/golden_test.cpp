#include <regex>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "tests/http/gpushare/gpushare_server.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

/// Without what differs from one server to the next.
std::string without_secrets(std::string text) {
  const std::pair<const char*, const char*> masks[] = {
      {"[0-9a-f]{40}", "<token>"},
      {"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<device>"},
      {"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{6})?Z", "<time>"}};
  for (const auto& [pattern, mask] : masks)
    text = std::regex_replace(text, std::regex(pattern), mask);
  return text;
}

/// Requests and their answers as text, byte for byte but for what every answer of the edge has.
class Transcript {
 public:
  explicit Transcript(GpushareServer& server) : server_(server) {}

  WireAnswer ask(std::string_view method, const std::string& target, const std::string& body = {},
                 const std::vector<std::string>& headers = {}) {
    text_ += fmt::format("{} {}\n", method, target);
    for (const auto& line : headers) text_ += line + "\n";
    if (!body.empty()) text_ += "\n" + body + "\n";
    const auto answer = server_.ask(method, target, {body, headers});
    text_ += "\n" + answer.head.substr(0, answer.head.find('\r')) + "\n";
    for (const auto name : {"Content-Type", "Location", "WWW-Authenticate", "Allow", "Retry-After"})
      if (const auto value = answer.header(name); !value.empty())
        text_ += fmt::format("{}: {}\n", name, value);
    text_ += fmt::format("\n{}\n\n----\n\n", answer.body);
    return answer;
  }

  void check(const std::string& name) const {
    check_golden("http/gpushare/" + name, without_secrets(text_));
  }

 private:
  GpushareServer& server_;
  std::string text_;
};

constexpr const char* machine =
    R"({"gpu_info":"NVIDIA GeForce RTX 4090","cpu_name":"AMD EPYC","cpu_core":16,)"
    R"("cpu_frequency":3.5,"total_memory":"64 GB","total_swap":"8 GB","ram":"64 GB",)"
    R"("os_name":"Debian","os_version":"12","user":1})";

}  // namespace

TEST_CASE("GPU sharing: a client, byte for byte", "[golden]") {
  GpushareServer server;
  Transcript transcript(server);
  transcript.ask("POST", "/client/register/",
                 R"({"username":"anna","email":"anna@example.com","password":"a long password",)"
                 R"("confirm_password":"a long password","terms_accepted":true})");
  const auto login =
      json_of(transcript.ask("POST", "/client/login/",
                             R"({"email":"anna@example.com","password":"a long password"})"),
              201);
  const std::vector<std::string> by_token{fmt::format(
      "Authorization: Token {}", std::string_view(login.at("token").as_string().c_str()))};
  transcript.ask("GET", "/client/list/", {}, by_token);
  transcript.ask("GET", "/client/list/1/", {}, by_token);
  transcript.ask("PUT", "/client/list/1/",
                 R"({"user":{"username":"anne","email":"anne@example.com"},"phone_no":"110",)"
                 R"("user_image":7,"terms_accepted":true})",
                 by_token);
  transcript.ask("PATCH", "/client/list/1/", R"({"phone_no":null})", by_token);
  transcript.ask("DELETE", "/client/list/1/", {}, by_token);
  transcript.ask("GET", "/client/list/1/", {}, by_token);
  transcript.check("client.http");
}

TEST_CASE("GPU sharing: a machine, byte for byte", "[golden]") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const std::vector<std::string> by_token{anna.authorization()};
  Transcript transcript(server);
  transcript.ask("POST", "/gpu/list/", machine, by_token);
  transcript.ask("GET", "/gpu/list/", {}, by_token);
  transcript.ask("PATCH", "/gpu/list/1/", R"({"ram":"128 GB"})", by_token);
  transcript.ask("DELETE", "/gpu/list/1/", {}, by_token);
  transcript.check("machine.http");
}

TEST_CASE("GPU sharing: refusals, byte for byte", "[golden]") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const std::vector<std::string> by_token{anna.authorization()};
  Transcript transcript(server);
  transcript.ask("GET", "/client/list/");
  transcript.ask("GET", "/client/list/", {}, {"Authorization: Token nonsense"});
  transcript.ask("GET", "/client/list", {}, by_token);
  transcript.ask("GET", "/client/list/7/", {}, by_token);
  transcript.ask("POST", "/client/list/", "{}", by_token);
  transcript.ask("DELETE", "/gpu/list/", {}, by_token);
  transcript.ask("POST", "/gpu/list/", "{\"gpu_info\":", by_token);
  transcript.ask("POST", "/gpu/list/", R"({"gpu_info":"","cpu_name":null,"user":9})", by_token);
  transcript.ask("POST", "/inference/", R"({"client":9,"question_text":" "})", by_token);
  transcript.ask("PUT", "/client/list/1/", R"({"user":{"username":"a b"},"user_image":-1})",
                 by_token);
  transcript.ask("DELETE", "/llm_models/deregister/", "{}");
  transcript.check("refusals.http");
}
