#include "sim/step_delay.hpp"

#include <cmath>

namespace orrery {

/// FNV-1a over the texts, then the finalizer of SplitMix64: the same on every machine.
std::uint64_t drawn_number(std::uint64_t seed, std::string_view id, std::string_view purpose) {
  auto hash = 0xcbf29ce484222325u ^ seed;
  for (const auto text : {id, purpose})
    for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3u;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

std::chrono::microseconds draw(const StepDelay& delay, std::uint64_t seed, std::string_view id,
                               std::string_view step) {
  using std::chrono::microseconds;
  const auto least = std::chrono::duration_cast<microseconds>(delay.least);
  const auto spread = static_cast<double>(
      std::chrono::duration_cast<microseconds>(delay.most - delay.least).count());
  // In [0, 1): the upper 53 bits.
  const auto chance = static_cast<double>(drawn_number(seed, id, step) >> 11) * 0x1.0p-53;
  switch (delay.kind) {
    case StepDelay::Kind::uniform:
      return least + microseconds(static_cast<std::int64_t>(spread * chance));
    case StepDelay::Kind::exponential:
      return least + microseconds(static_cast<std::int64_t>(-spread * std::log1p(-chance)));
    default:
      return least;
  }
}

}  // namespace orrery
