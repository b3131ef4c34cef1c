#include "drivers/slurm/port/slurm_port.hpp"

#include <stdexcept>

namespace orrery {

void throw_exception_from_error(const SlurmFailure& failure, const boost::source_location&) {
  throw std::runtime_error("Slurm: " + failure.message);
}

}  // namespace orrery
