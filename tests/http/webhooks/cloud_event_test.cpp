#include "http/webhooks/cloud_event.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/support/golden.hpp"

using namespace orrery;

TEST_CASE("an event as a CloudEvent has the standard's attributes", "[golden]") {
  RecordedEvent recorded;
  recorded.position = 4711;
  recorded.stream = "kitten/3";
  recorded.version = 1;
  recorded.time = Time(std::chrono::seconds(1'700'000'000));
  recorded.origin = {"account/ann", 4700, "request-1"};
  recorded.event = KittenArrived{"Tom", "tabby", 3, 3};
  check_golden("http/native/cloud_event.json",
               boost::json::serialize(cloud_event(recorded, "/orrery/v1/events")) + "\n");
  recorded.origin = {};
  const auto plain = cloud_event(recorded, "/orrery/v1/events");
  for (const auto* absent : {"actor", "causationid", "correlationid"})
    CHECK_FALSE(plain.contains(absent));
}
