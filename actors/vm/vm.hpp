#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/vm_events.hpp"

namespace orrery {

/// The rules of one virtual machine: requested → placed → running → deleting → deleted, or failed.
/// Pure.
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
  struct Delete {};
  /// The driver's word that nothing of the VM runs any more, or the process's that it never got
  /// GPUs.
  struct ReportStopped {};
  /// Out of stock, driver error, lost node. Nothing for a VM that is being deleted: deletion goes
  /// on.
  struct ReportFailed {
    std::string code;
    std::string message;
  };
  using Command = std::variant<Create, Place, ReportStarted, Delete, ReportStopped, ReportFailed>;
  using Event = VmEvent;
  enum class Rejection : std::uint8_t {
    vm_does_not_exist,
    vm_exists_already,
    vm_is_placed_differently,
    vm_has_ended,
    fence_is_stale,
    command_does_not_fit_state,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, vm_does_not_exist, vm_exists_already,
                             vm_is_placed_differently, vm_has_ended, fence_is_stale,
                             command_does_not_fit_state)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Waiting {
    VmRequested request;

    bool operator==(const Waiting&) const = default;
    BOOST_DESCRIBE_CLASS(Waiting, (), (request), (), ())
  };
  struct Placed {
    VmRequested request;
    VmPlaced placement;

    bool operator==(const Placed&) const = default;
    BOOST_DESCRIBE_CLASS(Placed, (), (request, placement), (), ())
  };
  struct Running {
    VmRequested request;
    VmPlaced placement;

    bool operator==(const Running&) const = default;
    BOOST_DESCRIBE_CLASS(Running, (), (request, placement), (), ())
  };
  /// Deletion was asked for; placed or not, the driver has not yet confirmed.
  struct Deleting {
    VmRequested request;

    bool operator==(const Deleting&) const = default;
    BOOST_DESCRIBE_CLASS(Deleting, (), (request), (), ())
  };
  /// It can still be deleted.
  struct Failed {
    VmRequested request;

    bool operator==(const Failed&) const = default;
    BOOST_DESCRIBE_CLASS(Failed, (), (request), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Waiting, Placed, Running, Deleting, Failed, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
