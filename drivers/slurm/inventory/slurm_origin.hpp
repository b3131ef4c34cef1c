#pragma once

#include "events/envelope.hpp"

namespace orrery {

/// Who says what Slurm was seen to have.
inline Origin slurm_origin() { return {"driver/slurm", 0, "slurm"}; }

}  // namespace orrery
