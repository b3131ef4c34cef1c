#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/simulation_events.hpp"
#include "storage/event_log_actor.hpp"

namespace orrery {

/// The first events of a simulated node and its GPUs, as their rules decide them: the node is
/// registered and up, then its GPUs are registered.
///
/// They are appended without waking an actor for each stream: 900,000 actors that take one command
/// each would be most of the work. One writer a stream still holds: each append expects a stream
/// without events, so where an actor was first, the log refuses it (docs/adr/0033).
std::vector<AppendEvents> births_of_node(std::string_view cluster,
                                         const SimulatedClusterRequested& machines,
                                         std::uint32_t number, const Origin& origin);

}  // namespace orrery
