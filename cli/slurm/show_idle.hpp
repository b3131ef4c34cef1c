#pragma once

#include <string>
#include <string_view>

#include "cli/slurm/words.hpp"

namespace orrery::slurm {

/// The center's own `show-a100`, `show-a40`, `show-a6000`: how many GPUs of a model are idle, node
/// by node.
int show_idle(std::string_view gpu_model, Words words);

/// "a100" of "show-a100"; empty of other names.
std::string_view shown_model(std::string_view command);

}  // namespace orrery::slurm
