#include "http/history/as_of_query.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("a query without as_of stays as it is") {
  for (const auto* query : {"", "limit=5", "as_off=1", "was_of=1", "limit=as_of", "a=1&b=2&&"})
    CHECK_FALSE(take_as_of(query));
}

TEST_CASE("as_of is taken out wherever it stands") {
  const auto rest = [](std::string_view query) { return take_as_of(query).value().rest; };
  CHECK(rest("as_of=1").empty());
  CHECK(rest("as_of=1&limit=5") == "limit=5");
  CHECK(rest("limit=5&as_of=1") == "limit=5");
  CHECK(rest("limit=5&as_of=1&names=a%20b") == "limit=5&names=a%20b");
  CHECK(rest("as_of=1&x&as_of=2&y=") == "x&y=");
}

TEST_CASE("the moment is decoded, and a plus in it stays one") {
  const auto moment = [](std::string_view query) { return take_as_of(query).value().moment; };
  CHECK(moment("as_of=4711") == "4711");
  CHECK(moment("as_of=2026-01-31T12:00:00+09:00") == "2026-01-31T12:00:00+09:00");
  CHECK(moment("as_of=2026-01-31T12%3A00%3A00Z") == "2026-01-31T12:00:00Z");
  CHECK(moment("as%5Fof=7") == "7");
  CHECK(moment("as_of").empty());
  CHECK(moment("as_of=").empty());
  CHECK(moment("as_of=1=2") == "1=2");
}

TEST_CASE("how often as_of is said is counted, and the first one taken") {
  const auto taken = take_as_of("as_of=1&limit=2&as_of=3");
  CHECK(taken.value().count == 2);
  CHECK(taken.value().moment == "1");
}
