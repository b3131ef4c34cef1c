#pragma once

#include "events/envelope.hpp"

namespace orrery {

/// Of what the slurm driver reports because of the order with this origin.
inline Origin slurm_driver_origin(Origin origin) {
  origin.actor = "driver/slurm";
  return origin;
}

}  // namespace orrery
