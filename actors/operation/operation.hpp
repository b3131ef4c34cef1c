#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/operation_events.hpp"

namespace orrery {

/// The rules of one asynchronous request: started → succeeded | failed. Pure.
struct Operation {
  static constexpr std::string_view stream_prefix = "operation";

  struct Start {
    OperationStarted request;
  };
  struct Succeed {};
  struct Fail {
    std::string code;
    std::string message;
  };
  using Command = std::variant<Start, Succeed, Fail>;
  using Event = OperationEvent;
  enum class Rejection : std::uint8_t {
    operation_does_not_exist,
    operation_is_another,
    operation_has_ended_differently
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, operation_does_not_exist, operation_is_another,
                             operation_has_ended_differently)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct InProgress {
    OperationStarted request;

    bool operator==(const InProgress&) const = default;
    BOOST_DESCRIBE_CLASS(InProgress, (), (request), (), ())
  };
  struct Succeeded {
    OperationStarted request;

    bool operator==(const Succeeded&) const = default;
    BOOST_DESCRIBE_CLASS(Succeeded, (), (request), (), ())
  };
  struct Failed {
    OperationStarted request;

    bool operator==(const Failed&) const = default;
    BOOST_DESCRIBE_CLASS(Failed, (), (request), (), ())
  };
  using State = std::variant<Absent, InProgress, Succeeded, Failed>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return state.index() >= 2; }
};

}  // namespace orrery
