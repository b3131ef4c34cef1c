#include "http/auth/guess_limit.hpp"

#include <catch2/catch.hpp>

using namespace orrery;
using namespace std::chrono_literals;

TEST_CASE("a name has ten guesses, and one more with every pause") {
  GuessLimit limit;
  const Time now{1000h};
  for (unsigned i = 0; i < GuessLimit::guess_count_max; ++i) CHECK(limit.take("ann", now));
  CHECK_FALSE(limit.take("ann", now));
  CHECK(limit.take("bob", now));
  CHECK_FALSE(limit.take("ann", now + GuessLimit::pause - 1s));
  CHECK(limit.take("ann", now + GuessLimit::pause));
  CHECK_FALSE(limit.take("ann", now + GuessLimit::pause));
  for (unsigned i = 0; i < GuessLimit::guess_count_max; ++i) CHECK(limit.take("ann", now + 1000h));
  CHECK_FALSE(limit.take("ann", now + 1000h));
}

TEST_CASE("a right guess forgives the wrong ones") {
  GuessLimit limit;
  const Time now{1000h};
  for (unsigned i = 0; i < GuessLimit::guess_count_max; ++i) limit.take("ann", now);
  limit.forgive("ann");
  CHECK(limit.take("ann", now));
}

TEST_CASE("guesses for very many names are bounded in memory, and those for one stay limited") {
  GuessLimit limit;
  const Time now{1000h};
  for (unsigned i = 0; i < GuessLimit::guess_count_max; ++i) limit.take("ann", now);
  for (int i = 0; i < 100'000; ++i) limit.take("name " + std::to_string(i), now);
  CHECK_FALSE(limit.take("ann", now));
}

TEST_CASE("a guess that is given back is the only one that comes back") {
  GuessLimit limit;
  const Time now{1000h};
  for (unsigned i = 0; i < GuessLimit::guess_count_max; ++i) limit.take("ann", now);
  limit.give_back("ann");
  limit.give_back("nobody");
  CHECK(limit.take("ann", now));
  CHECK_FALSE(limit.take("ann", now));
}

TEST_CASE("whoever has no guess left can be told how long he has to wait") {
  GuessLimit limit({2, 5s});
  const Time now{1000h};
  CHECK(limit.wait("ann", now) == 0s);
  CHECK(limit.take("ann", now));
  CHECK(limit.wait("ann", now) == 0s);
  CHECK(limit.take("ann", now + 1s));
  CHECK_FALSE(limit.take("ann", now + 1s));
  CHECK(limit.wait("ann", now + 1s) == 4s);
  CHECK(limit.wait("ann", now + 1s + 1ms) == 4s);
  CHECK_FALSE(limit.take("ann", now + 4s));
  CHECK(limit.wait("ann", now + 5s) == 0s);
  CHECK(limit.take("ann", now + 5s));
}
