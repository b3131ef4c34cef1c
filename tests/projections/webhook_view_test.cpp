#include "projections/webhooks/webhook_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

const WebhookRegistered registration{
    "https://example.org/hook", {{"vm/"}, {}, {}}, {"webhook-1", "old"}, 41};

}  // namespace

TEST_CASE("a webhook is shown as it was registered, until it is deleted") {
  Told<WebhookView> told;
  told.tell("webhook/1", registration).tell("webhook/2", registration);
  const auto hook = told.view.find("1");
  REQUIRE(hook);
  CHECK(hook->webhook == registration);
  CHECK(hook->registered_by == "test");
  CHECK(hook->version == 1);
  REQUIRE(told.view.list().size() == 2);
  CHECK(told.view.list()[1]->id == "2");
  told.tell("webhook/1", WebhookDeleted{});
  CHECK_FALSE(told.view.find("1"));
  CHECK(told.view.list().size() == 1);
}

TEST_CASE("after a rotation the secret before is still known, with the time") {
  Told<WebhookView> told;
  told.tell("webhook/1", registration);
  told.tell("webhook/1", WebhookSecretRotated{{"webhook-1", "new"}});
  const auto hook = told.view.find("1");
  CHECK(hook->webhook.secret.box == "new");
  CHECK(hook->previous_secret.box == "old");
  CHECK(hook->rotated_at == History::time_at(2));
}

TEST_CASE("a pause has a reason, and dead letters stay until they are resolved") {
  Told<WebhookView> told;
  told.tell("webhook/1", registration);
  told.tell("webhook/1", WebhookDeadLettered{42, 9, 503, "unavailable"});
  told.tell("webhook/1", WebhookDeadLettered{43, 9, 0, "timed out"});
  told.tell("webhook/1", WebhookPaused{"too many"});
  CHECK(told.view.find("1")->paused);
  CHECK(told.view.find("1")->pause_reason == "too many");
  CHECK(told.view.find("1")->dead_letters.size() == 2);
  told.tell("webhook/1", WebhookDeadLetterResolved{42, DeadLetterOutcome::delivered});
  told.tell("webhook/1", WebhookResumed{});
  const auto hook = told.view.find("1");
  CHECK_FALSE(hook->paused);
  CHECK(hook->pause_reason.empty());
  REQUIRE(hook->dead_letters.size() == 1);
  CHECK(hook->dead_letters[0].letter.position == 43);
}

TEST_CASE("webhooks survive as bytes") {
  Told<WebhookView> told;
  told.tell("webhook/1", registration)
      .tell("webhook/1", WebhookDeadLettered{42, 9, 503, "unavailable"})
      .tell("webhook/1", WebhookPaused{"x"})
      .tell("webhook/2", registration);
  WebhookView loaded;
  loaded.load(saved(told.view));
  CHECK(saved(loaded) == saved(told.view));
  CHECK(loaded.find("1")->paused);
  CHECK_THROWS(loaded.load("\x01"));
  CHECK(loaded.list().empty());
}
