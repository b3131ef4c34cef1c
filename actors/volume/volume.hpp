#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/volume_events.hpp"

namespace orrery {

/// The rules of one data volume, which any number of its owner's instances may mount. Pure.
struct Volume {
  static constexpr std::string_view stream_prefix = "volume";

  struct Create {
    VolumeCreated volume;
  };
  /// By an instance of the same customer in the same cluster.
  struct Mount {
    std::string instance_id;
    std::string namespace_id;
    std::string cluster;
  };
  struct Unmount {
    std::string instance_id;
  };
  /// Only one that nobody has mounted.
  struct Delete {};
  using Command = std::variant<Create, Mount, Unmount, Delete>;
  using Event = VolumeEvent;
  enum class Rejection : std::uint8_t {
    volume_does_not_exist,
    volume_exists_already,
    volume_is_mounted,
    volume_has_ended,
    size_must_not_be_zero,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, volume_does_not_exist, volume_exists_already,
                             volume_is_mounted, volume_has_ended, size_must_not_be_zero)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Kept {
    VolumeCreated volume;
    std::set<std::string> instances;

    bool operator==(const Kept&) const = default;
    BOOST_DESCRIBE_CLASS(Kept, (), (volume, instances), (), ())
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
