#include <catch2/catch.hpp>

#include <set>

#include <boost/json/parse.hpp>

#include "http/native/documents.hpp"
#include "tests/http/native/native_fixture.hpp"

using namespace orrery;

namespace {

boost::json::value json(const WireAnswer& answer) { return boost::json::parse(answer.body); }

std::vector<std::int64_t> positions(const boost::json::value& page) {
  std::vector<std::int64_t> found;
  for (const auto& item : page.at("items").as_array())
    found.push_back(item.at("position").to_number<std::int64_t>());
  return found;
}

}  // namespace

TEST_CASE("health, readiness and version") {
  NativeFixture native;
  RawClient client(native.server.port());
  CHECK(client.ask(get("/healthz")).body == R"({"status":"ok"})");
  CHECK(client.ask(get("/version")).body == R"({"name":"orrery","version":"1.2.3"})");
  native.append();
  const auto ready = client.ask(get("/readyz"));
  CHECK(ready.status == 200);
  CHECK(ready.body == R"({"status":"ready","log_head":1,"views_applied":1})");
}

TEST_CASE("a server whose log takes no writes is not ready, and says why") {
  NativeFixture native;
  native.log.set_fate([] { return CommitFate::fails_before_write; });
  CHECK_THROWS(native.append());
  RawClient client(native.server.port());
  const auto answer = client.ask(get("/readyz"));
  CHECK(answer.status == 503);
  CHECK(json(answer).at("reason").as_string() == "The log takes no writes.");
}

TEST_CASE("figures name routes, statuses and the log") {
  NativeFixture native;
  native.append();
  RawClient client(native.server.port());
  client.ask(get("/healthz"));
  client.ask(get("/nowhere"));
  const auto text = client.ask(get("/metrics")).body;
  const auto holds = [&](std::string_view line) { return text.find(line) != std::string::npos; };
  CHECK(holds(R"(orrery_http_requests_total{method="GET",route="/healthz",status="2xx"} 1)"));
  CHECK(holds(R"(orrery_http_requests_total{method="",route="none",status="4xx"} 1)"));
  CHECK(holds(R"(orrery_http_request_duration_seconds_count{method="GET",route="/healthz"} 1)"));
  CHECK(holds("orrery_http_connections_open 1"));
  CHECK(holds("orrery_log_head_position 1"));
  CHECK(holds("orrery_log_commits_total 1"));
  CHECK(holds("orrery_upstream_streams_open 0"));
}

TEST_CASE("figures of the fleet are for operators") {
  NativeFixture native;
  const auto happened = [&](std::string stream, Event event) {
    native.availability.apply({1, std::move(stream), 1, Time{}, {}, std::move(event)});
  };
  happened("node/n", NodeRegistered{"c", "A40", 2});
  for (std::uint32_t i = 0; i < 2; ++i)
    happened("gpu/n:" + std::to_string(i), GpuRegistered{"n", i, "A40"});
  happened("node/n", NodeBecameReady{});
  happened("lease/a", LeaseRequested{"vm/a", "c", "A40", 1, WhenFull::queue});
  RawClient client(native.server.port());
  const auto text = client.ask(get("/metrics", "Authorization: Bearer operator\r\n")).body;
  const auto holds = [&](std::string_view line) { return text.find(line) != std::string::npos; };
  CHECK(holds(R"(orrery_gpus{cluster="c",gpu_model="A40"} 2)"));
  CHECK(holds(R"(orrery_gpus_free{cluster="c",gpu_model="A40"} 1)"));
  CHECK(holds(R"(orrery_leases_waiting{cluster="c",gpu_model="A40"} 1)"));
  const auto others = client.ask(get("/metrics")).body;
  CHECK(others.find("orrery_gpus") == std::string::npos);
}

TEST_CASE("the log is the operator's alone") {
  NativeFixture native;
  RawClient client(native.server.port());
  const auto answer = client.ask(get("/orrery/v1/events"));
  CHECK(answer.status == 401);
  CHECK(answer.header("WWW-Authenticate") == "Bearer");
  CHECK(client.ask(get("/orrery/v1/events", "Authorization: Bearer x\r\n")).status == 401);
}

TEST_CASE("pages of the log follow one another without gap or overlap") {
  NativeFixture native;
  for (int i = 0; i < 5; ++i) native.append();
  RawClient client(native.server.port());
  const auto first = json(client.ask(get_events("?limit=3")));
  CHECK(positions(first) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(first.at("next").as_int64() == 4);
  CHECK(first.at("head").as_int64() == 5);
  const auto second = json(client.ask(get_events("?limit=3&from=4")));
  CHECK(positions(second) == std::vector<std::int64_t>{4, 5});
  CHECK(second.at("next").as_int64() == 6);
  const auto beyond = json(client.ask(get_events("?from=6")));
  CHECK(positions(beyond).empty());
  CHECK(beyond.at("next").as_int64() == 6);
  CHECK(second.at("items").at(0).at("type").as_string() == "node.cordoned");
}

TEST_CASE("pages can be of one stream and of one type") {
  NativeFixture native;
  for (int i = 0; i < 6; ++i) native.append(i % 2 == 0 ? "node/even" : "node/odd");
  RawClient client(native.server.port());
  const auto odd = json(client.ask(get_events("?stream=node/odd")));
  CHECK(positions(odd) == std::vector<std::int64_t>{2, 4, 6});
  CHECK(odd.at("next").as_int64() == 7);
  const auto some = json(client.ask(get_events("?stream=node/odd&from=3&limit=1")));
  CHECK(positions(some) == std::vector<std::int64_t>{4});
  CHECK(some.at("next").as_int64() == 5);
  CHECK(positions(json(client.ask(get_events("?type=node.cordoned")))).size() == 6);
  CHECK(positions(json(client.ask(get_events("?type=vm.started")))).empty());
}

TEST_CASE("an event is shown once the views have it, not before") {
  NativeFixture native;
  native.append();
  native.commit();
  RawClient client(native.server.port());
  const auto page = json(client.ask(get_events("?from=1")));
  CHECK(positions(page) == std::vector<std::int64_t>{1});
  CHECK(page.at("head").as_int64() == 1);
  CHECK(positions(json(client.ask(get_events("?stream=node/1")))) == std::vector<std::int64_t>{1});
}

TEST_CASE("a wrong parameter is named") {
  NativeFixture native;
  RawClient client(native.server.port());
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"?from=0", "invalid_from"},       {"?from=x", "invalid_from"},
      {"?from=-1", "invalid_from"},      {"?from=18446744073709551615", "invalid_from"},
      {"?limit=0", "invalid_limit"},     {"?limit=1001", "invalid_limit"},
      {"?type=no.such", "invalid_type"}, {"?limit=1%00", "invalid_limit"},
  };
  for (const auto& [query, code] : wrong) {
    CAPTURE(query);
    const auto answer = client.ask(get_events(query));
    CHECK(answer.status == 400);
    CHECK(json(answer).at("code").as_string() == code);
  }
}

TEST_CASE("a cursor beyond the head is refused, for what comes next would not be what follows it") {
  NativeFixture native;
  for (int i = 0; i < 5; ++i) native.append();
  RawClient client(native.server.port());
  const auto answer = client.ask(get_events("?from=7"));
  CHECK(answer.status == 409);
  CHECK(json(answer).at("code").as_string() == "cursor_beyond_head");
  const auto resumed = get_events("", "Accept: text/event-stream\r\nLast-Event-ID: 6\r\n");
  CHECK(client.ask(resumed).status == 409);
}

TEST_CASE("every document is served, and ours names every route we have") {
  NativeFixture native;
  RawClient client(native.server.port());
  for (const auto& document : openapi_documents()) {
    CAPTURE(document.name);
    const auto answer = client.ask(get("/openapi/" + std::string(document.name) + ".json"));
    CHECK(json(answer).at("openapi").as_string() == "3.1.0");
  }
  CHECK(client.ask(get("/openapi/nothing.json")).status == 404);
  std::set<std::string> served, documented;
  const auto router = native.make_router();
  for (const auto& route : router.routes()) served.insert(route.pattern);
  const auto document = json(client.ask(get("/openapi/native.json")));
  for (const auto& path : document.at("paths").as_object())
    documented.insert(std::string(path.key()));
  CHECK(served == documented);
}
