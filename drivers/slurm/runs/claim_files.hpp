#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drivers/runs/run_directory.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// Draws the secret of an attempt and writes claim.<attempt>.json for its job, over one that was
/// there. Answers with the digest of the secret, 32 raw bytes; none: it can't be written, see
/// `errno`.
std::optional<std::string> draw_claim(const SlurmConfiguration& configuration,
                                      const RunDirectory& directory, std::uint32_t attempt);

/// Those of all attempts up to this one: the run is over.
void remove_claims(const RunDirectory& directory, std::uint32_t attempt);

}  // namespace orrery
