#include <catch2/catch.hpp>

#include <boost/json/parse.hpp>

#include "tests/http/native/native_fixture.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

/// A node that somebody registered, that became ready because of it, and was cordoned later.
struct HistoryFixture : NativeFixture {
  HistoryFixture() {
    write("node/a", NodeRegistered{"c", "A40", 2}, {"account/ann", 0, "request-1"});
    write("node/a", NodeBecameReady{}, {"driver", 1, "request-1"});
    write("node/b", NodeRegistered{"c", "A40", 4}, {"account/ann", 0, "request-2"});
    write("node/a", NodeCordoned{"smoke", "operator"}, {"account/bob", 0, "request-3"});
  }

  void write(const std::string& stream, Event event, Origin origin) {
    const auto version = log.version_of(stream);
    orrery::commit(log, {{stream, version, {event}, {}, origin}});
    feed.on_commit(std::make_shared<const std::vector<RecordedEvent>>(
        1, RecordedEvent{log.head(), stream, version + 1, Time{}, origin, event}));
  }

  WireAnswer ask(const std::string& target) {
    RawClient client(server.port());
    return client.ask(get(target, "Authorization: Bearer operator\r\n"));
  }

  boost::json::value json(const std::string& target, const std::string& pattern) {
    const auto answer = ask(target);
    CAPTURE(target, answer.body);
    CHECK(answer.status == 200);
    CHECK(document.problem_with("GET " + pattern, answer.status, answer.header("Content-Type"),
                                answer.body) == "");
    return boost::json::parse(answer.body);
  }

  std::string code(const std::string& target, unsigned status) {
    const auto answer = ask(target);
    CAPTURE(target, answer.body);
    CHECK(answer.status == status);
    return std::string(boost::json::parse(answer.body).at("code").as_string());
  }

  OpenApiDocument document{"http/native/openapi.json"};
};

const std::string why_pattern = "/orrery/v1/why/{kind}/{id}";
const std::string resource_pattern = "/orrery/v1/resources/{kind}/{id}";

}  // namespace

TEST_CASE("why shows operators the requests behind a resource, and what they led to") {
  HistoryFixture history;
  const auto tree = history.json("/orrery/v1/why/node/a", why_pattern);
  CHECK(tree.at("event_count").as_int64() == 3);
  const auto& roots = tree.at("roots").as_array();
  REQUIRE(roots.size() == 2);
  CHECK(roots[0].at("principal").as_string() == "account/ann");
  CHECK(roots[0].at("request_id").as_string() == "request-1");
  CHECK(roots[0].at("events").at(0).at("led_to").at(0).at("type").as_string() ==
        "node.became_ready");
  CHECK(roots[1].at("principal").as_string() == "account/bob");
}

TEST_CASE("why can be asked of one event, and as of a moment") {
  HistoryFixture history;
  const auto event = history.json("/orrery/v1/why?event=2", "/orrery/v1/why");
  CHECK(event.at("roots").at(0).at("events").at(0).at("position").as_int64() == 1);
  const auto then = history.json("/orrery/v1/why/node/a?to=2", why_pattern);
  CHECK(then.at("roots").as_array().size() == 1);
  CHECK(then.at("as_of").as_int64() == 2);
}

TEST_CASE("a resource is shown as it was, with all its fields") {
  HistoryFixture history;
  const auto then = history.json("/orrery/v1/resources/node/a?to=1", resource_pattern);
  CHECK(then.at("phase").as_string() == "registered");
  CHECK_FALSE(then.at("fields").at("ready").as_bool());
  const auto now = history.json("/orrery/v1/resources/node/a", resource_pattern);
  CHECK(now.at("version").as_int64() == 3);
  CHECK(now.at("fields").at("cordon_owners").at(0).as_string() == "operator");
  CHECK(history.code("/orrery/v1/resources/node/b?to=2", 404) == "resource_not_found");
}

TEST_CASE("a diff names resources and fields") {
  HistoryFixture history;
  const auto diff = history.json("/orrery/v1/diff?from=1", "/orrery/v1/diff");
  const auto& changes = diff.at("changes").as_array();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].at("resource").as_string() == "node/a");
  CHECK(changes[0].at("change").as_string() == "changed");
  CHECK(changes[0].at("fields").at(1).at("path").as_string() == "/ready");
  CHECK(changes[1].at("change").as_string() == "appeared");
  const auto one = history.json("/orrery/v1/diff?from=0&resource=node/b", "/orrery/v1/diff");
  CHECK(one.at("changes").as_array().size() == 1);
}

TEST_CASE("wrong questions about the history are told what would be right") {
  HistoryFixture history;
  CHECK(history.code("/orrery/v1/why", 400) == "nothing_asked");
  CHECK(history.code("/orrery/v1/why?event=5", 400) == "invalid_number");
  CHECK(history.code("/orrery/v1/why/node/a?to=5", 400) == "invalid_moment");
  CHECK(history.code("/orrery/v1/why/node/a?to=yesterday", 400) == "invalid_moment");
  CHECK(history.code("/orrery/v1/why/node/a?to=2999-01-01T00:00:00Z", 400) == "invalid_moment");
  CHECK(history.code("/orrery/v1/why/node/nobody", 404) == "resource_not_found");
  CHECK(history.code("/orrery/v1/why/node/b?to=1", 404) == "resource_not_found");
  CHECK(history.code("/orrery/v1/diff?from=3&to=1", 400) == "invalid_range");
  CHECK(history.code("/orrery/v1/diff?from=1&limit=0", 400) == "invalid_number");
}

TEST_CASE("the history is the operator's alone") {
  HistoryFixture history;
  for (const auto* target : {"/orrery/v1/why/node/a", "/orrery/v1/why?event=1",
                             "/orrery/v1/resources/node/a", "/orrery/v1/diff?from=1"}) {
    RawClient client(history.server.port());
    CHECK(client.ask(get(target)).status == 401);
  }
}
