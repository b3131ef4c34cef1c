#include <set>
#include <thread>

#include <fmt/format.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "http/aifactory/log_text.hpp"
#include "http/aifactory/service_json.hpp"
#include "http/auth/numbers.hpp"
#include "tests/http/aifactory/aifactory_server.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

constexpr std::string_view services = "/api/v1/services";
constexpr std::string_view vllm = R"({"recipe_name":"inference/vllm"})";

std::string one(const std::string& id, std::string_view rest = {}) {
  return fmt::format("{}/{}{}", services, id, rest);
}

}  // namespace

TEST_CASE("a service is pending when it is created, and its name has its id") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto created = server.post(services, vllm);
  const std::string id = created.at("id").as_string().c_str();
  CHECK(created.at("name").as_string() == "vllm-" + id);
  CHECK(created.at("recipe_name") == "inference/vllm");
  CHECK(created.at("status") == "pending");
  CHECK(created.at("config") == json::parse(R"({"nodes":1})"));
  CHECK(created.as_object().size() == 6);
  server.await_status(id, "starting");
  CHECK(server.get(one(id)).at("status") == "starting");
}

TEST_CASE("the request's config is shown again as it was written") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto config =
      R"({"environment":{"VLLM_MODEL":"gpt2"},"resources":{"nodes":1,"cpu":"8","memory":"64G","time_limit":120,"gpu":"1"},"note":"ours"})";
  const auto id = server.create("vllm", config);
  const auto service = server.get(one(id));
  CHECK(service.at("recipe_name") == "vllm");
  auto shown = service.at("config");
  CHECK(shown.as_object().at("nodes") == 1);
  shown.as_object().erase("nodes");
  CHECK(shown == json::parse(config));
}

TEST_CASE("a service from its start to its end") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto id = server.create("inference/vllm");
  server.await_status(id, "starting");
  server.launch(id, 20'000);
  CHECK(server.get(one(id, "/status")).at("status") == "starting");
  server.be_ready(id);
  CHECK(server.get(one(id, "/status")).at("status") == "running");
  server.exit_by(id, 9);
  CHECK(server.get(one(id, "/status")).at("status") == "failed");
  CHECK(server.get(one(id)).at("status") == "failed");
  const auto listed = server.get(services);
  REQUIRE(listed.as_array().size() == 1);
  CHECK(listed.at(0) == server.get(one(id)));
}

TEST_CASE("services queue where the cluster is full, and the logs say why") {
  AifactoryServer server;
  server.add_node("mel2001", 1);
  const auto first = server.create("inference/vllm");
  server.await_status(first, "starting");
  const auto second = server.create("inference/vllm");
  server.await_reason(second);
  CHECK(server.get(one(second, "/status")).at("status") == "pending");
  const std::string logs = server.get(one(second, "/logs")).at("logs").as_string().c_str();
  CHECK(logs.find("pending: ") != std::string::npos);
  server.delete_(one(first));
  server.exit_by(first, 15);
  server.await_status(second, "starting");
}

TEST_CASE("stopping a service") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto id = server.create("inference/vllm");
  server.run(id, 20'000);
  const auto answer = server.delete_(one(id));
  CHECK(answer.at("message").as_string() == fmt::format("Service {} stopped successfully", id));
  CHECK(server.get(one(id)).at("status") == "cancelled");
  server.exit_by(id, 15);
  CHECK(server.get(one(id)).at("status") == "cancelled");
  CHECK(server.delete_(one(id)) == answer);
  CHECK(server.get(services).as_array().size() == 1);
}

TEST_CASE("what has failed stays failed when it is stopped") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto id = server.create("inference/vllm");
  server.run(id, 20'000);
  server.exit_by(id, 9);
  server.delete_(one(id));
  CHECK(server.get(one(id)).at("status") == "failed");
}

TEST_CASE("a service is cancelled through its status too") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto id = server.create("inference/vllm");
  CHECK(server.post(one(id, "/status"), "{}", 400).at("detail") == "Status is required");
  server.post(one(id, "/status"), R"({"status":null})", 400);
  server.post(one(id, "/status"), R"({"status":"running"})", 400);
  server.post(one(id, "/status"), R"({"status":5})", 400);
  server.post(one(id, "/status"), "[]", 422);
  server.post(one("999", "/status"), R"({"status":"cancelled"})", 404);
  const auto answer = server.post(one(id, "/status"), R"({"status":"cancelled"})");
  CHECK(answer.at("service_id").as_string() == id);
  CHECK(answer.at("status") == "cancelled");
  CHECK(server.get(one(id)).at("status") == "cancelled");
}

TEST_CASE("services that nobody knows") {
  AifactoryServer server;
  for (const auto* const id :
       {"999", "sg-999", "vllm", "-1", "%00x%c3%28", "99999999999999999999"}) {
    const auto target = one(id);
    if (target.find("%00") != std::string::npos) continue;
    CHECK(server.get(target, 404).at("detail") == "Service not found");
    CHECK(server.delete_(target, 404).at("detail") == "Service not found or failed to stop");
    CHECK(server.get(one(id, "/status")).at("status") == "completed");
    CHECK(server.get(one(id, "/logs")).at("logs").as_string().find("no service") !=
          json::string::npos);
  }
  CHECK(server.get(one("%c3%28", "/logs")).at("logs").is_string());
}

TEST_CASE("logs of a service, whatever bytes it has written") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto id = server.create("inference/vllm");
  server.await_status(id, "starting");
  CHECK(server.get(one(id, "/logs")).at("logs").as_string() ==
        fmt::format("=== STDOUT (vllm_{0}.out) ===\nSTDOUT log not yet available\n\n"
                    "=== STDERR (vllm_{0}.err) ===\nSTDERR log not yet available\n",
                    id));
  server.write_logs(id, {"ready \xff\xfe\x1b[0m\n", ""});
  CHECK(server.get(one(id, "/logs")).at("logs").as_string() ==
        fmt::format("=== STDOUT (vllm_{0}.out) ===\nready \x1b[0m\n\n"
                    "=== STDERR (vllm_{0}.err) ===\n",
                    id));
}

TEST_CASE("what is no UTF-8 is left out of texts") {
  CHECK(aifactory::readable_text("a\xc3(b") == "a(b");
  CHECK(aifactory::readable_text("Gr\xc3\xbc\xc3\x9f") == "Gr\xc3\xbc\xc3\x9f");
  CHECK(aifactory::readable_text("\xed\xa0\x80") == "");
  CHECK(aifactory::readable_text("cut \xe2\x82") == "cut ");
  CHECK(aifactory::readable_text("\xf0\x9f\x98\"") == "\"");
}

TEST_CASE("times have no zone and always six digits") {
  CHECK(aifactory::iso_time(Time{std::chrono::microseconds(0)}) == "1970-01-01T00:00:00.000000");
  CHECK(aifactory::iso_time(Time{std::chrono::microseconds(1'763'761'430'000'012)}) ==
        "2025-11-21T21:43:50.000012");
}

TEST_CASE("numbers are drawn once, above all that are known") {
  Numbers numbers;
  CHECK(numbers.take(0, 1) == 1);
  CHECK(numbers.take(0, 3) == 2);
  CHECK(numbers.take(1, 1) == 5);
  CHECK(numbers.take(40, 2) == 41);
  CHECK(numbers.take(41, 1) == 43);
}

TEST_CASE("many creates at once get ids of their own") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  std::vector<std::string> ids(32);
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < 4; ++part)
      threads.emplace_back([&, part] {
        for (std::size_t i = part * 8; i < part * 8 + 8; ++i) {
          const auto answer = server.ask("POST", services, vllm);
          ids[i] = json::parse(answer.body).at("id").as_string().c_str();
        }
      });
  }
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  CHECK(server.get(services).as_array().size() == ids.size());
}

TEST_CASE("a create under the same Idempotency-Key gets the first answer") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const AifactoryServer::Headers key{"Idempotency-Key: first"};
  const auto first = server.ask("POST", services, vllm, key);
  REQUIRE(first.status == 200);
  const std::string id = json::parse(first.body).at("id").as_string().c_str();
  server.run(id, 20'000);
  const auto again = server.ask("POST", services, vllm, key);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  const auto other = server.ask("POST", services, R"({"recipe_name":"storage/minio"})", key);
  CHECK(other.status == 422);
  CHECK(other.body.find("idempotency-key") != std::string::npos);
  CHECK(server.get(services).as_array().size() == 1);
  CHECK(server.ask("POST", services, vllm, {"Idempotency-Key: second"}).body != first.body);
  CHECK(server.ask("POST", services, vllm, {"Idempotency-Key: \x01"}).status == 400);
}

TEST_CASE("a path with a slash too many leads to the one without") {
  AifactoryServer server;
  const auto answer = server.ask("GET", "/api/v1/services/?a=b");
  CHECK(answer.status == 307);
  CHECK(answer.header("Location") == "/api/v1/services?a=b");
  CHECK(server.ask("POST", "/api/v1/services/", vllm).status == 307);
  CHECK(server.ask("GET", "/health/").header("Location") == "/health");
  CHECK(server.ask("GET", "/api/v1/services/a%20b%3fc%22/").header("Location") ==
        "/api/v1/services/a%20b%3Fc%22");
  CHECK(server.ask("GET", "/api/v1/nothing/").status == 404);
}

TEST_CASE("paths and methods that there aren't") {
  AifactoryServer server;
  CHECK(server.get("/api/v1/nothing", 404).at("detail") == "Not Found");
  CHECK(server.get("/api/v1", 404).at("detail") == "Not Found");
  CHECK(server.delete_("/api/v1/services", 405).at("detail") == "Method Not Allowed");
  CHECK(server.ask("DELETE", "/api/v1/services").header("Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(server.delete_("/health", 405).at("detail") == "Method Not Allowed");
  CHECK(server.get("/api/v1/vllm/1/v1/nothing", 404).at("error").at("message") == "Not Found");
}

TEST_CASE("what Prometheus is told of services") {
  AifactoryServer server;
  server.add_node("mel2001", 4);
  const auto id = server.create("inference/vllm");
  server.await_status(id, "starting");
  CHECK(server.get("/api/v1/services/targets").as_array().empty());
  server.run(id, 20'000);
  const auto targets = server.get("/api/v1/services/targets");
  REQUIRE(targets.as_array().size() == 1);
  CHECK(targets.at(0).at("targets") == json::parse(R"(["127.0.0.1:20000"])"));
  CHECK(targets.at(0).at("labels").at("service_id").as_string() == id);
  const auto metrics = server.ask("GET", one(id, "/metrics"));
  CHECK(metrics.status == 200);
  CHECK(metrics.body.find(fmt::format("service_id=\"{}\"", id)) != std::string::npos);
  CHECK(metrics.body.ends_with("} 2\n"));
  CHECK(server.ask("GET", one("999", "/metrics")).status == 404);
}
