#pragma once

#include <string_view>

namespace orrery {

/// The family of a VM type: "a100-80gb" of "a100-80gb.4x". Types of one family have GPUs of one
/// model; a VM is resized within its family, and a family has one price.
std::string_view vm_family(std::string_view type);

}  // namespace orrery
