#include "http/gpushare/agent_routes.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "actors/shared_node/shared_node.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "http/auth/credential.hpp"
#include "http/gpushare/agents.hpp"
#include "http/server/server.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "storage/system_clock.hpp"
#include "tests/http/gpushare/recording_sink.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {
namespace {

/// A server with the routes of agents, and two nodes: 17 dials in, 18 has an endpoint.
struct AgentRoutesFixture {
  AgentRoutesFixture() {
    register_node("17", NodeReach::agent);
    register_node("18", NodeReach::endpoint);
    heartbeats.expect("shared-17");
    context.clients = &clients;
    context.sharing = &sharing;
    context.agents = &agents;
    context.heartbeats = &heartbeats;
    Router router;
    add_agent_routes(router, context);
    ServerConfiguration configuration;
    configuration.port = 0;
    configuration.threads = 1;
    server = std::make_unique<HttpServer>(std::move(configuration), std::move(router));
    server->start();
  }
  ~AgentRoutesFixture() { server->drain(); }

  void register_node(const std::string& id, NodeReach reach) {
    SharedNodeRegistered offer;
    offer.client_id = "1";
    offer.model = offer.served_model = "tiny";
    offer.reach = reach;
    offer.token_digest = credential_digest_text("token of " + id);
    sharing.apply({++position, "shared_node/" + id, 1, Time{}, {"test", 0, {}}, std::move(offer)});
  }

  /// Checked against the document.
  WireAnswer ask(std::string_view method, std::string_view path, std::string_view body,
                 std::string_view token = "token of 17") {
    RawClient client(server->port());
    client.send(
        fmt::format("{} {} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    method, path, token, body.size(), body));
    auto answer = client.answer();
    const std::string_view pattern =
        path.starts_with("/orrery/v1/agent/work/") ? "/orrery/v1/agent/work/{work_id}" : path;
    CHECK(document.problem_with(fmt::format("{} {}", method, pattern), answer.status,
                                answer.header("Content-Type"), answer.body) == "");
    return answer;
  }

  std::string code_of(const WireAnswer& answer) {
    return std::string(boost::json::parse(answer.body).at("code").as_string());
  }

  SharedNodeDetails node_17() const { return *sharing.node("17"); }

  Position position = 0;
  SystemClock clock;
  SeededIdSource ids{1};
  ClientView clients;
  SharingView sharing;
  HeartbeatWatch heartbeats{clock, {}, [](const std::string&, bool) {}};
  gpushare::Agents agents{ids};
  GpushareContext context;
  OpenApiDocument document{"http/native/openapi.json"};
  std::unique_ptr<HttpServer> server;
};

TEST_CASE_METHOD(AgentRoutesFixture, "agents need the token of a node that dials in") {
  for (const auto* path : {"/orrery/v1/agent/heartbeat", "/orrery/v1/agent/work/1"}) {
    const auto stranger = ask("POST", path, "{}", "token of nobody");
    CHECK(stranger.status == 401);
    CHECK(stranger.header("WWW-Authenticate") == "Bearer");
    CHECK(code_of(ask("POST", path, "{}", "token of 18")) == "node_has_endpoint");
  }
}

TEST_CASE_METHOD(AgentRoutesFixture, "a heartbeat says how the GPUs are doing") {
  const auto answer = ask("POST", "/orrery/v1/agent/heartbeat",
                          R"({"gpus":[{"utilization_percent":37,"memory_used_mib":10240,)"
                          R"("memory_total_mib":24564,"temperature_c":61}]})");
  REQUIRE(answer.status == 200);
  CHECK(boost::json::parse(answer.body).at("heartbeat_s").to_number<int>() == 30);
  const auto sign = heartbeats.sign_of("shared-17");
  REQUIRE(sign);
  REQUIRE(sign->telemetry.size() == 1);
  CHECK(sign->telemetry[0].utilization_percent == 37);
  CHECK(sign->telemetry[0].temperature_c == 61);
  CHECK(ask("POST", "/orrery/v1/agent/heartbeat", "").status == 200);
  CHECK(ask("POST", "/orrery/v1/agent/heartbeat", "{").status == 400);
  CHECK(ask("POST", "/orrery/v1/agent/heartbeat", R"({"gpus":[{"utilization_percent":101}]})")
            .status == 400);
}

TEST_CASE_METHOD(AgentRoutesFixture, "pieces come back by HTTP") {
  const auto stream = agents.open("17");
  const auto sink = std::make_shared<RecordingSink>();
  const auto call = agents.start(node_17(), "Why?", sink);
  std::string lines;
  stream->pull(lines);
  const auto line = lines.substr(lines.find('\n') + 1);
  const auto path = fmt::format("/orrery/v1/agent/work/{}",
                                boost::json::parse(line).at("work").as_string().c_str());
  CHECK(ask("POST", path, R"({"first":1,"pieces":["b"]})").status == 409);
  CHECK(ask("POST", path, R"({"first":0,"pieces":[1]})").status == 400);
  CHECK(ask("POST", path, R"({"error":"tired"})").status == 400);
  CHECK(ask("POST", path, R"({"first":0,"pieces":["a","b"]})").status == 204);
  CHECK(ask("POST", path, R"({"first":1,"pieces":["b","c"],"end":{"tokens":3}})").status == 204);
  CHECK(sink->text() == "abc");
  CHECK(sink->end_token_count() == 3);
  CHECK(code_of(ask("POST", path, R"({"first":3,"pieces":["d"]})")) == "work_not_found");
  CHECK(heartbeats.sign_of("shared-17"));
}

TEST_CASE_METHOD(AgentRoutesFixture, "an agent that leaves says so") {
  const auto stream = agents.open("17");
  CHECK(agents.is_reachable(node_17()));
  CHECK(ask("POST", "/orrery/v1/agent/heartbeat", R"({"draining":true})").status == 200);
  CHECK_FALSE(agents.is_reachable(node_17()));
}

}  // namespace
}  // namespace orrery
