#pragma once

#include "events/envelope.hpp"

namespace orrery {

/// Of what the slurm driver reports because of the order with this origin.
inline Origin slurm_driver_origin(Origin origin) {
  origin.actor = "driver/slurm";
  return origin;
}

/// Who says what Slurm was seen to have.
inline Origin slurm_origin() { return slurm_driver_origin({"", 0, "slurm"}); }

}  // namespace orrery
