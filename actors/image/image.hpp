#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/image_events.hpp"

namespace orrery {

/// The rules of one operating system image. Pure.
struct Image {
  static constexpr std::string_view stream_prefix = "image";

  /// The image shall be offered like this. The same again decides nothing.
  struct Publish {
    ImagePublished description;
  };
  using Command = std::variant<Publish>;
  using Event = std::variant<ImagePublished>;
  enum class Rejection : std::uint8_t { name_must_not_be_empty };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_must_not_be_empty)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Published {
    ImagePublished description;

    bool operator==(const Published&) const = default;
    BOOST_DESCRIBE_CLASS(Published, (), (description), (), ())
  };
  using State = std::variant<Absent, Published>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
