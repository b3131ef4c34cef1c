#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/lease_events.hpp"

namespace orrery {

/// The rules of one claim on a part of a node: requested → queued → granted → released | expired,
/// or refused. Pure.
struct Lease {
  static constexpr std::string_view stream_prefix = "lease";
  /// A lease is on one node.
  static constexpr std::uint32_t gpu_count_max = 16;
  static constexpr std::uint32_t gang_size_max = 64;

  struct Request {
    LeaseRequested request;
  };
  struct Queue {};
  struct Grant {
    LeaseGranted grant;
  };
  struct Refuse {
    std::string reason;
  };
  /// Gives the GPUs back, or withdraws a request that waits. A lease that has ended stays as it is.
  struct Release {};
  struct Expire {
    std::string reason;
  };
  using Command = std::variant<Request, Queue, Grant, Refuse, Release, Expire>;
  using Event = LeaseEvent;
  enum class Rejection : std::uint8_t {
    lease_does_not_exist,
    lease_has_ended,
    lease_is_granted_differently,
    lease_is_requested_differently,
    gpu_count_must_be_16_at_most,
    lease_must_ask_for_something,
    gang_size_must_be_1_to_64,
    granted_gpu_count_differs_from_request,
    command_does_not_fit_state,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, lease_does_not_exist, lease_has_ended,
                             lease_is_granted_differently, lease_is_requested_differently,
                             gpu_count_must_be_16_at_most, lease_must_ask_for_something,
                             gang_size_must_be_1_to_64, granted_gpu_count_differs_from_request,
                             command_does_not_fit_state)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  /// Requested, and maybe queued.
  struct Waiting {
    LeaseRequested request;
    bool queued = false;

    bool operator==(const Waiting&) const = default;
    BOOST_DESCRIBE_CLASS(Waiting, (), (request, queued), (), ())
  };
  struct Granted {
    LeaseRequested request;
    LeaseGranted grant;

    bool operator==(const Granted&) const = default;
    BOOST_DESCRIBE_CLASS(Granted, (), (request, grant), (), ())
  };
  /// Released, refused or expired.
  struct Ended {
    bool operator==(const Ended&) const = default;
    BOOST_DESCRIBE_CLASS(Ended, (), (), (), ())
  };
  using State = std::variant<Absent, Waiting, Granted, Ended>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Ended>(state); }
};

}  // namespace orrery
