#pragma once

#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include "events/archive.hpp"

namespace orrery {

/// Sends random commands to an aggregate. `check(before, event)` sees every event with the state
/// that it met. At the end the state folded from the events, and the one that went through a
/// snapshot, must equal the live one, and every command sent a second time at once decides nothing.
template <class A, class Check>
void play(const std::vector<typename A::Command>& commands, Check check) {
  typename A::State live;
  std::vector<typename A::Event> history;
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, commands.size()));
  for (const auto pick : picks) {
    const auto decision = A::decide(live, commands[pick]);
    if (!decision) continue;
    for (const auto& event : *decision) {
      check(live, event);
      live = A::evolve(std::move(live), event);
      history.push_back(event);
    }
    const auto repeated = A::decide(live, commands[pick]);
    const bool decides_nothing = !repeated || repeated->empty();  // RC_ASSERT asks both sides.
    RC_ASSERT(decides_nothing);
  }
  typename A::State replayed;
  for (const auto& event : history) replayed = A::evolve(std::move(replayed), event);
  RC_ASSERT(replayed == live);

  std::string bytes;
  ByteWriter{bytes}(live);
  typename A::State loaded;
  ByteReader{bytes}(loaded);
  RC_ASSERT(loaded == live);
}

}  // namespace orrery
