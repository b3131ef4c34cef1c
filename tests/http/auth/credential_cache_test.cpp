#include "http/auth/credential_cache.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace orrery;
using namespace std::chrono_literals;
using CacheOutcome = CredentialCache::Outcome;
using Standing = CredentialCache::Standing;

namespace {

CredentialCache::Key key_of(std::uint32_t number) {
  CredentialCache::Key key{};
  for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return key;
}

bool knows(CredentialCache& cache, const CredentialCache::Key& key, Time now) {
  return cache.look(key, now) != Standing::unknown;
}

void settle_right(CredentialCache& cache, const CredentialCache::Key& key, Time now) {
  (void)cache.wait(key, now, [](CacheOutcome) {});
  cache.settle(key, CacheOutcome::right, now);
}

}  // namespace

TEST_CASE("a right password is remembered for a minute, a wrong one isn't") {
  CredentialCache cache;
  const Time now{1000h};
  settle_right(cache, key_of(1), now);
  (void)cache.wait(key_of(2), now, [](CacheOutcome) {});
  cache.settle(key_of(2), CacheOutcome::wrong, now);
  CHECK(knows(cache, key_of(1), now + 60s - 1us));
  CHECK_FALSE(knows(cache, key_of(1), now + 60s));
  CHECK_FALSE(knows(cache, key_of(2), now));
}

TEST_CASE("all who come with one credential at once wait for one verification") {
  CredentialCache cache;
  const Time now{1000h};
  std::vector<CacheOutcome> told;
  const auto listen = [&](CacheOutcome outcome) { told.push_back(outcome); };
  CHECK(cache.wait(key_of(1), now, listen));
  CHECK_FALSE(cache.wait(key_of(1), now, listen));
  CHECK_FALSE(cache.wait(key_of(1), now, listen));
  CHECK(cache.wait(key_of(2), now, listen));
  CHECK(told.empty());
  const auto outcome = GENERATE(CacheOutcome::wrong, CacheOutcome::too_many, CacheOutcome::busy);
  cache.settle(key_of(1), outcome, now);
  CHECK(told == std::vector(3, outcome));
  CHECK(cache.wait(key_of(1), now, listen));
}

TEST_CASE("who comes a moment after the verification is told at once") {
  CredentialCache cache;
  const Time now{1000h};
  settle_right(cache, key_of(1), now);
  std::vector<CacheOutcome> told;
  CHECK_FALSE(cache.wait(key_of(1), now, [&](CacheOutcome outcome) { told.push_back(outcome); }));
  CHECK(told == std::vector{CacheOutcome::right});
}

TEST_CASE("a listener may ask for the same credential again") {
  CredentialCache cache;
  const Time now{1000h};
  bool is_first_again = false;
  (void)cache.wait(key_of(1), now, [&](CacheOutcome) {
    is_first_again = cache.wait(key_of(1), now, [](CacheOutcome) {});
  });
  cache.settle(key_of(1), CacheOutcome::wrong, now);
  CHECK(is_first_again);
}

TEST_CASE("very many credentials are bounded in memory, and the newest are kept") {
  CredentialCache cache;
  const Time now{1000h};
  const auto count = static_cast<std::uint32_t>(CredentialCache::credential_count_max);
  for (std::uint32_t i = 0; i < count + 10; ++i) settle_right(cache, key_of(i), now);
  CHECK_FALSE(knows(cache, key_of(9), now));
  CHECK(knows(cache, key_of(10), now));
  CHECK(knows(cache, key_of(count + 9), now));
}

TEST_CASE("a credential that is verified again counts from then on") {
  CredentialCache cache;
  const Time now{1000h};
  settle_right(cache, key_of(1), now);
  (void)cache.wait(key_of(1), now + 61s, [](CacheOutcome) {});
  cache.settle(key_of(1), CacheOutcome::right, now + 61s);
  CHECK(knows(cache, key_of(1), now + 120s));
}

TEST_CASE("what is used for long is verified again before its time is over, by one alone") {
  CredentialCache cache;
  const Time now{1000h};
  settle_right(cache, key_of(1), now);
  CHECK(cache.look(key_of(1), now + 40s - 1us) == Standing::known);
  CHECK(cache.look(key_of(1), now + 40s) == Standing::due);
  CHECK(cache.look(key_of(1), now + 41s) == Standing::known);
  SECTION("right again") {
    cache.settle(key_of(1), CacheOutcome::right, now + 42s);
    CHECK(cache.look(key_of(1), now + 81s) == Standing::known);
    CHECK(cache.look(key_of(1), now + 82s) == Standing::due);
  }
  SECTION("not verified") { CHECK(cache.look(key_of(1), now + 60s) == Standing::unknown); }
}
