#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/sharing_events.hpp"

namespace orrery {

/// The rules of the description of somebody's machine. Pure.
struct GpuRecord {
  static constexpr std::string_view stream_prefix = "gpu_record";

  struct Create {
    GpuRecordCreated request;
  };
  struct Change {
    GpuRecordChanged change;
  };
  struct Delete {};
  using Command = std::variant<Create, Change, Delete>;
  using Event = GpuRecordEvent;
  enum class Rejection : std::uint8_t {
    gpu_record_does_not_exist,
    gpu_record_exists_already,
    gpu_record_is_deleted,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, gpu_record_does_not_exist, gpu_record_exists_already,
                             gpu_record_is_deleted)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Kept {
    GpuRecordCreated request;
    /// As it is now.
    GpuRecordChanged record;

    bool operator==(const Kept&) const = default;
    BOOST_DESCRIBE_CLASS(Kept, (), (request, record), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Kept, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
