#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace orrery {

/// How long a step of simulated work takes, before the time scale divides it.
struct StepDelay {
  enum class Kind : std::uint8_t {
    fixed,
    /// Between `least` and `most`, all alike likely.
    uniform,
    /// `least` plus an exponentially distributed part with the mean `most - least`.
    exponential,
    /// Until `FinishStep` comes for the node or VM.
    manual,
  };
  Kind kind = Kind::fixed;
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};

  static StepDelay fixed(std::chrono::milliseconds delay) { return {Kind::fixed, delay, delay}; }
  static StepDelay uniform(std::chrono::milliseconds least, std::chrono::milliseconds most) {
    return {Kind::uniform, least, most};
  }
  static StepDelay exponential(std::chrono::milliseconds least, std::chrono::milliseconds mean) {
    return {Kind::exponential, least, mean};
  }
  static StepDelay manual() { return {Kind::manual, {}, {}}; }
};

/// A number that is a function of these alone, and looks like chance.
std::uint64_t drawn_number(std::uint64_t seed, std::string_view id, std::string_view purpose);

/// The delay of one step of one thing: a function of the seed, the thing and the step alone, so it
/// doesn't depend on what else happens, or in which order. Not for `manual`.
std::chrono::microseconds draw(const StepDelay& delay, std::uint64_t seed, std::string_view id,
                               std::string_view step);

}  // namespace orrery
