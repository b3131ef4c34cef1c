#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/auth/credential.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/server/server.hpp"
#include "projections/services/service_view.hpp"
#include "storage/clock.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;

namespace {

/// The administration over views that the test itself tells what happened.
class ServicesAtRest {
 public:
  ServicesAtRest() {
    AccessKeyIssued key;
    key.digest = credential_digest_text("the operator's");
    key.scope = KeyScope::operator_;
    happened("token/k1", key);
    server.start();
  }

  void happened(const std::string& stream, Event event) {
    const RecordedEvent recorded{
        ++position_,         stream,          1, Time(std::chrono::seconds(position_)),
        {"test", 0, "test"}, std::move(event)};
    identity.apply(recorded);
    services.apply(recorded);
  }
  void requested(const std::string& id) {
    ServiceRequested request;
    auto& specification = request.specification;
    specification.recipe_name = specification.recipe = "inference/vllm";
    specification.recipe_version = "0.2.0";
    specification.name = "vllm-" + id;
    specification.cluster = "ai-factory";
    specification.resources = {2, 32'768, 1, "", 15};
    happened("service/" + id, request);
  }

  WireAnswer ask(std::string_view path, std::string_view key = "the operator's") {
    RawClient client(server.port());
    const auto answer = client.ask(fmt::format(
        "GET /orrery/v1{} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", path,
        key));
    const bool is_list = path.find('/', 1) == std::string_view::npos;
    const std::string route =
        is_list ? "GET /orrery/v1/services" : "GET /orrery/v1/services/{service_id}";
    CHECK(document_.problem_with(route, answer.status, answer.header("Content-Type"),
                                 answer.body) == "");
    return answer;
  }
  boost::json::value get(std::string_view path) {
    const auto answer = ask(path);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return boost::json::parse(answer.body);
  }
  std::vector<std::string> listed(std::string_view query) {
    std::vector<std::string> ids;
    const auto json = get("/services" + std::string(query));
    for (const auto& item : json.at("items").as_array())
      ids.emplace_back(item.at("id").as_string());
    return ids;
  }

 private:
  class StandingClock : public Clock {
   public:
    Time now() const override { return Time(std::chrono::seconds(1'000)); }
  };

  Router make_router() {
    AdminContext context;
    context.identity = &identity;
    context.services = &services;
    context.clock = &clock;
    Router router;
    add_admin_routes(router, std::move(context));
    return router;
  }
  static ServerConfiguration on_any_port() {
    ServerConfiguration configuration;
    configuration.port = 0;
    configuration.threads = 1;
    return configuration;
  }

  IdentityView identity;
  ServiceView services;
  StandingClock clock;
  OpenApiDocument document_{"http/native/openapi.json"};
  HttpServer server{on_any_port(), make_router()};
  Position position_ = 0;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("operators see where a service runs and how it ended") {
  ServicesAtRest admin;
  admin.requested("17");
  admin.happened("service/17", ServicePlaced{"service-17", "mel2001", {0, 1}, 42});
  admin.happened("service/17", ServiceLaunched{"mel2001", 8'001});
  admin.happened("service/17", ServiceBecameReady{});
  auto service = admin.get("/services/17");
  CHECK(service.at("status") == "running");
  CHECK(service.at("reason").is_null());
  CHECK(service.at("placement").at("node_id") == "mel2001");
  CHECK(service.at("placement").at("gpu_indices").as_array().size() == 2);
  CHECK(service.at("address").at("port") == 8'001);
  CHECK(service.at("history").as_array().size() == 3);
  CHECK_FALSE(service.at("ended").as_bool());

  admin.happened("service/17",
                 ServiceEnded{ServiceOutcome::failed, "killed", "By signal 9.", {}, 9});
  service = admin.get("/services/17");
  CHECK(service.at("status") == "failed");
  CHECK(service.at("reason_code") == "killed");
  CHECK(service.at("signal") == 9);
  CHECK(service.at("exit_code").is_null());
  CHECK(service.at("confirmed").as_bool());
}

TEST_CASE("operators see what a service waits for") {
  ServicesAtRest admin;
  admin.requested("17");
  admin.happened("lease/service-17", LeaseQueued{});
  const auto service = admin.get("/services/17");
  CHECK(service.at("reason_code") == "queued");
  CHECK(service.at("placement").is_null());
  CHECK(service.at("address").is_null());
}

TEST_CASE("services are listed page by page, by status and by group") {
  ServicesAtRest admin;
  for (const auto* id : {"7", "8", "9"}) admin.requested(id);
  admin.happened("service/8", ServiceEnded{});
  ServiceGroupRequested group;
  group.specification.name = "vllm";
  group.node_count = group.replica_count = 1;
  group.service_ids = {"10"};
  admin.happened("service_group/sg-10", group);

  CHECK(admin.listed("") == Ids{"7", "8", "9", "10"});
  CHECK(admin.listed("?status=completed") == Ids{"8"});
  CHECK(admin.listed("?group=sg-10") == Ids{"10"});
  CHECK(admin.listed("?limit=2") == Ids{"7", "8"});
  CHECK(admin.get("/services?limit=2").at("next") == "8");
  CHECK(admin.listed("?limit=2&after=8") == Ids{"9", "10"});
  CHECK(admin.get("/services/10").at("replica").at("group_id") == "sg-10");
}

TEST_CASE("wrong questions about services are refused, and strangers are told nothing") {
  ServicesAtRest admin;
  CHECK(admin.ask("/services?status=happy").status == 400);
  CHECK(admin.ask("/services?limit=0").status == 400);
  CHECK(admin.ask("/services?after=99").status == 400);
  CHECK(admin.ask("/services/99").status == 404);
  CHECK(admin.ask("/services", "somebody's").status == 401);
}
