#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/service_events.hpp"

namespace orrery {

/// The rules of one service, which is one process (or the image of one) somewhere: pending → placed
/// → running → ended, with stopping on the way where somebody ends it. Pure.
///
/// It runs once: what has ended, however it ended, never runs again.
struct Service {
  static constexpr std::string_view stream_prefix = "service";
  /// For reports of somebody other than a driver.
  static constexpr std::uint64_t whichever_fence = std::numeric_limits<std::uint64_t>::max();

  struct Create {
    ServiceRequested request;
  };
  struct Place {
    ServicePlaced placement;
  };
  /// The driver's words carry the fence that it was told to start with; an older one is refused.
  /// Any of them may come twice, and late.
  struct ReportBuilding {
    std::uint64_t fence = 0;
  };
  struct ReportLaunched {
    ServiceLaunched launched;
    std::uint64_t fence = 0;
  };
  struct ReportReady {
    std::uint64_t fence = 0;
  };
  /// Its process ended by itself or was killed by somebody else, or nothing of it runs any more as
  /// was asked for.
  struct ReportExited {
    std::uint64_t fence = 0;
    std::optional<std::uint32_t> exit_code;
    std::optional<std::uint32_t> signal;
  };
  /// It can't run: the driver's word, and then nothing of it runs; or, of one that isn't placed,
  /// the process's that its lease can't be had.
  struct ReportFailed {
    std::string code;
    std::string message;
    std::uint64_t fence = whichever_fence;
  };
  /// One that only waits has ended then; another is stopped by its driver. Nothing happens to one
  /// that has ended.
  struct Stop {
    ServiceStopReason reason = ServiceStopReason::cancelled;
  };
  /// The process's word that its node is lost, or its lease was taken away.
  struct Interrupt {
    std::string code;
    std::string message;
  };
  using Command = std::variant<Create, Place, ReportBuilding, ReportLaunched, ReportReady,
                               ReportExited, ReportFailed, Stop, Interrupt>;
  using Event = ServiceEvent;
  enum class Rejection : std::uint8_t {
    service_does_not_exist,
    service_exists_already,
    service_has_ended,
    service_is_placed_differently,
    fence_is_stale,
    command_does_not_fit_state,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, service_does_not_exist, service_exists_already,
                             service_has_ended, service_is_placed_differently, fence_is_stale,
                             command_does_not_fit_state)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  /// For its lease.
  struct Pending {
    ServiceRequested request;

    bool operator==(const Pending&) const = default;
    BOOST_DESCRIBE_CLASS(Pending, (), (request), (), ())
  };
  /// With its driver; it doesn't serve yet.
  struct Placed {
    ServiceRequested request;
    ServicePlaced placement;
    bool is_building = false;
    std::optional<ServiceLaunched> launched = {};

    bool operator==(const Placed&) const = default;
    BOOST_DESCRIBE_CLASS(Placed, (), (request, placement, is_building, launched), (), ())
  };
  struct Running {
    ServiceRequested request;
    ServicePlaced placement;
    ServiceLaunched launched;

    bool operator==(const Running&) const = default;
    BOOST_DESCRIBE_CLASS(Running, (), (request, placement, launched), (), ())
  };
  /// The driver has not yet confirmed.
  struct Stopping {
    ServiceRequested request;
    ServicePlaced placement;
    ServiceStopReason reason = ServiceStopReason::cancelled;

    bool operator==(const Stopping&) const = default;
    BOOST_DESCRIBE_CLASS(Stopping, (), (request, placement, reason), (), ())
  };
  struct Ended {
    ServiceRequested request;
    /// Of its placement; 0 where it had none.
    std::uint64_t fence = 0;

    bool operator==(const Ended&) const = default;
    BOOST_DESCRIBE_CLASS(Ended, (), (request, fence), (), ())
  };
  using State = std::variant<Absent, Pending, Placed, Running, Stopping, Ended>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Ended>(state); }
};

}  // namespace orrery
