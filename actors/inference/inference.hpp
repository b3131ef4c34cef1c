#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/inference_events.hpp"

namespace orrery {

/// The rules of one question to a model: asked → dispatched, twice at most → answered or failed.
/// Pure: texts arrive sealed.
struct Inference {
  static constexpr std::string_view stream_prefix = "inference";
  static constexpr std::uint32_t dispatch_count_max = 2;

  struct Ask {
    InferenceAsked request;
    /// To the node at once; empty where there is none.
    std::string shared_node_id;
  };
  struct Dispatch {
    std::string shared_node_id;
  };
  /// The first of these two ends it; what comes later says nothing.
  struct Answer {
    InferenceAnswered answer;
  };
  struct Fail {
    InferenceFailed failure;
  };
  struct Change {
    InferenceChanged change;
  };
  struct Delete {};
  using Command = std::variant<Ask, Dispatch, Answer, Fail, Change, Delete>;
  using Event = InferenceEvent;
  enum class Rejection : std::uint8_t {
    inference_does_not_exist,
    inference_exists_already,
    inference_has_ended,
    inference_has_not_ended,
    inference_is_deleted,
    inference_is_not_dispatched,
    inference_was_dispatched_twice,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, inference_does_not_exist, inference_exists_already,
                             inference_has_ended, inference_has_not_ended, inference_is_deleted,
                             inference_is_not_dispatched, inference_was_dispatched_twice)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Waiting {
    InferenceAsked request;
    /// The last one; empty where there was none.
    std::string shared_node_id;
    std::uint32_t dispatch_count = 0;

    bool operator==(const Waiting&) const = default;
    BOOST_DESCRIBE_CLASS(Waiting, (), (request, shared_node_id, dispatch_count), (), ())
  };
  struct Ended {
    InferenceAsked request;
    /// As it is shown now.
    InferenceChanged record;

    bool operator==(const Ended&) const = default;
    BOOST_DESCRIBE_CLASS(Ended, (), (request, record), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Waiting, Ended, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
