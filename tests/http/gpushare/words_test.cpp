#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "http/gpushare/errors.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"

using namespace orrery;

namespace {

std::string with_status(const WireAnswer& answer) {
  return fmt::format("{} {}", answer.status, answer.body);
}

}  // namespace

TEST_CASE("GPU sharing: who doesn't say who he is, or says it wrongly") {
  GpushareServer server;
  const auto anonymous = server.ask("GET", "/client/list/", {});
  CHECK(with_status(anonymous) ==
        R"(401 {"detail":"Authentication credentials were not provided."})");
  CHECK(anonymous.header("WWW-Authenticate") == "Basic realm=\"api\"");
  const auto wrong = server.ask("GET", "/gpu/list/", {{}, {"Authorization: Token x"}});
  CHECK(with_status(wrong) == R"(401 {"detail":"Invalid token."})");
  CHECK(wrong.header("WWW-Authenticate") == "Basic realm=\"api\"");
  // Nobody learns without credentials what could be done, or whether it is there.
  CHECK(server.ask("DELETE", "/gpu/list/", {}).status == 401);
  CHECK(server.ask("GET", "/inference/77/", {}).status == 401);
  CHECK(server.ask("POST", "/inference/", {"{", {}}).status == 401);
}

TEST_CASE("GPU sharing: methods and paths that aren't there") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto wrong = server.ask_as(anna, "DELETE", "/gpu/list/");
  CHECK(with_status(wrong) == R"j(405 {"detail":"Method \"DELETE\" not allowed."})j");
  CHECK(wrong.header("Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(with_status(server.ask("GET", "/client/login/", {})) ==
        R"j(405 {"detail":"Method \"GET\" not allowed."})j");
  for (const auto* path : {"/client/", "/client/nothing/", "/gpu/list/1/2/", "/inference/1/2"})
    CHECK(with_status(server.ask_as(anna, "GET", path)) == R"(404 {"detail":"Not found."})");
}

TEST_CASE(
    "GPU sharing: a path without its slash is redirected, as Django does, whatever the method") {
  GpushareServer server;
  for (const auto* method : {"GET", "POST", "PUT", "DELETE"}) {
    const auto answer = server.ask(method, "/gpu/list?a=b%20c", {});
    CHECK(answer.status == 301);
    CHECK(answer.header("Location") == "/gpu/list/?a=b%20c");
    CHECK(answer.body.empty());
  }
  CHECK(server.ask("GET", "/client/list/7", {}).header("Location") == "/client/list/7/");
  CHECK(server.ask("GET", "/inference/stream", {}).header("Location") == "/inference/stream/");
  CHECK(server.ask("GET", "/inference/a%0Ab", {}).status >= 400);
  CHECK(server.ask("GET", "/inference/%E2%82%AC", {}).header("Location") ==
        "/inference/%E2%82%AC/");
}

TEST_CASE("GPU sharing: what isn't there comes before what is wrong with the body") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  CHECK(server.ask_as(anna, "PUT", "/gpu/list/9/", "{").status == 404);
  CHECK(server.ask_as(anna, "POST", "/gpu/list/", "{").status == 400);
  CHECK(
      with_status(server.ask_as(anna, "POST", "/gpu/list/", "<a/>", {"Content-Type: text/xml"})) ==
      R"j(415 {"detail":"Unsupported media type \"text/xml\" in request."})j");
  CHECK(server
            .ask_as(anna, "POST", "/gpu/list/", "user=" + anna.id,
                    {"Content-Type: application/x-www-form-urlencoded"})
            .status == 400);
}

TEST_CASE("GPU sharing: seconds to wait, in singular and plural") {
  using namespace std::chrono_literals;
  CHECK(refused(gpushare::throttled(1s)).body ==
        R"({"detail":"Request was throttled. Expected available in 1 second."})");
  CHECK(refused(gpushare::throttled(30s)).body ==
        R"({"detail":"Request was throttled. Expected available in 30 seconds."})");
}
