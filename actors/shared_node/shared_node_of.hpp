#pragma once

#include <optional>
#include <string_view>

namespace orrery {

/// The shared node behind a node's id, which `node_id_of_shared` made; nullopt where the node isn't
/// shared.
std::optional<std::string_view> shared_node_of(std::string_view node_id);

}  // namespace orrery
