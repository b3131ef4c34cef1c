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
  requested.specification.gpu_count = 2;
  requested.identity.mac_address = "02:00:00:00:00:01";
  return requested;
}

const VmPlaced placement{"vm-1.1", "node-7", {0, 3}, 42};
const VmStarted started{"10.0.0.1", "1.2.3.4"};

Vm::ReportStarted report_started(std::uint64_t fence) { return {"10.0.0.1", "1.2.3.4", fence}; }

Given<Vm> waiting() { return given<Vm>({request()}); }
Given<Vm> placed() { return waiting().then({placement}); }
Given<Vm> running() { return placed().then({started}); }
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

TEST_CASE("every state of a VM answers every command as the table says", "[golden]") {
  check_state_table<Vm>({
      {{"absent", {}},
       {"waiting", waiting().state},
       {"placed", placed().state},
       {"running", running().state},
       {"deleting", deleting().state},
       {"failed", failed().state},
       {"deleted", deleted().state}},
      {{"create", Vm::Create{request()}},
       {"create, differently", Vm::Create{request("other")}},
       {"place", Vm::Place{placement}},
       {"place elsewhere", Vm::Place{{"vm-1.1", "node-9", {1, 2}, 43}}},
       {"report started", report_started(42)},
       {"report started, older fence", report_started(41)},
       {"delete", Vm::Delete{}},
       {"report stopped", Vm::ReportStopped{42}},
       {"report failed", Vm::ReportFailed{"driver_error", "no"}}},
  });
}
