#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/instance/instance.hpp"
#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

InstanceRequested request(WhenFull when_full = WhenFull::refuse) {
  InstanceRequested requested;
  requested.order_id = "order-1";
  requested.specification.namespace_id = "u1";
  requested.specification.gpu_count = 1;
  requested.specification.volumes = {{"volume-1", "/root/data", 50, true}};
  requested.specification.when_full = when_full;
  return requested;
}

const InstancePlaced placement{"i1.1", "node-7", {3}, 42};
const InstancePlaced placement_again{"i1.2", "node-9", {1}, 50};
const InstanceStarted address{"172.31.213.79", 30'099};
const SnapshotWish wish{"image-1", "images.example/u1/mine:v1"};
const InstanceStopRequested saving_stop{InstanceEndReason::customer, 10, wish};
const InstanceStopRequested plain_stop{InstanceEndReason::arrears, 10, std::nullopt};

Given<Instance> waiting() { return given<Instance>({request()}); }
Given<Instance> queued() { return given<Instance>({request(WhenFull::queue)}); }
Given<Instance> placed() { return waiting().then({placement}); }
Given<Instance> running() { return placed().then({address}); }
Given<Instance> stopping() { return running().then({saving_stop}); }
Given<Instance> saved() { return stopping().then({InstanceSnapshotTaken{wish, 7}}); }
Given<Instance> stopped() { return saved().then({InstanceStopped{}}); }
Given<Instance> waiting_again() { return stopped().then({InstanceStartRequested{}}); }
Given<Instance> placed_again() { return waiting_again().then({placement_again}); }
Given<Instance> deleting() { return running().then({InstanceDeletionRequested{}}); }
Given<Instance> failed() { return placed().then({InstanceFailed{"driver_error", "No."}}); }
Given<Instance> deleted() { return deleting().then({InstanceDeleted{}}); }

using Rejection = Instance::Rejection;

}  // namespace

TEST_CASE("an instance is created, placed, started, switched off and on, and deleted") {
  CHECK(given<Instance>({}).when(Instance::Create{request()}).value() ==
        decided<Instance>({request()}));
  CHECK(waiting().when(Instance::Place{placement}).value() == decided<Instance>({placement}));
  CHECK(placed().when(Instance::ReportStarted{address, 42}).value() ==
        decided<Instance>({address}));
  CHECK(running().when(Instance::Stop{plain_stop}).value() == decided<Instance>({plain_stop}));
  CHECK(stopping().when(Instance::ReportStopped{42}).value() ==
        decided<Instance>({InstanceStopped{}}));
  CHECK(stopped().when(Instance::Start{}).value() == decided<Instance>({InstanceStartRequested{}}));
  CHECK(running().when(Instance::Delete{}).value() ==
        decided<Instance>({InstanceDeletionRequested{}}));
  CHECK(deleting().when(Instance::ReportStopped{42}).value() ==
        decided<Instance>({InstanceDeleted{}}));
}

TEST_CASE("creating an instance again is a retry, and another one of its name is refused") {
  CHECK(running().when(Instance::Create{request()}).value().empty());
  auto other = request();
  other.order_id = "order-2";
  CHECK(running().when(Instance::Create{other}).error() == Rejection::instance_exists_already);
  CHECK(deleted().when(Instance::Create{request()}).error() == Rejection::instance_has_ended);
  CHECK(given<Instance>({}).when(Instance::Start{}).error() == Rejection::instance_does_not_exist);
}

TEST_CASE("an executor with an older fence is not heard") {
  CHECK(placed().when(Instance::ReportStarted{address, 41}).error() == Rejection::fence_is_stale);
  CHECK(placed().when(Instance::ReportFailed{"", "", 41}).error() == Rejection::fence_is_stale);
  CHECK(stopping().when(Instance::ReportStopped{41}).error() == Rejection::fence_is_stale);
  CHECK(stopping().when(Instance::ReportSnapshot{{wish, 7}, 41}).error() ==
        Rejection::fence_is_stale);
  CHECK(deleting().when(Instance::ReportStopped{41}).error() == Rejection::fence_is_stale);
  // It lost its GPUs meanwhile: the word is about these.
  CHECK(waiting_again().when(Instance::ReportFailed{"", "", 42}).error() ==
        Rejection::fence_is_stale);
}

TEST_CASE("an instance that is being created is not switched off, nor deleted where that is soon") {
  CHECK(waiting().when(Instance::Stop{plain_stop}).error() == Rejection::instance_is_being_created);
  CHECK(placed().when(Instance::Start{}).error() == Rejection::instance_is_being_created);
  CHECK(waiting().when(Instance::Delete{}).error() == Rejection::instance_is_being_created);
  CHECK(placed().when(Instance::Delete{}).error() == Rejection::instance_is_being_created);
  CHECK(queued().when(Instance::Delete{}).value() ==
        decided<Instance>({InstanceDeletionRequested{}}));
}

TEST_CASE("an instance that is being saved is deleted only once it is") {
  CHECK(stopping().when(Instance::Delete{}).error() == Rejection::instance_is_shutting_down);
  CHECK(saved().when(Instance::Delete{}).value().size() == 1);
  CHECK(running().then({plain_stop}).when(Instance::Delete{}).value().size() == 1);
}

TEST_CASE("what is kept no longer is deleted only while it is off") {
  const Instance::Delete late{InstanceEndReason::retention};
  CHECK(stopped().when(late).value() ==
        decided<Instance>({InstanceDeletionRequested{InstanceEndReason::retention}}));
  CHECK(failed().when(late).value().size() == 1);
  for (const auto& switched_on : {waiting_again(), placed_again(), running()})
    CHECK(switched_on.when(late).error() == Rejection::instance_is_on_already);
  CHECK(stopping().when(late).error() == Rejection::instance_is_shutting_down);
}

TEST_CASE("a restart that waits for GPUs is called off at once") {
  CHECK(waiting_again().when(Instance::Stop{plain_stop}).value() ==
        decided<Instance>({plain_stop, InstanceStopped{}}));
  CHECK(placed_again().when(Instance::Stop{plain_stop}).value() == decided<Instance>({plain_stop}));
  CHECK(waiting_again().when(Instance::Delete{}).value() ==
        decided<Instance>({InstanceDeletionRequested{}}));
}

TEST_CASE("switching says where an instance is already") {
  CHECK(stopped().when(Instance::Stop{plain_stop}).error() == Rejection::instance_is_off_already);
  CHECK(stopping().when(Instance::Start{}).error() == Rejection::instance_is_shutting_down);
  CHECK(running().when(Instance::Start{}).error() == Rejection::instance_is_on_already);
  CHECK(waiting_again().when(Instance::Start{}).error() == Rejection::instance_is_on_already);
}

TEST_CASE("a snapshot is taken once, of an instance that runs, and only the one that was wished") {
  CHECK(stopping().when(Instance::ReportSnapshot{{wish, 7}, 42}).value() ==
        decided<Instance>({InstanceSnapshotTaken{wish, 7}}));
  CHECK(saved().when(Instance::ReportSnapshot{{wish, 7}, 42}).value().empty());
  const SnapshotWish other{"image-2", "images.example/u1/mine:v2"};
  CHECK(stopping().when(Instance::ReportSnapshot{{other, 7}, 42}).error() ==
        Rejection::command_does_not_fit_state);
  CHECK(waiting_again().when(Instance::Stop{saving_stop}).error() ==
        Rejection::snapshot_needs_a_running_instance);
}

TEST_CASE("one that can't be saved is off, and says why there is no image") {
  const Instance::ReportFailed refusal{"snapshot_failed", "The disk is full.", 50};
  CHECK(stopping().when(refusal).value() ==
        decided<Instance>(
            {InstanceInterrupted{"snapshot_failed", "The disk is full."}, InstanceStopped{}}));
  CHECK(saved().when(refusal).value() == decided<Instance>({InstanceStopped{}}));
  CHECK(stopped().when(refusal).value().empty());
}

TEST_CASE("who never ran fails, who has run waits for other GPUs or is off") {
  const Instance::Interrupt loss{"node_lost", "The node is lost."};
  CHECK(placed().when(loss).value() ==
        decided<Instance>({InstanceFailed{"node_lost", "The node is lost."}}));
  CHECK(running().when(loss).value() ==
        decided<Instance>({InstanceInterrupted{"node_lost", "The node is lost."}}));
  CHECK(stopping().when(loss).value() == decided<Instance>({InstanceStopped{}}));
  const Instance::ReportFailed error{"driver_error", "No.", 50};
  CHECK(placed().when(error).value() == decided<Instance>({InstanceFailed{"driver_error", "No."}}));
  CHECK(placed_again().when(error).value() ==
        decided<Instance>({InstanceInterrupted{"driver_error", "No."}, InstanceStopped{}}));
}

TEST_CASE("an instance is placed once for each time it is on") {
  CHECK(placed().when(Instance::Place{placement_again}).error() ==
        Rejection::instance_is_placed_differently);
  CHECK(running().when(Instance::Place{placement}).value().empty());
}

TEST_CASE("what an instance answers to every command in every state", "[golden]") {
  check_state_table<Instance>({
      {{"absent", {}},
       {"waiting", waiting().state},
       {"waiting, creates may wait", queued().state},
       {"placed", placed().state},
       {"running", running().state},
       {"stopping with a snapshot", stopping().state},
       {"stopping, snapshot taken", saved().state},
       {"stopped", stopped().state},
       {"waiting again", waiting_again().state},
       {"placed again", placed_again().state},
       {"deleting", deleting().state},
       {"failed", failed().state},
       {"deleted", deleted().state}},
      {{"create", Instance::Create{request()}},
       {"place", Instance::Place{placement}},
       {"place elsewhere", Instance::Place{placement_again}},
       {"report started", Instance::ReportStarted{address, 50}},
       {"report started, older fence", Instance::ReportStarted{address, 41}},
       {"stop", Instance::Stop{plain_stop}},
       {"stop with a snapshot", Instance::Stop{saving_stop}},
       {"report snapshot", Instance::ReportSnapshot{{wish, 7}, 50}},
       {"report stopped", Instance::ReportStopped{50}},
       {"report stopped, older fence", Instance::ReportStopped{41}},
       {"start", Instance::Start{}},
       {"report failed", Instance::ReportFailed{"driver_error", "No."}},
       {"report failed, by a driver", Instance::ReportFailed{"driver_error", "No.", 50}},
       {"interrupt", Instance::Interrupt{"node_lost", "Lost."}},
       {"delete", Instance::Delete{}},
       {"delete, kept no longer", Instance::Delete{InstanceEndReason::retention}}},
  });
}

TEST_CASE("whatever is commanded, an instance that ran never fails, and runs only where placed") {
  const std::vector<Instance::Command> commands{Instance::Create{request()},
                                                Instance::Place{placement},
                                                Instance::Place{placement_again},
                                                Instance::ReportStarted{address, 42},
                                                Instance::ReportStarted{address, 50},
                                                Instance::Stop{plain_stop},
                                                Instance::Stop{saving_stop},
                                                Instance::ReportSnapshot{{wish, 7}, 50},
                                                Instance::ReportStopped{42},
                                                Instance::ReportStopped{50},
                                                Instance::Start{},
                                                Instance::ReportFailed{"driver_error", "No."},
                                                Instance::Interrupt{"node_lost", "Lost."},
                                                Instance::Delete{}};
  CHECK(rc::check([&] {
    bool has_run = false, is_placed = false, is_over = false;
    std::size_t snapshots_owed = 0;
    play<Instance>(commands, [&](const Instance::State&, const Instance::Event& event) {
      RC_ASSERT(!is_over);
      std::visit(Match{
                     [&](const InstancePlaced&) {
                       RC_ASSERT(!is_placed);
                       is_placed = true;
                     },
                     [&](const InstanceStarted&) {
                       RC_ASSERT(is_placed);
                       has_run = true;
                     },
                     [&](const InstanceStopRequested& stop) {
                       RC_ASSERT(has_run);
                       snapshots_owed = stop.snapshot ? 1 : 0;
                     },
                     [&](const InstanceSnapshotTaken&) { RC_ASSERT(snapshots_owed-- == 1); },
                     [&](const InstanceStopped&) { is_placed = false; },
                     [&](const InstanceInterrupted&) {
                       RC_ASSERT(has_run);
                       is_placed = false;
                     },
                     [&](const InstanceFailed&) { RC_ASSERT(!has_run); },
                     [&](const InstanceDeleted&) { is_over = true; },
                     [](const auto&) {},
                 },
                 event);
    });
  }));
}
