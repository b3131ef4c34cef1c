#include <catch2/catch.hpp>

#include "actors/vm/vm.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

VmRequested request(std::string name = "my-vm") {
  VmRequested requested;
  requested.specification.project_id = "p1";
  requested.specification.name = std::move(name);
  requested.specification.type = "a40.2x";
  requested.specification.gpu_count = 2;
  requested.identity.mac_address = "02:00:00:00:00:01";
  return requested;
}

const VmPlaced placement{"vm-1.1", "node-7", {0, 3}, 42, "10.0.0.1", "1.2.3.4"};
const VmStarted started{"10.0.0.1", "1.2.3.4"};

Vm::ReportStarted report_started(std::uint64_t fence) { return {"10.0.0.1", "1.2.3.4", fence}; }

Given<Vm> waiting() { return given<Vm>({request()}); }
Given<Vm> placed() { return waiting().then({placement}); }
Given<Vm> running() { return placed().then({started}); }
Given<Vm> resetting() { return running().then({VmResetRequested{1}}); }
Given<Vm> stopping() { return running().then({VmStopRequested{}}); }
Given<Vm> stopped() { return stopping().then({VmStopped{}}); }
/// Once more, after it has run and was stopped.
Given<Vm> waiting_again() { return stopped().then({VmStartRequested{}}); }
const VmPlaced placement_again{"vm-1.2", "node-9", {1, 2}, 50, "10.0.0.1", "1.2.3.9"};
Given<Vm> placed_again() { return waiting_again().then({placement_again}); }
Given<Vm> deleting() { return running().then({VmDeletionRequested{}}); }
Given<Vm> failed() { return placed().then({VmFailed{"gpu_fault", "GPU 0 has a fault."}}); }
Given<Vm> deleted() { return deleting().then({VmDeleted{}}); }

}  // namespace

TEST_CASE("a VM is created, placed, started, deleted") {
  CHECK(given<Vm>({}).when(Vm::Create{request()}).value() == decided<Vm>({request()}));
  CHECK(waiting().when(Vm::Place{placement}).value() == decided<Vm>({placement}));
  CHECK(placed().when(report_started(42)).value() == decided<Vm>({started}));
  CHECK(running().when(Vm::Delete{}).value() == decided<Vm>({VmDeletionRequested{}}));
  CHECK(deleting().when(Vm::ReportStopped{42}).value() == decided<Vm>({VmDeleted{}}));
}

TEST_CASE("creating a VM again is a retry, and another VM of the same id is refused") {
  CHECK(running().when(Vm::Create{request()}).value().empty());
  CHECK(running().when(Vm::Create{request("other")}).error() == Vm::Rejection::vm_exists_already);
  CHECK(deleted().when(Vm::Create{request()}).error() == Vm::Rejection::vm_has_ended);
}

TEST_CASE("an executor with an older fence cannot start a VM") {
  CHECK(placed().when(report_started(41)).error() == Vm::Rejection::fence_is_stale);
  CHECK(running().when(report_started(41)).error() == Vm::Rejection::fence_is_stale);
  CHECK(running().when(report_started(42)).value().empty());
}

TEST_CASE("a VM is placed once") {
  const VmPlaced other{"vm-1.1", "node-9", {1, 2}, 43};
  CHECK(placed().when(Vm::Place{placement}).value().empty());
  CHECK(placed().when(Vm::Place{other}).error() == Vm::Rejection::vm_is_placed_differently);
}

TEST_CASE("a VM can be deleted from every state that it exists in") {
  for (const auto& vm : {waiting(), placed(), running(), failed()})
    CHECK(vm.when(Vm::Delete{}).value() == decided<Vm>({VmDeletionRequested{}}));
  CHECK(deleting().when(Vm::Delete{}).value().empty());
  CHECK(deleted().when(Vm::Delete{}).error() == Vm::Rejection::vm_has_ended);
  CHECK(given<Vm>({}).when(Vm::Delete{}).error() == Vm::Rejection::vm_does_not_exist);
}

TEST_CASE("a failure doesn't stop a deletion") {
  CHECK(deleting().when(Vm::ReportFailed{"driver_error", "no"}).value().empty());
  CHECK(deleting().when(report_started(42)).error() == Vm::Rejection::command_does_not_fit_state);
}

TEST_CASE("a VM is stopped and started again") {
  CHECK(running().when(Vm::Stop{}).value() == decided<Vm>({VmStopRequested{}}));
  CHECK(stopping().when(Vm::ReportStopped{42}).value() == decided<Vm>({VmStopped{}}));
  CHECK(stopped().when(Vm::Start{}).value() == decided<Vm>({VmStartRequested{}}));
  CHECK(waiting_again().when(Vm::Place{placement_again}).value() == decided<Vm>({placement_again}));
  CHECK(placed_again().when(report_started(50)).value() == decided<Vm>({started}));
}

TEST_CASE("a report about an earlier start says nothing about a later one") {
  CHECK(stopping().when(Vm::ReportStopped{41}).error() == Vm::Rejection::fence_is_stale);
  CHECK(placed_again().when(report_started(42)).error() == Vm::Rejection::fence_is_stale);
  const Vm::ReportFailed late{"driver_error", "", 42};
  CHECK(waiting_again().when(late).error() == Vm::Rejection::fence_is_stale);
  CHECK(placed_again().when(late).error() == Vm::Rejection::fence_is_stale);
  const auto dying = placed_again().then({VmDeletionRequested{}});
  CHECK(dying.when(Vm::ReportStopped{42}).error() == Vm::Rejection::fence_is_stale);
}

TEST_CASE("a VM that has run and cannot start again is stopped still") {
  const VmStartFailed failure{"out_of_stock", "Nothing is free."};
  const Vm::ReportFailed report{failure.code, failure.message};
  CHECK(waiting_again().when(report).value() == decided<Vm>({failure}));
  CHECK(placed_again().when(report).value() == decided<Vm>({failure}));
  const auto again = placed_again().then({failure});
  CHECK(again.when(Vm::Start{}).value() == decided<Vm>({VmStartRequested{}}));
}

TEST_CASE("a running VM boots anew once for each reset") {
  CHECK(running().when(Vm::Reset{}).value() == decided<Vm>({VmResetRequested{1}}));
  CHECK(resetting().when(Vm::ReportReset{1}).value() == decided<Vm>({VmReset{}}));
  const auto again = resetting().then({VmReset{}}).then({VmResetRequested{2}});
  CHECK(again.when(Vm::ReportReset{1}).value().empty());
  CHECK(again.when(Vm::ReportReset{2}).value() == decided<Vm>({VmReset{}}));
}

TEST_CASE("a stopped VM gets another type of its family") {
  const VmResized larger{"a40.4x", "A40-48GB", 4};
  CHECK(stopped().when(Vm::Resize{larger}).value() == decided<Vm>({larger}));
  CHECK(stopped().then({larger}).when(Vm::Resize{larger}).value().empty());
  CHECK(stopped().when(Vm::Resize{{"a100.2x", "A100-40GB", 2}}).error() ==
        Vm::Rejection::type_is_of_another_family);
  CHECK(running().when(Vm::Resize{larger}).error() == Vm::Rejection::command_does_not_fit_state);
}

TEST_CASE("a running VM gets other addresses") {
  const VmNetworkChanged change{"s2", PublicAddress::none, "10.1.0.2", ""};
  CHECK(running().when(Vm::ChangeNetwork{change}).value() == decided<Vm>({change}));
  CHECK(running().then({change}).when(Vm::ChangeNetwork{change}).value().empty());
  CHECK(stopped().when(Vm::ChangeNetwork{change}).error() ==
        Vm::Rejection::command_does_not_fit_state);
}

TEST_CASE("a VM is in one reservation at a time") {
  const auto reserved = running().then({VmReserved{"r1"}});
  CHECK(running().when(Vm::Reserve{"r1"}).value() == decided<Vm>({VmReserved{"r1"}}));
  CHECK(reserved.when(Vm::Reserve{"r1"}).value().empty());
  CHECK(reserved.when(Vm::Reserve{"r2"}).error() == Vm::Rejection::vm_is_reserved_differently);
  CHECK(reserved.when(Vm::Unreserve{}).value() == decided<Vm>({VmUnreserved{}}));
  CHECK(running().when(Vm::Unreserve{}).value().empty());
}

TEST_CASE("every state of a VM answers every command as the table says", "[golden]") {
  check_state_table<Vm>({
      {{"absent", {}},
       {"waiting", waiting().state},
       {"placed", placed().state},
       {"running", running().state},
       {"resetting", resetting().state},
       {"stopping", stopping().state},
       {"stopped", stopped().state},
       {"waiting again", waiting_again().state},
       {"placed again", placed_again().state},
       {"deleting", deleting().state},
       {"failed", failed().state},
       {"deleted", deleted().state}},
      {{"create", Vm::Create{request()}},
       {"create, differently", Vm::Create{request("other")}},
       {"place", Vm::Place{placement}},
       {"place elsewhere", Vm::Place{{"vm-1.1", "node-9", {1, 2}, 43}}},
       {"report started", report_started(42)},
       {"report started, older fence", report_started(41)},
       {"stop", Vm::Stop{}},
       {"start", Vm::Start{}},
       {"reset", Vm::Reset{}},
       {"report reset", Vm::ReportReset{1}},
       {"resize", Vm::Resize{{"a40.4x", "A40-48GB", 4}}},
       {"resize to another family", Vm::Resize{{"a100.2x", "A100-40GB", 2}}},
       {"change network", Vm::ChangeNetwork{{"s2", PublicAddress::none, "10.1.0.2", ""}}},
       {"reserve", Vm::Reserve{"r1"}},
       {"unreserve", Vm::Unreserve{}},
       {"delete", Vm::Delete{}},
       {"report stopped", Vm::ReportStopped{42}},
       {"report stopped, older fence", Vm::ReportStopped{41}},
       {"report failed", Vm::ReportFailed{"driver_error", "no"}},
       {"report failed, older fence", Vm::ReportFailed{"driver_error", "no", 41}}},
  });
}
