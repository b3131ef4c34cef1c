#include "http/webhooks/webhook_signature.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("a signature is the one that Standard Webhooks' own libraries expect") {
  // From the reference libraries' tests.
  CHECK(webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                          1614265330, R"({"test": 2432232314})") ==
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a signature is of this id, time, body and secret alone") {
  SeededIdSource ids(7);
  const auto secret = draw_webhook_secret(ids);
  const auto other = draw_webhook_secret(ids);
  CHECK(secret.starts_with("whsec_"));
  CHECK(secret.size() == 6 + 44);
  const auto signature = webhook_signature(secret, "1", 2, "body");
  CHECK(signature != webhook_signature(other, "1", 2, "body"));
  CHECK(signature != webhook_signature(secret, "2", 2, "body"));
  CHECK(signature != webhook_signature(secret, "1", 3, "body"));
  CHECK(signature != webhook_signature(secret, "1", 2, "body "));
}

TEST_CASE("what is no secret signs nothing") {
  CHECK(webhook_signature("", "1", 2, "body").empty());
  CHECK(webhook_signature("AAAA", "1", 2, "body").empty());
  CHECK(webhook_signature("whsec_*", "1", 2, "body").empty());
}
