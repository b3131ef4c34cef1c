#include "actors/service/service.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

ServiceRequested request(std::uint32_t time_limit_min = 15) {
  ServiceRequested request;
  request.specification.name = "vllm-17";
  request.specification.cluster = "ai-factory";
  request.specification.resources = {2, 32'768, 1, "", time_limit_min};
  return request;
}
const ServicePlaced placement{"service-17", "mel2001", {0}, 42};
const ServiceLaunched launched{"mel2001", 8'001};
constexpr auto whichever = Service::whichever_fence;

Given<Service> pending() { return given<Service>({request()}); }
Given<Service> placed() { return pending().then({placement}); }
Given<Service> building() { return placed().then({ServiceBuildBegan{}}); }
Given<Service> starting() { return building().then({launched}); }
Given<Service> running() { return starting().then({ServiceBecameReady{}}); }
Given<Service> stopping(ServiceStopReason reason = ServiceStopReason::cancelled) {
  return running().then({ServiceStopRequested{reason}});
}
Given<Service> ended() { return running().then({ServiceEnded{}}); }

ServiceEnded end_of(const Given<Service>& service, const Service::Command& command) {
  const auto decision = service.when(command);
  REQUIRE(decision.has_value());
  REQUIRE(decision->size() == 1);
  return std::get<ServiceEnded>(decision->front());
}

}  // namespace

TEST_CASE("a service is requested, placed, built, launched, ready and stopped") {
  CHECK(given<Service>({}).when(Service::Create{request()}).value() ==
        decided<Service>({request()}));
  CHECK(pending().when(Service::Place{placement}).value() == decided<Service>({placement}));
  CHECK(placed().when(Service::ReportBuilding{42}).value() ==
        decided<Service>({ServiceBuildBegan{}}));
  CHECK(building().when(Service::ReportLaunched{launched, 42}).value() ==
        decided<Service>({launched}));
  CHECK(starting().when(Service::ReportReady{42}).value() ==
        decided<Service>({ServiceBecameReady{}}));
  CHECK(running().when(Service::Stop{}).value() ==
        decided<Service>({ServiceStopRequested{ServiceStopReason::cancelled}}));
  CHECK(end_of(stopping(), Service::ReportExited{42, 143u, {}}).outcome ==
        ServiceOutcome::cancelled);
}

TEST_CASE("a service is requested and placed once, and exactly") {
  CHECK(running().when(Service::Create{request()}).value().empty());
  CHECK(running().when(Service::Create{request(30)}).error() ==
        Service::Rejection::service_exists_already);
  CHECK(running().when(Service::Place{placement}).value().empty());
  CHECK(running().when(Service::Place{{"service-17", "mel2002", {1}, 43}}).error() ==
        Service::Rejection::service_is_placed_differently);
  CHECK(ended().when(Service::Place{placement}).error() == Service::Rejection::service_has_ended);
  CHECK(given<Service>({}).when(Service::Stop{}).error() ==
        Service::Rejection::service_does_not_exist);
}

TEST_CASE("an older fence than the service was placed with says nothing about it") {
  for (const auto& service : {placed(), starting(), running(), stopping()}) {
    CHECK(service.when(Service::ReportExited{41, 1u, {}}).error() ==
          Service::Rejection::fence_is_stale);
    CHECK(service.when(Service::ReportFailed{"x", "", 41}).error() ==
          Service::Rejection::fence_is_stale);
    CHECK(service.when(Service::ReportReady{41}).error() == Service::Rejection::fence_is_stale);
  }
}

TEST_CASE("a process that ends by itself says how") {
  const auto done = end_of(running(), Service::ReportExited{42, 0u, {}});
  CHECK(done.outcome == ServiceOutcome::completed);
  CHECK(done.code == "exited");
  const auto broken = end_of(running(), Service::ReportExited{42, 3u, {}});
  CHECK(broken.outcome == ServiceOutcome::failed);
  CHECK(broken.exit_code == 3u);
  CHECK(broken.message == "Its process ended with exit code 3.");
  const auto killed = end_of(running(), Service::ReportExited{42, {}, 9u});
  CHECK(killed.code == "killed");
  CHECK(killed.message == "Its process was ended by signal 9.");
  CHECK(end_of(starting(), Service::ReportExited{42, {}, {}}).code == "vanished");
  CHECK(ended().when(Service::ReportExited{42, 0u, {}}).value().empty());
}

TEST_CASE("a service that is told to end has ended for the reason it was told") {
  const Service::ReportExited report{42, {}, 15u};
  CHECK(end_of(stopping(), report).outcome == ServiceOutcome::cancelled);
  const auto late = end_of(stopping(ServiceStopReason::time_limit), report);
  CHECK(late.outcome == ServiceOutcome::failed);
  CHECK(late.code == "time_limit");
  CHECK(late.message == "It ran for its time limit of 15 min.");
  CHECK(end_of(stopping(ServiceStopReason::gpu_fault), report).code == "gpu_fault");
  CHECK(stopping().when(Service::Stop{ServiceStopReason::time_limit}).value().empty());
}

TEST_CASE("a service that waits is over as soon as it is stopped") {
  const auto end = end_of(pending(), Service::Stop{});
  CHECK(end.outcome == ServiceOutcome::cancelled);
  CHECK(end.is_confirmed);
  CHECK(pending().when(Service::Stop{ServiceStopReason::time_limit}).error() ==
        Service::Rejection::command_does_not_fit_state);
}

TEST_CASE("a service that can't be placed fails, but not on an executor's word") {
  CHECK(end_of(pending(), Service::ReportFailed{"out_of_resources", "No."}).code ==
        "out_of_resources");
  CHECK(pending().when(Service::ReportFailed{"driver_error", "", 42}).error() ==
        Service::Rejection::fence_is_stale);
  for (const auto& service : {placed(), starting(), running(), stopping()})
    CHECK(service.when(Service::ReportFailed{"gpu_fault", "Too late."}).error() ==
          Service::Rejection::command_does_not_fit_state);
}

TEST_CASE("on a lost node nobody confirms that a service has ended") {
  const auto lost = end_of(running(), Service::Interrupt{"node_lost", "Gone."});
  CHECK(lost.outcome == ServiceOutcome::failed);
  CHECK_FALSE(lost.is_confirmed);
  const auto cancelled = end_of(stopping(), Service::Interrupt{"node_lost", "Gone."});
  CHECK(cancelled.outcome == ServiceOutcome::cancelled);
  CHECK_FALSE(cancelled.is_confirmed);
  CHECK(pending().when(Service::Interrupt{"node_lost", ""}).value().empty());
}

TEST_CASE("a service isn't ready before it is launched, and may be launched again before") {
  CHECK(placed().when(Service::ReportReady{42}).error() ==
        Service::Rejection::command_does_not_fit_state);
  CHECK(starting().when(Service::ReportLaunched{launched, 42}).value().empty());
  const ServiceLaunched elsewhere{"mel2001", 8'002};
  CHECK(starting().when(Service::ReportLaunched{elsewhere, 42}).value() ==
        decided<Service>({elsewhere}));
  CHECK(running().when(Service::ReportLaunched{elsewhere, 42}).value().empty());
}

TEST_CASE("every state of a service answers every command as the table says", "[golden]") {
  check_state_table<Service>({
      {{"absent", {}},
       {"pending", pending().state},
       {"placed", placed().state},
       {"building", building().state},
       {"starting", starting().state},
       {"running", running().state},
       {"stopping", stopping().state},
       {"ended", ended().state}},
      {{"create", Service::Create{request()}},
       {"create, differently", Service::Create{request(30)}},
       {"place", Service::Place{placement}},
       {"place, differently", Service::Place{{"service-17", "mel2002", {1}, 43}}},
       {"report building", Service::ReportBuilding{42}},
       {"report building, stale", Service::ReportBuilding{41}},
       {"report launched", Service::ReportLaunched{launched, 42}},
       {"report launched, elsewhere", Service::ReportLaunched{{"mel2001", 8'002}, 42}},
       {"report launched, stale", Service::ReportLaunched{launched, 41}},
       {"report ready", Service::ReportReady{42}},
       {"report ready, stale", Service::ReportReady{41}},
       {"report exited", Service::ReportExited{42, 0u, {}}},
       {"report exited, stale", Service::ReportExited{41, 0u, {}}},
       {"report failed", Service::ReportFailed{"driver_error", "", 42}},
       {"report failed, stale", Service::ReportFailed{"driver_error", "", 41}},
       {"report failed, whoever", Service::ReportFailed{"out_of_resources", "", whichever}},
       {"stop", Service::Stop{}},
       {"stop for time", Service::Stop{ServiceStopReason::time_limit}},
       {"stop for a GPU", Service::Stop{ServiceStopReason::gpu_fault}},
       {"interrupt", Service::Interrupt{"node_lost", ""}}},
  });
}

TEST_CASE("whatever is commanded, a service is placed once at most and ends once") {
  std::vector<Service::Command> commands{
      Service::Create{request()}, Service::Stop{}, Service::Stop{ServiceStopReason::time_limit},
      Service::Interrupt{"node_lost", ""}, Service::ReportFailed{"out_of_resources", ""}};
  for (std::uint64_t fence = 41; fence < 44; ++fence) {
    commands.push_back(Service::Place{{"service-17", "mel2001", {0}, fence}});
    commands.push_back(Service::ReportBuilding{fence});
    commands.push_back(Service::ReportLaunched{launched, fence});
    commands.push_back(Service::ReportReady{fence});
    commands.push_back(Service::ReportExited{fence, 1u, {}});
    commands.push_back(Service::ReportFailed{"driver_error", "", fence});
  }
  CHECK(rc::check([&] {
    int placements = 0, ready = 0, ends = 0;
    play<Service>(commands, [&](const Service::State& before, const Service::Event& event) {
      RC_ASSERT(!Service::is_terminal(before));
      if (std::holds_alternative<ServicePlaced>(event)) RC_ASSERT(++placements == 1);
      if (std::holds_alternative<ServiceBecameReady>(event)) RC_ASSERT(++ready == 1);
      if (std::holds_alternative<ServiceEnded>(event)) RC_ASSERT(++ends == 1);
    });
  }));
}
