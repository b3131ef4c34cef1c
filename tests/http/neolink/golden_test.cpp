#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/http/neolink/neolink_server.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

/// Requests and their answers as text, byte for byte but for what every answer of the edge has.
class Transcript {
 public:
  explicit Transcript(NeolinkServer& server) : server_(server) {}

  WireAnswer ask(std::string_view method, const std::string& target, const std::string& body = {},
                 const std::vector<std::string>& headers = {}) {
    text_ += fmt::format("{} /mdc/api/v1{}\n", method, target);
    for (const auto& line : headers) text_ += line + "\n";
    if (!body.empty()) text_ += "\n" + body + "\n";
    const auto answer = server_.ask_as(server_.customer, method, target, body, headers);
    text_ += "\n" + answer.head.substr(0, answer.head.find('\r')) + "\n";
    for (const auto name : {"Content-Type", "WWW-Authenticate", "Allow", "Retry-After"})
      if (const auto value = answer.header(name); !value.empty())
        text_ += fmt::format("{}: {}\n", name, value);
    text_ += fmt::format("\n{}\n\n----\n\n", answer.body);
    return answer;
  }

  void check(const std::string& name) const { check_golden("http/neolink/" + name, text_); }

 private:
  NeolinkServer& server_;
  std::string text_;
};

std::string name_in(const WireAnswer& answer) {
  return boost::json::parse(boost::json::string_view(answer.body)).at("name").as_string().c_str();
}

}  // namespace

TEST_CASE("NeoLink: what is on offer, byte for byte", "[golden]") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 4);
  Transcript transcript(server);
  transcript.ask("GET", "/regions");
  transcript.ask("GET", "/skus/computings?region_id=14c5a9e3-0d09-4aa0-99d3-c096b80cceaa");
  transcript.check("offers.http");
}

TEST_CASE("NeoLink: the life of an instance, byte for byte", "[golden]") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 4);
  server.top_up(100'000);
  Transcript transcript(server);
  const auto name =
      name_in(transcript.ask("POST", NeolinkServer::instances(), NeolinkServer::create_body()));
  const auto one = NeolinkServer::instances("/" + name);
  server.finish_start(name);
  transcript.ask("GET", NeolinkServer::instances());
  transcript.ask("GET", one);
  server.clock.advance(std::chrono::minutes(10));
  transcript.ask("POST", one + "/power_off", R"({"gracePeriodSeconds": 10})");
  transcript.ask("GET", one);
  server.finish_stop(name);
  transcript.ask("POST", one + "/power_on");
  server.finish_start(name);
  transcript.ask("GET", one);
  transcript.ask("DELETE", NeolinkServer::instances("?name=" + name));
  transcript.ask("GET", one);
  server.finish_stop(name);
  server.await_status(name, "");
  transcript.ask("GET", one);
  transcript.ask("GET", NeolinkServer::instances());
  transcript.check("instance_life.http");
}

TEST_CASE("NeoLink: errors, byte for byte", "[golden]") {
  NeolinkServer server;
  Transcript transcript(server);
  const auto instances = NeolinkServer::instances();
  transcript.ask("POST", instances, "{\n  \"Cost\": {}\n  \"image\": \"b\"\n}");
  transcript.ask("POST", instances, R"({"Cost": {"CostType": "7"}})");
  transcript.ask("POST", instances, NeolinkServer::create_body());
  server.add_node("gpu-4090-03", 1);
  transcript.ask("POST", instances, NeolinkServer::create_body());
  transcript.ask("POST", instances,
                 NeolinkServer::create_body([](auto& body) { body["namespace"] = "yyy"; }));
  transcript.ask("GET", instances + "/instance-00000000");
  transcript.ask("GET", "/clusters/elsewhere/instances");
  transcript.ask("DELETE", instances);
  transcript.ask("GET", "/skus");
  transcript.ask("PUT", "/regions");
  transcript.check("errors.http");
}
