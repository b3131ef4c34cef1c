#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

/// The id of a simulated node follows from its cluster and its number, from 1: "<cluster>-000042".
/// So whoever was interrupted while registering them knows what is missing.
std::string simulated_node_id(std::string_view cluster, std::uint32_t number);

/// Both back; nothing (an empty name) where the id isn't of that form.
std::string_view cluster_of_simulated_node(std::string_view node_id);
std::optional<std::uint32_t> number_of_simulated_node(std::string_view node_id);

}  // namespace orrery
