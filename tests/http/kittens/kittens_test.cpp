#include "http/kittens/kittens.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/auth/credential.hpp"
#include "http/server/server.hpp"
#include "projections/kittens/kitten_view.hpp"
#include "projections/runtime/views.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/system_clock.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"
#include "tests/support/project_folders.hpp"

using namespace orrery;

namespace {

/// The example resource over actors and a memory log, with the document's two rows.
class KittenServer {
 public:
  KittenServer() {
    views_.add(kittens);
    REQUIRE(views_.catch_up(log_).has_value());
    ControlPlaneConfiguration configuration;
    configuration.log = &log_;
    configuration.clock = &clock_;
    configuration.listeners = {&views_};
    control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
    gateway_ = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
    welcome("1", {"Fluffums", "calico", 6, 7});
    welcome("2", {"Max", "unknown", 5, 10});
    const KittenContext context{gateway_.get(), &kittens, credential_digest_text("meowmeowmeow")};
    Router router;
    add_kitten_routes(router, context);
    add_kitten_routes(routes_, context);
    ServerConfiguration server;
    server.port = 0;
    server.threads = 1;
    server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
    server_->start();
  }
  ~KittenServer() {
    server_->drain();
    control_plane_->stop();
    gateway_.reset();
  }

  WireAnswer ask(std::string_view method, std::string_view target,
                 std::string_view headers = "Authorization: meowmeowmeow\r\n") {
    RawClient client(server_->port());
    auto answer = client.ask(std::string(method) + " " + std::string(target) +
                             " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n");
    std::vector<std::string_view> parameters;
    const auto match = routes_.match(method == "GET" ? Method::get : Method::delete_,
                                     target.substr(0, target.find('?')), parameters);
    if (match.route == Router::no_route || answer.status == 405) return answer;
    const auto route = std::string(method) + " " + routes_.routes()[match.route].pattern;
    INFO(route << "\n" << answer.head << "\n" << answer.body);
    CHECK(document.problem_with(route, answer.status, answer.header("Content-Type"), answer.body) ==
          "");
    return answer;
  }

  const Router& routes() const { return routes_; }

  KittenView kittens;
  OpenApiDocument document{"http/kittens/openapi.json"};

 private:
  void welcome(std::string id, KittenArrived kitten) {
    std::promise<bool> done;
    gateway_->submit<Kitten>(
        {std::move(id), Kitten::Welcome{std::move(kitten)}, {"test", 0, ""}, {}},
        [&](const auto& outcome) { done.set_value(outcome.has_value()); });
    REQUIRE(done.get_future().get());
  }

  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };

  MemoryEventLog log_;
  SystemClock clock_;
  Views views_;
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<CommandGateway> gateway_;
  Router routes_;
  std::unique_ptr<HttpServer> server_;
};

constexpr std::string_view fluffums =
    R"({"id":1,"name":"Fluffums","breed":"calico","fluffiness":6,"cuteness":7})";
constexpr std::string_view max =
    R"({"id":2,"name":"Max","breed":"unknown","fluffiness":5,"cuteness":10})";

/// Lines that say something: not empty, no comment, no include.
std::size_t code_lines(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    if (entry.path().filename().string().find("kitten") == std::string::npos) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      const auto begin = line.find_first_not_of(' ');
      if (begin == std::string::npos || line[begin] == '#') continue;
      if (line.compare(begin, 2, "//") != 0) ++count;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("kittens answer as the document shows them, at both of its paths") {
  KittenServer server;
  for (const std::string base : {"/api/kittens", "/kittens"}) {
    CHECK(server.ask("GET", base).body ==
          "[" + std::string(fluffums) + "," + std::string(max) + "]");
    CHECK(server.ask("GET", base + "/2").body == max);
    CHECK(server.ask("GET", base + "?include_cats=true&available=true").status == 200);
  }
  CHECK(server.ask("DELETE", "/api/kittens/2").body == R"({"id":2,"deleted":":("})");
  CHECK(server.ask("GET", "/api/kittens").body == "[" + std::string(fluffums) + "]");
  CHECK(server.ask("GET", "/kittens?available=false").body ==
        "[" + std::string(fluffums) + "," + std::string(max) + "]");
}

TEST_CASE("kittens refuse as the document's table says") {
  KittenServer server;
  CHECK(server.ask("GET", "/kittens?available=perhaps").status == 400);
  for (const std::string_view headers :
       {"", "Authorization: meow\r\n", "Authorization: Bearer meowmeowmeow\r\n"})
    CHECK(server.ask("GET", "/kittens/2", headers).status == 401);
  CHECK(server.ask("GET", "/kittens/3").status == 404);
  CHECK(server.ask("GET", "/kittens/x").status == 404);
  CHECK(server.ask("PUT", "/kittens/2").status == 405);
  CHECK(server.ask("GET", "/kittens", "Authorization: meowmeowmeow\r\nAccept: text/html\r\n")
            .status == 406);
  CHECK(server.ask("GET", "/kittens", "Authorization: meowmeowmeow\r\nAccept: */*\r\n").status ==
        200);
  CHECK(server.ask("DELETE", "/kittens/2").status == 200);
  CHECK(server.ask("GET", "/kittens/2").status == 410);
  CHECK(server.ask("DELETE", "/api/kittens/2").status == 410);
}

TEST_CASE("the routes of kittens and their document agree") {
  Router router;
  add_kitten_routes(router, {});
  std::vector<std::string> served;
  for (const auto& route : router.routes())
    served.push_back(std::string(to_string(route.method)) + " " + route.pattern);
  std::sort(served.begin(), served.end());
  CHECK(served == OpenApiDocument("http/kittens/openapi.json").routes());
}

TEST_CASE("the example resource stays below 200 lines over all layers") {
  const auto source = source_folder();
  std::size_t count = 0;
  for (const auto* folder : {"events", "actors/kitten", "projections/kittens", "http/kittens"})
    count += code_lines(source / folder);
  INFO(count << " lines");
  CHECK(count < 200);
}
