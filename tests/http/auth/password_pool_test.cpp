#include <future>
#include <thread>

#include <catch2/catch.hpp>

#include "http/auth/password_pool.hpp"

using namespace orrery;

namespace {

/// The cheapest that libsodium allows; these tests are about the pool.
PasswordPoolConfiguration cheap() { return {1, 2, 1, 8192}; }

bool verified(PasswordPool& pool, const std::string& hash, const std::string& password) {
  std::promise<bool> answer;
  REQUIRE(pool.verify(hash, password, [&](bool fits) { answer.set_value(fits); }));
  return answer.get_future().get();
}

}  // namespace

TEST_CASE("a password fits its own hash and no other") {
  PasswordPool pool(cheap());
  const auto hash = pool.hash("test1234");
  CHECK_THAT(hash, Catch::StartsWith("$argon2id$"));
  CHECK(verified(pool, hash, "test1234"));
  CHECK_FALSE(verified(pool, hash, "test12345"));
  CHECK_FALSE(verified(pool, hash, ""));
}

TEST_CASE("an account that doesn't exist has no password that fits") {
  PasswordPool pool(cheap());
  CHECK_FALSE(verified(pool, "", "nobody's password"));
}

TEST_CASE("a full pool refuses at once") {
  PasswordPool pool(cheap());
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  std::promise<void> started;
  std::atomic<int> done_count = 0;
  // A job counts until its hashing is over, so hold the thread in the first one's callback.
  REQUIRE(pool.verify("", "x", [&, opened](bool) {
    started.set_value();
    opened.wait();
    ++done_count;
  }));
  started.get_future().wait();
  REQUIRE(pool.verify("", "x", [&](bool) { ++done_count; }));
  REQUIRE(pool.verify("", "x", [&](bool) { ++done_count; }));
  CHECK_FALSE(pool.verify("", "x", [&](bool) { ++done_count; }));
  gate.set_value();
  while (done_count < 3) std::this_thread::yield();
  CHECK(verified(pool, pool.hash("a"), "a"));
}
