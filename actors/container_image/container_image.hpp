#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/offer_events.hpp"

namespace orrery {

/// The rules of one container image: published for everybody, or saved by a customer for himself.
/// Pure.
struct ContainerImage {
  static constexpr std::string_view stream_prefix = "container_image";

  /// A withdrawn one may be published again.
  struct Publish {
    ContainerImagePublished image;
  };
  /// Once: a saved image never changes, and never comes back.
  struct Save {
    ContainerImageSaved image;
  };
  struct Withdraw {};
  using Command = std::variant<Publish, Save, Withdraw>;
  using Event = ContainerImageEvent;
  enum class Rejection : std::uint8_t {
    image_does_not_exist,
    image_exists_already,
    image_has_ended,
    name_must_not_be_empty,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, image_does_not_exist, image_exists_already, image_has_ended,
                             name_must_not_be_empty)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Published {
    ContainerImagePublished image;

    bool operator==(const Published&) const = default;
    BOOST_DESCRIBE_CLASS(Published, (), (image), (), ())
  };
  struct Saved {
    ContainerImageSaved image;

    bool operator==(const Saved&) const = default;
    BOOST_DESCRIBE_CLASS(Saved, (), (image), (), ())
  };
  struct Withdrawn {
    bool operator==(const Withdrawn&) const = default;
    BOOST_DESCRIBE_CLASS(Withdrawn, (), (), (), ())
  };
  using State = std::variant<Absent, Published, Saved, Withdrawn>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Withdrawn>(state); }
};

}  // namespace orrery
