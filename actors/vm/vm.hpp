#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/vm_events.hpp"

namespace orrery {

/// The rules of one virtual machine: waiting → placed → running → stopping → stopped → waiting …,
/// and from anywhere deleting → deleted, or failed. Pure.
struct Vm {
  static constexpr std::string_view stream_prefix = "vm";

  struct Create {
    VmRequested request;
  };
  struct Place {
    VmPlaced placement;
  };
  /// The driver's word that the VM runs. Carries the fence it was started with: an older one is
  /// refused.
  struct ReportStarted {
    std::string private_ipv4;
    std::string public_ipv4;
    std::uint64_t fence = 0;
  };
  /// Switch a running VM off, or a stopped one on.
  struct Stop {};
  struct Start {};
  /// Boot a running VM anew.
  struct Reset {};
  /// The driver's word that this reset is over.
  struct ReportReset {
    std::uint64_t number = 0;
  };
  /// Another type of the same family for a stopped VM.
  struct Resize {
    VmResized shape;
  };
  /// Other addresses for a running VM.
  struct ChangeNetwork {
    VmNetworkChanged network;
  };
  struct Reserve {
    std::string reservation_id;
  };
  struct Unreserve {};
  struct Delete {};
  /// The driver's word that nothing of the VM runs any more, or the process's that it never got
  /// GPUs. Carries the fence that it was last started with; 0 where it never was.
  struct ReportStopped {
    std::uint64_t fence = 0;
  };
  /// Out of stock, driver error, lost node. A VM that has run before and was to start again is
  /// stopped then; one that is being stopped is stopped, and one that is being deleted goes on with
  /// that. A driver says with which fence it failed: an older one is refused.
  struct ReportFailed {
    static constexpr std::uint64_t whichever_fence = std::numeric_limits<std::uint64_t>::max();

    std::string code;
    std::string message;
    std::uint64_t fence = whichever_fence;
  };
  using Command =
      std::variant<Create, Place, ReportStarted, Stop, Start, Reset, ReportReset, Resize,
                   ChangeNetwork, Reserve, Unreserve, Delete, ReportStopped, ReportFailed>;
  using Event = VmEvent;
  enum class Rejection : std::uint8_t {
    vm_does_not_exist,
    vm_exists_already,
    vm_is_placed_differently,
    vm_has_ended,
    vm_is_reserved_differently,
    type_is_of_another_family,
    fence_is_stale,
    command_does_not_fit_state,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, vm_does_not_exist, vm_exists_already,
                             vm_is_placed_differently, vm_has_ended, vm_is_reserved_differently,
                             type_is_of_another_family, fence_is_stale, command_does_not_fit_state)

  /// What a VM is, in every state.
  struct Body {
    /// As it was born.
    VmRequested request;
    /// As it is now.
    std::string type;
    std::string subnet_id;
    PublicAddress public_address = PublicAddress::dynamic;
    std::string reservation_id;
    bool has_run = false;
    std::uint64_t reset_count = 0;

    bool operator==(const Body&) const = default;
    BOOST_DESCRIBE_CLASS(Body, (),
                         (request, type, subnet_id, public_address, reservation_id, has_run,
                          reset_count),
                         (), ())
  };

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  /// For GPUs: after birth, or after somebody wants it on again.
  struct Waiting {
    Body vm;

    bool operator==(const Waiting&) const = default;
    BOOST_DESCRIBE_CLASS(Waiting, (), (vm), (), ())
  };
  struct Placed {
    Body vm;
    VmPlaced placement;

    bool operator==(const Placed&) const = default;
    BOOST_DESCRIBE_CLASS(Placed, (), (vm, placement), (), ())
  };
  struct Running {
    Body vm;
    /// With the addresses that it has now.
    VmPlaced placement;

    bool operator==(const Running&) const = default;
    BOOST_DESCRIBE_CLASS(Running, (), (vm, placement), (), ())
  };
  struct Resetting {
    Body vm;
    VmPlaced placement;

    bool operator==(const Resetting&) const = default;
    BOOST_DESCRIBE_CLASS(Resetting, (), (vm, placement), (), ())
  };
  /// The driver has not yet confirmed.
  struct Stopping {
    Body vm;
    VmPlaced placement;

    bool operator==(const Stopping&) const = default;
    BOOST_DESCRIBE_CLASS(Stopping, (), (vm, placement), (), ())
  };
  struct Stopped {
    Body vm;

    bool operator==(const Stopped&) const = default;
    BOOST_DESCRIBE_CLASS(Stopped, (), (vm), (), ())
  };
  /// Deletion was asked for; placed or not, the driver has not yet confirmed.
  struct Deleting {
    Body vm;
    /// Of the placement that it had; 0 for none.
    std::uint64_t fence = 0;

    bool operator==(const Deleting&) const = default;
    BOOST_DESCRIBE_CLASS(Deleting, (), (vm, fence), (), ())
  };
  /// It can still be deleted.
  struct Failed {
    Body vm;
    std::uint64_t fence = 0;

    bool operator==(const Failed&) const = default;
    BOOST_DESCRIBE_CLASS(Failed, (), (vm, fence), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Waiting, Placed, Running, Resetting, Stopping, Stopped,
                             Deleting, Failed, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

/// The family of a VM type: "a100-80gb" of "a100-80gb.4x".
std::string_view vm_family(std::string_view type);

}  // namespace orrery
