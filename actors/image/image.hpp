#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

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

  struct Absent {};
  struct Published {
    ImagePublished description;
  };
  using State = std::variant<Absent, Published>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
