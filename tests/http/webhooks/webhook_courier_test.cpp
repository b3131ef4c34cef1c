#include "http/webhooks/webhook_courier.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

using namespace orrery;
using namespace std::chrono_literals;

namespace {

using Next = WebhookCourier::Next;
using Instant = WebhookCourier::Instant;

constexpr Instant start{1h};
constexpr WebhookPatience patience{4, 1s, 5s, 60s};

WebhookAnswer answered(std::uint32_t status, std::chrono::seconds retry_after = 0s) {
  return {status, "", retry_after};
}

}  // namespace

TEST_CASE("what is taken moves the cursor; what isn't waits longer each time, then is given up") {
  WebhookCourier courier(10, patience);
  CHECK(courier.is_due(start));
  courier.begin(12);
  CHECK_FALSE(courier.is_due(start));
  CHECK(courier.end(answered(204), start, 0) == Next::go_on);
  CHECK(courier.cursor() == 12);

  auto now = start;
  for (const auto pause : {1s, 2s, 4s}) {
    courier.begin(13);
    CHECK(courier.end(answered(500), now, 0) == Next::wait);
    CHECK(courier.due_at() == now + pause);
    CHECK_FALSE(courier.is_due(now + pause - 1ms));
    now += pause;
    CHECK(courier.is_due(now));
  }
  courier.begin(13);
  CHECK(courier.end(answered(0), now, 0) == Next::bury);
  CHECK_FALSE(courier.is_due(now + 1h));
  CHECK(courier.cursor() == 12);
  courier.give_up(13);
  CHECK(courier.cursor() == 13);
  CHECK(courier.attempt_count() == 0);
  CHECK(courier.is_due(now));
}

TEST_CASE(
    "a pause has an end, chance shortens it by up to a half, and a receiver may ask for more") {
  const auto pause_after = [](std::uint32_t failures, double chance, std::chrono::seconds asked) {
    WebhookCourier courier(0, {100, 1s, 5s, 60s});
    for (std::uint32_t i = 0; i < failures; ++i) {
      courier.begin(1);
      courier.end(answered(503, asked), start, chance);
    }
    return courier.due_at() - start;
  };
  CHECK(pause_after(40, 0, 0s) == 5s);
  CHECK(pause_after(1, 0.5, 0s) == 750ms);
  CHECK(pause_after(1, 0, 20s) == 20s);
  CHECK(pause_after(1, 0, 24h) == 60s);
  CHECK(pause_after(1, 0, -5s) == 1s);
}

TEST_CASE("410 pauses") {
  WebhookCourier courier(0, patience);
  courier.begin(1);
  CHECK(courier.end(answered(410), start, 0) == Next::pause);
  CHECK_FALSE(courier.is_due(start + 1h));
  courier.restart();
  CHECK(courier.is_due(start));
  CHECK(courier.cursor() == 0);
}

TEST_CASE("of those that failed together each goes by itself") {
  WebhookCourier courier(0, patience);
  CHECK(courier.count_max(0) == 1);
  CHECK(courier.count_max(50) == 50);
  courier.begin(50);
  courier.end(answered(400), start, 0);
  CHECK(courier.count_max(50) == 1);
  courier.begin(1);
  courier.end(answered(200), start, 0);
  CHECK(courier.count_max(50) == 50);
}

TEST_CASE("whatever is answered, the cursor never goes back and skips nothing that wasn't buried") {
  rc::prop("the cursor follows what was taken or given up", [] {
    const auto statuses = *rc::gen::container<std::vector<std::uint32_t>>(
        rc::gen::element<std::uint32_t>(0, 200, 204, 301, 400, 410, 429, 500));
    WebhookCourier courier(0, patience);
    Position done = 0;
    auto now = start;
    for (const auto status : statuses) {
      now = std::max(now, courier.due_at());
      RC_ASSERT(courier.is_due(now));
      courier.begin(done + 1);
      switch (courier.end(answered(status), now, 0.25)) {
        case Next::go_on:
          ++done;
          break;
        case Next::bury:
          courier.give_up(++done);
          break;
        case Next::pause:
          courier.restart();
          break;
        case Next::wait:
          RC_ASSERT(courier.due_at() > now);
          break;
      }
      RC_ASSERT(courier.cursor() == done);
      RC_ASSERT(courier.attempt_count() < patience.attempt_count_max);
    }
  });
}
