#pragma once

#include <string_view>

namespace orrery {

/// Whether a recipe or a request may give a service's process a variable of this name: a C
/// identifier of at most 128 bytes, and none that changes which code the process runs (the dynamic
/// linker's, a shell's, an interpreter's), where it looks for programs, or what it takes for its
/// job in another system (SLURM_*) or ours (ORRERY_*). Operators may set any in their own file.
bool is_allowed_variable(std::string_view name);

}  // namespace orrery
