#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/native/metrics_text.hpp"
#include "tests/http/webhooks/receiver.hpp"
#include "tests/http/webhooks/webhook_world.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

constexpr std::string_view hooks = "/orrery/v1/webhooks";

std::string code_of(const WireAnswer& answer) {
  return boost::json::parse(answer.body).at("code").as_string().c_str();
}

}  // namespace

TEST_CASE("a webhook is registered, shown and listed; its secret is shown once", "[golden]") {
  WebhookWorld world;
  const auto made = world.ask(
      "POST", hooks,
      R"({"url":"https://hooks.example.org/a?b=c","streams":["vm/"],"types":["vm.started"],)"
      R"("tenants":["project/7"],"batch":50})");
  CHECK(made.status == 201);
  auto hook = boost::json::parse(made.body).as_object();
  hook["delivered_to"] = 0;  // It moves on meanwhile.
  check_golden("http/native/webhook_created.json", boost::json::serialize(hook) + "\n");
  hook.erase("secret");
  auto shown = world.order("GET", world.path(hook.at("id").as_string().c_str()));
  shown.as_object()["delivered_to"] = 0;
  CHECK(shown == hook);
  auto listed = world.order("GET", hooks).at("items");
  REQUIRE(listed.as_array().size() == 1);
  listed.at(0).as_object()["delivered_to"] = 0;
  CHECK(listed.at(0) == hook);
}

TEST_CASE("a request under the same key registers one webhook, with the same secret") {
  WebhookWorld world;
  constexpr std::string_view body = R"({"url":"https://hooks.example.org/"})";
  constexpr std::string_view key = "Idempotency-Key: one\r\n";
  const auto first = world.order("POST", hooks, body, key);
  world.happen();
  CHECK(world.order("POST", hooks, body, key).at("secret") == first.at("secret"));
  CHECK(world.webhooks.list().size() == 1);
  const auto other = world.ask("POST", hooks, R"({"url":"https://other.example.org/"})", key);
  CHECK(other.status == 422);

  const std::string id = first.at("id").as_string().c_str();
  const auto rotated = world.order("POST", world.path(id, "/rotate-secret"), "", key);
  const auto again = world.order("POST", world.path(id, "/rotate-secret"), "", key);
  CHECK(rotated.at("secret") == again.at("secret"));
  const auto hook = world.webhooks.find(id);  // A name that isn't resolved makes dead letters.
  CHECK(hook->version == 2 + hook->dead_letters.size());
}

TEST_CASE("a webhook that can't be is refused, and the answer names the field") {
  WebhookWorld world;
  const auto refused = [&](std::string_view body) {
    const auto answer = world.ask("POST", hooks, body);
    CHECK(answer.status == 400);
    return answer.body;
  };
  for (const std::string_view url :
       {"", "ftp://example.org/", "https://", "hooks.example.org", "https://me:pw@example.org/",
        "https://example.org/#batch=3", "http://[::1"})
    CHECK(refused(fmt::format(R"({{"url":"{}"}})", url)).find("url ") != std::string::npos);
  constexpr std::string_view good = R"({"url":"https://example.org/",)";
  CHECK(refused(std::string(good) + R"("types":["vm.flew"]})").find("types") != std::string::npos);
  CHECK(refused(std::string(good) + R"("streams":["vm"]})").find("streams") != std::string::npos);
  CHECK(refused(std::string(good) + R"("from":"99"})").find("from") != std::string::npos);
  CHECK(refused(std::string(good) + R"("from":"0"})").find("from") != std::string::npos);
  CHECK(refused(std::string(good) + R"("batch":1001})").find("batch") != std::string::npos);
  CHECK(world.webhooks.list().empty());
}

TEST_CASE("a paused webhook says why, and is sent everything once it is resumed") {
  WebhookWorld world;
  Receiver receiver;
  const auto hook = world.hook(receiver.url());
  const auto paused =
      world.order("POST", world.path(hook.id, "/pause"), R"({"reason":"maintenance"})");
  CHECK(paused.at("paused").as_bool());
  CHECK(paused.at("reason").as_string() == "maintenance");
  world.order("POST", world.path(hook.id, "/pause"));
  world.happen();
  CHECK(receiver.messages().empty());
  CHECK(world.order("POST", world.path(hook.id, "/resume")).at("reason").is_null());
  receiver.await(1);
}

TEST_CASE("a webhook whose receiver fails shows how") {
  auto settings = impatient();
  settings.patience = {10, std::chrono::minutes(1), std::chrono::minutes(1), {}};
  WebhookWorld world(settings);
  Receiver receiver([](std::size_t, const ReceivedMessage&) { return status_only(503); });
  const auto position = world.happen();
  const auto hook = world.hook(receiver.url());
  world.await("it has failed", [&] {
    const auto progress = world.delivery->progress(hook.id);
    return progress && progress->failed_attempt_count == 1;
  });
  const auto shown = world.order("GET", world.path(hook.id));
  CHECK(shown.at("delivered_to").to_number<Position>() < position);
  CHECK(shown.at_pointer("/failing/attempts").to_number<int>() == 1);
  CHECK(shown.at_pointer("/failing/status").to_number<int>() == 503);
  CHECK(shown.at_pointer("/failing/next_attempt_at").is_string());
  CHECK(world.delivery->figures().failing_count == 1);
  CHECK(world.delivery->figures().failed_attempt_count == 1);
}

TEST_CASE("metrics count what was delivered and what wasn't") {
  WebhookWorld world;
  Receiver receiver([](std::size_t number, const ReceivedMessage&) {
    return status_only(number == 0 ? 500 : 200);
  });
  world.happen();
  world.hook(receiver.url());
  receiver.await(2);
  world.await("it is counted",
              [&] { return world.delivery->figures().delivered_event_count == 1; });
  NativeContext native;
  native.log = &world.log;
  native.webhooks = world.delivery.get();
  const auto text = metrics_text(native, {}, true);
  for (const auto* line :
       {"orrery_webhook_events_delivered_total 1\n", "orrery_webhook_attempts_failed_total 1\n",
        "orrery_webhook_dead_letters_total 0\n"})
    CHECK(text.find(line) != std::string::npos);
}

TEST_CASE("webhooks are operators' alone, and an unknown one isn't found") {
  WebhookWorld world;
  CHECK(world.ask("GET", hooks, "", "", "nobody's").status == 401);
  for (const auto* rest : {"", "/dead-letters"})
    CHECK(world.ask("GET", world.path("absent", rest)).status == 404);
  for (const auto* rest : {"/pause", "/resume", "/rotate-secret", "/dead-letters/7/redeliver"})
    CHECK(world.ask("POST", world.path("absent", rest)).status == 404);
  CHECK(world.ask("DELETE", world.path("absent")).status == 404);
  CHECK(code_of(world.ask("DELETE", world.path("absent"))) == "not_found");
  CHECK(admin_access(AdminAction::see_webhooks, AdminCaller::operator_) == AdminAccess::allowed);
  for (const auto caller : {AdminCaller::admin, AdminCaller::member, AdminCaller::owner})
    CHECK(admin_access(AdminAction::change_webhooks, caller) == AdminAccess::forbidden);
}
