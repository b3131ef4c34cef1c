#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/json/timestamp.hpp"
#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

/// What one target answered, and when.
struct Memory {
  Position position = 0;
  std::string target;
  unsigned status = 0;
  std::string body;
  std::string etag;
};

/// A server whose project lives: VMs, disks and networks come, change and go, and after each step
/// everything about them is remembered as it was shown.
struct Life : MkinfServer {
  Life() {
    add_node("node-1", 8);
    await_default_network();
    for (const std::string_view list :
         {"/vms", "/disks", "/vpc/networks", "/vpc/subnets", "/vpc/firewall-rules",
          "/vms/operations", "/disks/operations", "/vpc/networks/operations"})
      targets.push_back(in_project(list));
    targets.emplace_back("/v0.1/projects");
    targets.emplace_back("/v0.1/organizations");
    targets.emplace_back("/orrery/v1/nodes/node-1");
    for (const auto& network : get(in_project("/vpc/networks")).at("items").as_array())
      targets.push_back(
          in_project(fmt::format("/vpc/networks/{}", network.at("id").as_string().c_str())));
    for (const auto& subnet : get(in_project("/vpc/subnets")).at("items").as_array())
      targets.push_back(
          in_project(fmt::format("/vpc/subnets/{}", subnet.at("id").as_string().c_str())));
    remember();
  }

  void add_target(std::string_view collection, const std::string& id) {
    targets.push_back(in_project(fmt::format("{}/{}", collection, id)));
  }

  /// Knows a thing and its operation by the answer that started it.
  std::string started(const json::value& answer, const std::string& collection) {
    const auto& operation = answer.at("operation");
    add_target(collection + "/operations", operation.at("operation_id").as_string().c_str());
    return operation.at("metadata").at("id").as_string().c_str();
  }

  std::string create_disk(std::string_view name) {
    const auto answer = post(
        in_project("/disks"),
        fmt::format(
            R"({{"name":"{}","type":"persistent-ssd","size":"10GiB","location":"us-east1-a"}})",
            name));
    const auto id = started(answer, "/disks");
    add_target("/disks", id);
    end_of(answer, "/disks");
    remember();
    return id;
  }

  std::string create_running_vm(std::string_view name) {
    const auto created = create_vm(name, "l40s-48gb.1x");
    add_target("/vms", created.vm_id);
    add_target("/vms/operations", created.operation_id);
    remember();
    finish_start(created.vm_id);
    ended(created.operation_id);
    remember();
    return created.vm_id;
  }

  void change_disks(const std::string& vm_id, std::string_view verb, const std::string& body) {
    const auto answer = post(in_project(fmt::format("/vms/{}/{}", vm_id, verb)), body);
    started(answer, "/vms");
    end_of(answer);
    remember();
  }
  void attach(const std::string& vm_id, const std::string& disk_id) {
    change_disks(vm_id, "attach-disks",
                 fmt::format(R"({{"attach_disks":[{{"disk_id":"{}","mode":"read-write",)"
                             R"("attachment_type":"data"}}]}})",
                             disk_id));
  }
  void detach(const std::string& vm_id, const std::string& disk_id) {
    change_disks(vm_id, "detach-disks", fmt::format(R"({{"detach_disks":["{}"]}})", disk_id));
  }

  void delete_vm(const std::string& vm_id) {
    const auto answer = delete_(in_project("/vms/" + vm_id));
    started(answer, "/vms");
    remember();
    finish_stop(vm_id);
    end_of(answer);
    remember();
  }

  /// A life with something of everything.
  void live() {
    const auto disk = create_disk("data");
    const auto one = create_running_vm("one");
    attach(one, disk);
    const auto two = create_running_vm("two");
    detach(one, disk);
    attach(two, disk);
    command<Node>("node-1", Node::Cordon{"maintenance"});
    remember();
    delete_vm(one);
    detach(two, disk);
    const auto gone = delete_(in_project("/disks/" + disk));
    started(gone, "/disks");
    end_of(gone, "/disks");
    remember();
    command<Node>("node-1", Node::Uncordon{});
    remember();
    delete_vm(two);
  }

  WireAnswer ask_as_of(const std::string& target, const std::string& moment) {
    const auto mark = target.find('?') == std::string::npos ? '?' : '&';
    return ask("GET", fmt::format("{}{}as_of={}", target, mark, moment), asking_of(target));
  }
  Asking asking_of(std::string_view target) const {
    return {{}, target.starts_with("/orrery") ? operator_key : tenant.access_key, {}};
  }

  /// Asks for everything while nothing happens.
  void remember() {
    for (;;) {
      const auto position = applied();
      std::vector<Memory> now;
      for (const auto& target : targets) {
        const auto answer = ask("GET", target, asking_of(target));
        now.push_back({position, target, answer.status, answer.body, answer.header("ETag")});
      }
      if (applied() != position || log.head() != position) continue;
      memories.insert(memories.end(), now.begin(), now.end());
      return;
    }
  }

  std::vector<std::string> targets;
  std::vector<Memory> memories;
  std::string operator_key = tenant.operator_key;
};

/// Answers a GET without a socket.
struct Unwired {
  explicit Unwired(Router given) : router(std::move(given)) {}

  Response ask(const std::string& path, const std::string& query, const std::string& credential) {
    Request request;
    request.method = Method::get;
    request.path = path;
    request.query = query;
    request.headers.emplace_back("Authorization", credential);
    request.request_id = "test";
    std::vector<std::string_view> parameters;
    const auto match = router.match(request.method, request.path, parameters);
    REQUIRE(match.status == 0);
    request.path_parameters = parameters;
    std::promise<Response> given;
    (*match.handler)(
        request,
        Responder(std::make_shared<PendingAnswer>(PendingAnswer::Relay{
            .take = [&](GivenAnswer answer) { given.set_value(std::move(answer.response)); },
            .is_wanted = [] { return true; }})));
    return given.get_future().get();
  }

  Router router;
};

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

}  // namespace

TEST_CASE("whatever was shown once is shown again as of then") {
  Life life;
  life.live();
  REQUIRE(life.memories.size() > 200);
  for (const auto& memory : life.memories) {
    INFO(memory.target << " as of " << memory.position);
    const auto again = life.ask_as_of(memory.target, std::to_string(memory.position));
    REQUIRE(again.status == memory.status);
    REQUIRE(again.body == memory.body);
    REQUIRE(again.header("ETag") == memory.etag);
    REQUIRE(again.header("Orrery-As-Of") == std::to_string(memory.position));
  }
  CHECK(life.hindsight->short_path_count() > 100);
}

TEST_CASE("an answer from a few streams is the one from all views, at every position") {
  Life life;
  life.live();
  const auto slow = life.make_hindsight();
  const auto quick = life.make_hindsight();
  life.add_short_paths(*quick);
  Unwired whole(life.make_router(*slow));
  Unwired fast(life.make_router(*quick));
  for (Position position = 0; position < life.log.head(); ++position)
    for (const auto& target : life.targets) {
      INFO(target << " as of " << position);
      const auto query = fmt::format("as_of={}", position);
      const auto credential = "Bearer " + life.asking_of(target).key;
      const auto expected = whole.ask(target, query, credential);
      const auto answer = fast.ask(target, query, credential);
      REQUIRE(answer.status == expected.status);
      REQUIRE(answer.payload() == expected.payload());
      REQUIRE(header_of(answer, "ETag") == header_of(expected, "ETag"));
    }
  CHECK(slow->short_path_count() == 0);
  CHECK(quick->short_path_count() > 100);
}

TEST_CASE("who looks back opens one router") {
  Life life;
  CHECK_THROWS_AS(life.make_router(*life.hindsight), std::logic_error);
}

TEST_CASE("a time is as good as a position") {
  Life life;
  const auto vms = life.in_project("/vms");
  life.clock.advance(std::chrono::seconds(60));
  const auto before = rfc3339_seconds(life.clock.now());
  life.clock.advance(std::chrono::seconds(60));
  const auto created = life.create_running_vm("one");
  const auto after = rfc3339_seconds(life.clock.now());
  life.clock.advance(std::chrono::seconds(60));
  life.delete_vm(created);

  const auto count = [&](const std::string& moment) {
    return json::parse(life.ask_as_of(vms, moment).body).at("items").as_array().size();
  };
  CHECK(count(before) == 0);
  CHECK(count(after) == 1);
  CHECK(count(rfc3339_seconds(life.clock.now())) == 0);
  CHECK(life.ask_as_of(vms, "2001-01-01T00:00:00Z").status == 404);  // There was no project yet.
}

TEST_CASE("as of the head is now, byte for byte") {
  Life life;
  life.create_running_vm("one");
  const auto head = life.applied();
  for (const auto& target : life.targets) {
    INFO(target);
    const auto now = life.ask("GET", target, life.asking_of(target));
    const auto then = life.ask_as_of(target, std::to_string(head));
    CHECK(then.status == now.status);
    CHECK(then.body == now.body);
    CHECK(then.header("ETag") == now.header("ETag"));
  }
  CHECK(life.hindsight->edges().made_count() == 0);
}

TEST_CASE("as_of goes with the other parameters of a list") {
  Life life;
  life.create_running_vm("one");
  life.create_running_vm("two");
  const auto head = life.applied();
  life.create_running_vm("three");
  const auto vms = life.in_project("/vms");
  const auto both = life.ask("GET", fmt::format("{}?as_of={}&names=two", vms, head),
                             {{}, life.tenant.access_key, {}});
  const auto items = json::parse(both.body).at("items").as_array();
  REQUIRE(items.size() == 1);
  CHECK(items[0].at("name") == "two");
  const auto page = life.ask("GET", fmt::format("{}?limit=1&as_of={}", vms, head),
                             {{}, life.tenant.access_key, {}});
  CHECK(json::parse(page.body).at("items").as_array().size() == 1);
  const auto wrong = life.ask("GET", fmt::format("{}?limit=none&as_of={}", vms, head),
                              {{}, life.tenant.access_key, {}});
  CHECK(wrong.status == 400);
}

TEST_CASE("what is no moment of the past is refused in the dialect's form") {
  Life life;
  const auto vms = life.in_project("/vms");
  const auto refused = [&](std::string_view method, const std::string& target) {
    const auto answer =
        life.ask(method, target, {method == "POST" ? "{}" : "", life.tenant.access_key, {}});
    INFO(target << " " << answer.body);
    CHECK(answer.status == 400);
    return std::string(json::parse(answer.body).at("message").as_string());
  };
  CHECK(refused("GET", vms + "?as_of=") ==
        "as_of must be a position (such as 4711) or a time (such as 2026-01-31T12:00:00Z).");
  CHECK(refused("GET", vms + "?as_of=yesterday").starts_with("as_of must be a position"));
  CHECK(refused("GET", vms + "?as_of=-1").starts_with("as_of must be a position"));
  CHECK(refused("GET", vms + "?as_of=1&as_of=2") == "as_of may be said only once.");
  CHECK(refused("GET", vms + "?as_of=99999999").find("in the future") != std::string::npos);
  CHECK(refused("GET", vms + "?as_of=2999-01-01T00:00:00Z").find("in the future") !=
        std::string::npos);
  CHECK(refused("POST", vms + "?as_of=1").starts_with("as_of is for reading"));
  CHECK(refused("GET", "/v0.1?as_of=1").find("ask without as_of") != std::string::npos);
  CHECK(life.ask("GET", vms + "?as%5Fof=1", {{}, life.tenant.access_key, {}}).status == 404);
}

TEST_CASE("who is let in is decided by the present") {
  Life life;
  const auto vm_id = life.create_running_vm("one");
  const auto then = std::to_string(life.applied());
  const auto target = life.in_project("/vms/" + vm_id);
  CHECK(life.ask("GET", target + "?as_of=" + then, {}).status == 401);
  CHECK(life.ask("GET", target + "?as_of=" + then, {{}, "wrong", {}}).status == 401);
  CHECK(life.ask("GET", target + "?as_of=" + then, {{}, life.stranger.access_key, {}}).status ==
        404);
  // Nobody learns from the refusal how long the log is.
  CHECK(life.ask("GET", target + "?as_of=99999999", {}).status == 401);
  life.delete_vm(vm_id);
  CHECK(life.ask_as_of(target, then).status == 200);
  CHECK(life.ask("GET", target + "?as_of=" + then, {{}, life.stranger.access_key, {}}).status ==
        404);
}

TEST_CASE("answers of the past say how they may be kept") {
  Life life;
  const auto vm_id = life.create_running_vm("one");
  const auto then = std::to_string(life.applied());
  life.create_running_vm("two");
  const auto target = life.in_project("/vms/" + vm_id);
  const auto answer = life.ask_as_of(target, then);
  CHECK(answer.header("Cache-Control") == "private, no-cache");
  const auto known = life.ask(
      "GET", target + "?as_of=" + then,
      {{}, life.tenant.access_key, {fmt::format("If-None-Match: {}", answer.header("ETag"))}});
  CHECK(known.status == 304);
}

TEST_CASE("a request that came while nothing had happened yet is answered from nothing") {
  Life life;
  CHECK(life.ask_as_of(life.in_project("/vms"), "0").status == 404);
  CHECK(life.ask_as_of("/v0.1/projects", "0").body == "[]");
}
