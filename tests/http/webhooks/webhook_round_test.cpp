#include "http/webhooks/webhook_round.hpp"

#include <catch2/catch.hpp>

#include "actors/webhook/webhook.hpp"
#include "http/webhooks/webhook_signature.hpp"
#include "tests/http/webhooks/receiver.hpp"
#include "tests/http/webhooks/webhook_world.hpp"

using namespace orrery;

namespace {

/// A round whose turns the test takes, and which hears the log's answers when the test says so.
struct HeldRound {
  explicit HeldRound(const std::string& url) {
    settings.patience.attempt_count_max = 1;
    world.stop();
    const auto secret = world.subject_keys->seal(
        WebhookDelivery::secret_subject("h"), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    REQUIRE(secret);
    world.command<Webhook>("h", Webhook::Register{{url, {{}, {"kitten."}, {}}, *secret, 0}});
    round.refresh();
  }

  template <class Condition>
  void turn_until(const char* what, const Condition& condition) {
    world.await(what, [&] {
      round.turn(world.log.head());
      round.transfers().wait(std::chrono::milliseconds(10));
      return condition();
    });
  }
  std::vector<WebhookRound::Decided> told() {
    const std::scoped_lock lock(mutex);
    return decided;
  }

  WebhookDeliverySettings settings = impatient();
  WebhookWorld world{settings};
  SeededIdSource ids{7};
  const WebhookDelivery::Parts parts{
      &world.log, &world.webhooks, world.subject_keys.get(), &world.clock, &ids, {}};
  WebhookBoard board;
  std::mutex mutex;
  std::vector<WebhookRound::Decided> decided;
  WebhookRound round{parts, settings, *world.gateway, board, [this](WebhookRound::Decided answer) {
                       const std::scoped_lock lock(mutex);
                       decided.push_back(std::move(answer));
                     }};
};

}  // namespace

TEST_CASE("a webhook that is paused and resumed while a dead letter is noted loses nothing") {
  Receiver receiver([](std::size_t, const ReceivedMessage&) { return status_only(422); });
  HeldRound held(receiver.url());
  auto& world = held.world;
  world.happen();
  const std::vector<std::uint64_t> others{world.happen(), world.happen()};
  held.turn_until("the dead letter is noted", [&] { return held.told().size() == 1; });
  receiver.answer_with({});
  world.command<Webhook>("h", Webhook::Pause{"somebody said so"});
  held.round.refresh();
  world.command<Webhook>("h", Webhook::Resume{});
  held.round.refresh();
  // The log's answer is on its way: what it is about is neither sent again nor passed over.
  held.round.turn(world.log.head());
  held.round.take(held.told().front());
  held.turn_until("the others have come", [&] { return receiver.taken().size() >= 2; });
  CHECK(receiver.taken() == others);
  CHECK(world.webhooks.find("h")->dead_letters.size() == 1);
}
