#include "sim/checkers/services_settle.hpp"

#include <catch2/catch.hpp>

#include "sim/checkers/no_lease_without_owner.hpp"

using namespace orrery;

namespace {

/// A history told to a checker, one event after the other.
template <class C>
struct Told {
  C checker;
  Position position = 0;

  Told& event(const std::string& stream, Event event) {
    checker.apply({++position, stream, 1, Time{}, Origin{}, std::move(event)});
    return *this;
  }
  Told& service(Event event) { return this->event("service/17", std::move(event)); }
  std::size_t violations_at_rest() {
    checker.at_rest();
    return checker.violations().size();
  }
};

using ToldSettle = Told<ServicesSettle>;
const ServicePlaced placement{"service-17", "n1", {0}, 7};

}  // namespace

TEST_CASE("a service that runs, ends or waits in the queue has settled", "[sim]") {
  ToldSettle runs;
  runs.service(ServiceRequested{}).service(placement).service(ServiceLaunched{});
  CHECK(runs.checker.moving_count() == 1);
  runs.service(ServiceBecameReady{});
  CHECK(runs.checker.moving_count() == 0);
  CHECK(runs.violations_at_rest() == 0);

  ToldSettle ended;
  ended.service(ServiceRequested{}).service(ServiceEnded{});
  CHECK(ended.violations_at_rest() == 0);

  ToldSettle queued;
  queued.service(ServiceRequested{}).event("lease/service-17", LeaseQueued{});
  CHECK(queued.checker.queued_count() == 1);
  CHECK(queued.violations_at_rest() == 0);
}

TEST_CASE("a service that never comes to rest is found", "[sim]") {
  ToldSettle waits;
  CHECK(waits.service(ServiceRequested{}).violations_at_rest() == 1);
  ToldSettle starts;
  starts.service(ServiceRequested{}).event("lease/service-17", LeaseQueued{});
  starts.event("lease/service-17", LeaseGranted{"n1", {0}, 7}).service(placement);
  CHECK(starts.violations_at_rest() == 1);
  ToldSettle stops;
  stops.service(ServiceBecameReady{}).service(ServiceStopRequested{});
  CHECK(stops.violations_at_rest() == 1);
}

TEST_CASE("a replica that is never made is found", "[sim]") {
  ToldSettle told;
  ServiceGroupRequested group;
  group.service_ids = {"17", "18"};
  told.event("service_group/sg-17", group).service(ServiceBecameReady{});
  CHECK(told.violations_at_rest() == 1);
}

TEST_CASE("a service that starts twice, or goes on after its end, is found", "[sim]") {
  ToldSettle twice;
  twice.service(placement).service({ServicePlaced{"service-17", "n1", {0}, 8}});
  CHECK(twice.checker.violations().size() == 1);
  ToldSettle shared;
  shared.service(placement).event("service/18", ServicePlaced{"service-18", "n1", {0}, 7});
  CHECK(shared.checker.violations().size() == 1);
  ToldSettle undead;
  undead.service(ServiceEnded{}).service(ServiceBecameReady{});
  CHECK(undead.checker.violations().size() == 1);
}

TEST_CASE("a service that is over and keeps its lease is found", "[sim]") {
  const LeaseRequested request{"service/17", "c1", "", 1, WhenFull::queue};
  Told<NoLeaseWithoutOwner> told;
  told.service(ServiceRequested{}).event("lease/service-17", request).service(placement);
  CHECK(told.violations_at_rest() == 0);
  CHECK(told.service(ServiceEnded{}).violations_at_rest() == 1);
}
