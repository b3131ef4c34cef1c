#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/instance_events.hpp"

namespace orrery {

/// The rules of one container instance: waiting → placed → running → stopping → stopped → waiting
/// …, and deleting → deleted, or failed where it never ran. Pure.
///
/// One that has run before never fails: it waits for GPUs again, or is stopped.
struct Instance {
  static constexpr std::string_view stream_prefix = "instance";
  /// For reports of somebody other than a driver.
  static constexpr std::uint64_t whichever_fence = std::numeric_limits<std::uint64_t>::max();

  struct Create {
    InstanceRequested request;
  };
  struct Place {
    InstancePlaced placement;
  };
  /// The driver's word that it runs. Carries the fence it was started with, as all reports do: an
  /// older one is refused.
  struct ReportStarted {
    InstanceStarted started;
    std::uint64_t fence = 0;
  };
  /// Switch off one that runs, or that was to run again. Not one that is being created.
  struct Stop {
    InstanceStopRequested stop;
  };
  /// The driver's word that the system disk is saved. Comes before `ReportStopped`.
  struct ReportSnapshot {
    InstanceSnapshotTaken taken;
    std::uint64_t fence = 0;
  };
  /// The driver's word that nothing of it runs any more, or the process's that it had no GPUs (with
  /// fence 0 where it never had).
  struct ReportStopped {
    std::uint64_t fence = 0;
  };
  /// Switch a stopped one on.
  struct Start {};
  /// It can't run: the driver's word, or the process's that its volumes or GPUs can't be had. One
  /// that never ran has failed then, another is stopped.
  struct ReportFailed {
    std::string code;
    std::string message;
    std::uint64_t fence = whichever_fence;
  };
  /// The process's word that its GPUs or their node are lost. One that never ran has failed then,
  /// another is to be placed anew.
  struct Interrupt {
    std::string code;
    std::string message;
  };
  /// One that is being created can only be deleted where creates may wait for long; with the reason
  /// retention, only one that is off or failed. Not one that is being saved: what was promised to
  /// be an image comes first.
  struct Delete {
    InstanceEndReason reason = InstanceEndReason::customer;
  };
  using Command = std::variant<Create, Place, ReportStarted, Stop, ReportSnapshot, ReportStopped,
                               Start, ReportFailed, Interrupt, Delete>;
  using Event = InstanceEvent;
  enum class Rejection : std::uint8_t {
    instance_does_not_exist,
    instance_exists_already,
    instance_has_ended,
    instance_is_being_created,
    instance_is_on_already,
    instance_is_off_already,
    instance_is_shutting_down,
    instance_is_placed_differently,
    snapshot_needs_a_running_instance,
    fence_is_stale,
    command_does_not_fit_state,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, instance_does_not_exist, instance_exists_already,
                             instance_has_ended, instance_is_being_created, instance_is_on_already,
                             instance_is_off_already, instance_is_shutting_down,
                             instance_is_placed_differently, snapshot_needs_a_running_instance,
                             fence_is_stale, command_does_not_fit_state)

  /// What an instance is, in every state.
  struct Body {
    InstanceRequested request;
    bool has_run = false;

    bool operator==(const Body&) const = default;
    BOOST_DESCRIBE_CLASS(Body, (), (request, has_run), (), ())
  };

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  /// For volumes and GPUs: after birth, after somebody wants it on again, or after it lost them.
  struct Waiting {
    Body instance;

    bool operator==(const Waiting&) const = default;
    BOOST_DESCRIBE_CLASS(Waiting, (), (instance), (), ())
  };
  struct Placed {
    Body instance;
    InstancePlaced placement;

    bool operator==(const Placed&) const = default;
    BOOST_DESCRIBE_CLASS(Placed, (), (instance, placement), (), ())
  };
  struct Running {
    Body instance;
    InstancePlaced placement;

    bool operator==(const Running&) const = default;
    BOOST_DESCRIBE_CLASS(Running, (), (instance, placement), (), ())
  };
  /// The driver has not yet confirmed.
  struct Stopping {
    Body instance;
    InstancePlaced placement;
    InstanceStopRequested stop;
    bool snapshot_taken = false;

    bool operator==(const Stopping&) const = default;
    BOOST_DESCRIBE_CLASS(Stopping, (), (instance, placement, stop, snapshot_taken), (), ())
  };
  struct Stopped {
    Body instance;

    bool operator==(const Stopped&) const = default;
    BOOST_DESCRIBE_CLASS(Stopped, (), (instance), (), ())
  };
  /// The driver has not yet confirmed.
  struct Deleting {
    Body instance;
    /// Of the placement that it had; 0 for none.
    std::uint64_t fence = 0;

    bool operator==(const Deleting&) const = default;
    BOOST_DESCRIBE_CLASS(Deleting, (), (instance, fence), (), ())
  };
  /// It never ran. It can still be deleted.
  struct Failed {
    Body instance;
    std::uint64_t fence = 0;

    bool operator==(const Failed&) const = default;
    BOOST_DESCRIBE_CLASS(Failed, (), (instance, fence), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State =
      std::variant<Absent, Waiting, Placed, Running, Stopping, Stopped, Deleting, Failed, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
