#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/job_events.hpp"

namespace orrery {

/// The rules of jobs that are submitted as one: each task is a job of its own, which the job
/// process makes. Pure.
struct JobArray {
  static constexpr std::string_view stream_prefix = "job_array";

  struct Submit {
    JobArraySubmitted request;
  };
  struct Cancel {
    std::string by;
  };
  using Command = std::variant<Submit, Cancel>;
  using Event = JobArrayEvent;
  enum class Rejection : std::uint8_t {
    job_array_does_not_exist,
    job_array_exists_already,
    task_ids_must_ascend,
    task_ids_must_not_be_empty,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, job_array_does_not_exist, job_array_exists_already,
                             task_ids_must_ascend, task_ids_must_not_be_empty)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Submitted {
    JobArraySubmitted request;

    bool operator==(const Submitted&) const = default;
    BOOST_DESCRIBE_CLASS(Submitted, (), (request), (), ())
  };
  struct Cancelled {
    bool operator==(const Cancelled&) const = default;
    BOOST_DESCRIBE_CLASS(Cancelled, (), (), (), ())
  };
  using State = std::variant<Absent, Submitted, Cancelled>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Cancelled>(state); }
};

}  // namespace orrery
