#pragma once

#include <memory>

#include "storage/memory/memory_event_log.hpp"

namespace orrery {

/// A log with every event and every stored version of one: of each a stream that leads to it, made
/// of the examples in tests/events/event_examples.hpp, as short as the rules' `evolve` allows.
/// Old versions are the bytes in tests/golden/events/.
std::unique_ptr<MemoryEventLog> golden_history();

}  // namespace orrery
