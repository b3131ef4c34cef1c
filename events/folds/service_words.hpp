#pragma once

#include <string>

#include "events/service_events.hpp"

namespace orrery {

/// What a service asks of a node, for sentences: "1 GPU (A100-40GB), 2 CPUs and 32768 MiB of
/// memory"; "nothing" where it asks for nothing.
std::string words_of(const ServiceResources& resources);

}  // namespace orrery
