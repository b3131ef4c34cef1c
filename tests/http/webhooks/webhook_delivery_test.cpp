#include "http/webhooks/webhook_delivery.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "http/webhooks/webhook_signature.hpp"
#include "tests/http/webhooks/receiver.hpp"
#include "tests/http/webhooks/webhook_world.hpp"

using namespace orrery;

namespace {

using Positions = std::vector<std::uint64_t>;

bool is_signed_with(const ReceivedMessage& message, const std::string& secret) {
  const auto signature =
      webhook_signature(secret, message.id, std::stoll(message.timestamp), message.body);
  return !signature.empty() && message.signature.find(signature) != std::string::npos;
}

/// Each position is there, and the first time that one comes is after those before it.
void check_in_order(const Positions& taken, const Positions& wanted) {
  Positions first_times;
  for (const auto position : taken)
    if (std::find(first_times.begin(), first_times.end(), position) == first_times.end())
      first_times.push_back(position);
  CHECK(first_times == wanted);
}

}  // namespace

TEST_CASE("a webhook is sent what happened and what happens, one by one, signed, in order") {
  WebhookWorld world;
  Receiver receiver;
  Positions wanted{world.happen(), world.happen()};
  const auto hook = world.hook(receiver.url());
  receiver.await(2);
  wanted.push_back(world.happen());
  const auto messages = receiver.await(3);
  CHECK(receiver.taken() == wanted);
  for (const auto& message : messages) {
    CHECK(is_signed_with(message, hook.secret));
    CHECK(message.content_type == "application/cloudevents+json; charset=utf-8");
    CHECK(message.id == std::to_string(message.positions().front()));
    CHECK(message.timestamp == "1700000000");
  }
  const auto event = boost::json::parse(messages.back().body);
  CHECK(event.at("specversion").as_string() == "1.0");
  CHECK(event.at("type").as_string() == "kitten.arrived");
  CHECK(event.at("subject").as_string() == "kitten/3");
  CHECK(event.at("data").at("name").as_string() == "Tom");
}

TEST_CASE("what isn't taken is sent again, and what follows waits for it") {
  WebhookWorld world;
  Receiver receiver([](std::size_t number, const ReceivedMessage&) {
    return status_only(number % 3 == 2 ? 200 : number % 3 == 1 ? 302 : 503);
  });
  Positions wanted{world.happen(), world.happen(), world.happen()};
  const auto hook = world.hook(receiver.url());
  const auto messages = receiver.await(9);
  CHECK(receiver.taken() == wanted);
  CHECK(messages[0].body == messages[2].body);
  CHECK(messages[0].id == messages[2].id);
  CHECK(world.webhooks.find(hook.id)->dead_letters.empty());
}

TEST_CASE("an event that is never taken becomes a dead letter, and the next one has its turn") {
  WebhookWorld world;
  const auto bad = world.happen();
  const auto good = world.happen();
  Receiver receiver([&](std::size_t, const ReceivedMessage& message) {
    return status_only(message.positions().front() == bad ? 422 : 200);
  });
  const auto hook = world.hook(receiver.url());
  receiver.await(4);
  CHECK(receiver.taken() == Positions{good});
  const auto letters = world.order("GET", world.path(hook.id, "/dead-letters")).at("items");
  REQUIRE(letters.as_array().size() == 1);
  CHECK(letters.at(0).at("position").to_number<Position>() == bad);
  CHECK(letters.at(0).at("attempts").to_number<int>() == 3);
  CHECK(letters.at(0).at("status").to_number<int>() == 422);
  CHECK(letters.at(0).at_pointer("/event/type").as_string() == "kitten.arrived");

  const auto letter = world.path(hook.id, fmt::format("/dead-letters/{}", bad));
  CHECK(world.ask("POST", letter + "/redeliver").status == 502);
  receiver.answer_with({});
  CHECK(world.ask("POST", letter + "/redeliver").status == 204);
  CHECK(receiver.taken() == Positions{good, bad});
  CHECK(world.webhooks.find(hook.id)->dead_letters.empty());
  CHECK(world.ask("DELETE", letter).status == 404);
}

TEST_CASE("a receiver that is gone for good is left alone until somebody resumes its webhook") {
  WebhookWorld world;
  const auto position = world.happen();
  Receiver receiver([](std::size_t, const ReceivedMessage&) { return status_only(410); });
  const auto hook = world.hook(receiver.url());
  world.await("it is paused", [&] { return world.webhooks.find(hook.id)->paused; });
  world.happen();
  CHECK(receiver.messages().size() == 1);
  CHECK(world.webhooks.find(hook.id)->pause_reason.find("410") != std::string::npos);
  receiver.answer_with({});
  world.order("POST", world.path(hook.id, "/resume"));
  receiver.await(3);
  CHECK(receiver.taken().front() == position);
}

TEST_CASE("many dead letters pause a webhook instead of becoming more") {
  auto settings = impatient();
  settings.patience.attempt_count_max = 1;
  WebhookWorld world(settings);
  for (std::size_t i = 0; i <= Webhook::dead_letter_count_max; ++i) world.happen();
  Receiver receiver([](std::size_t, const ReceivedMessage&) { return status_only(500); });
  const auto hook = world.hook(receiver.url());
  world.await("it is paused", [&] { return world.webhooks.find(hook.id)->paused; });
  CHECK(world.webhooks.find(hook.id)->dead_letters.size() == Webhook::dead_letter_count_max);
}

TEST_CASE("a webhook that takes lists gets them, and one by one what a list failed with") {
  WebhookWorld world;
  Positions wanted;
  for (int i = 0; i < 25; ++i) wanted.push_back(world.happen());
  const auto bad = wanted[4];
  Receiver receiver([&](std::size_t, const ReceivedMessage& message) {
    const auto positions = message.positions();
    const bool has_bad = std::find(positions.begin(), positions.end(), bad) != positions.end();
    return status_only(has_bad ? 400 : 200);
  });
  const auto hook = world.hook(receiver.url(), R"("types":["kitten."],"batch":10)");
  world.await("all but one have come", [&] { return receiver.taken().size() == 24; });
  wanted.erase(wanted.begin() + 4);
  CHECK(receiver.taken() == wanted);
  CHECK(world.webhooks.find(hook.id)->dead_letters.size() == 1);
  const auto messages = receiver.messages();
  CHECK(messages.front().content_type == "application/cloudevents-batch+json; charset=utf-8");
  CHECK(messages.front().positions().size() == 10);
  CHECK(messages.front().id == fmt::format("{}-{}", messages.front().positions().front(),
                                           messages.front().positions().back()));
  CHECK(messages.size() < 24);
}

TEST_CASE("a webhook isn't sent its own events, and others' only where it asks for them") {
  WebhookWorld world;
  Receiver all, nosy;
  const auto hook = world.hook(all.url(), R"("types":[])");
  world.hook(nosy.url(), R"("types":["webhook."])");
  world.order("POST", world.path(hook.id, "/rotate-secret"));
  const auto last = world.happen();
  world.await("the last has come", [&] {
    const auto taken = all.taken();
    return !taken.empty() && taken.back() == last;
  });
  for (const auto& message : all.messages())
    CHECK(message.body.find("\"webhook.") == std::string::npos);
  const auto told = nosy.await(2);
  CHECK(told[0].body.find("webhook.registered") != std::string::npos);
  CHECK(told[1].body.find("webhook.secret_rotated") != std::string::npos);
}

TEST_CASE("after a rotation both secrets sign for a day, then the new one alone") {
  WebhookWorld world;
  Receiver receiver;
  const auto hook = world.hook(receiver.url());
  const auto rotated = world.order("POST", world.path(hook.id, "/rotate-secret"));
  const std::string secret = rotated.at("secret").as_string().c_str();
  CHECK(secret != hook.secret);
  world.happen();
  const auto both = receiver.await(1).front();
  CHECK(is_signed_with(both, secret));
  CHECK(is_signed_with(both, hook.secret));
  world.clock.now_us += std::chrono::microseconds(std::chrono::hours(25)).count();
  world.happen();
  const auto one = receiver.await(2).back();
  CHECK(is_signed_with(one, secret));
  CHECK_FALSE(is_signed_with(one, hook.secret));
}

TEST_CASE("deliveries go on where they stopped, and repeat what no checkpoint knows of") {
  WebhookWorld world;
  Receiver receiver;
  Positions wanted{world.happen(), world.happen()};
  const auto hook = world.hook(receiver.url());
  receiver.await(2);
  world.stop();
  wanted.push_back(world.happen());
  world.start();
  receiver.await(3);
  CHECK(receiver.taken() == wanted);

  world.stop();
  world.log.put_checkpoint("webhook/" + hook.id, wanted.front());  // As a crash may leave it.
  world.start();
  receiver.await(5);
  check_in_order(receiver.taken(), wanted);
}

TEST_CASE("an address that may not be reached is never connected to") {
  auto settings = impatient();
  settings.reach = UpstreamReach::internet;
  settings.patience.attempt_count_max = 1;
  WebhookWorld world(settings);
  Receiver receiver;
  world.happen();
  const auto hook = world.hook(receiver.url());
  world.await("it is given up",
              [&] { return !world.webhooks.find(hook.id)->dead_letters.empty(); });
  CHECK(world.webhooks.find(hook.id)->dead_letters.front().letter.reason ==
        "its address may not be connected to");
  CHECK(receiver.messages().empty());
}

TEST_CASE("a deleted webhook is sent nothing more, and its secret is gone") {
  WebhookWorld world;
  Receiver receiver;
  const auto hook = world.hook(receiver.url());
  const auto secret = world.webhooks.find(hook.id)->webhook.secret;
  world.happen();
  receiver.await(1);
  CHECK(world.ask("DELETE", world.path(hook.id)).status == 204);
  world.happen();
  CHECK(world.ask("GET", world.path(hook.id)).status == 404);
  CHECK_FALSE(world.subject_keys->open(secret));
  CHECK(receiver.messages().size() == 1);
}
