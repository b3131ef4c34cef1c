#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drivers/runs/run_directory.hpp"
#include "drivers/slurm/runs/slurm_calls.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// As `RunDirectory::make`, but durable only once an attempt is written into it.
bool make_run_directory(const RunDirectory& directory);

/// Writes what the job of an attempt needs: the plan where there is one, and claim.<attempt>.json
/// with a secret that is drawn here, over one that was there. Durable when it returns, so it takes
/// as long as a disk takes. Answers with the digest of the secret; none: see `errno`.
std::optional<std::string> write_attempt(const SlurmConfiguration& configuration,
                                         const PrepareCall& call);

/// The claims of all attempts: the run is over.
void remove_claims(const RunDirectory& directory);

}  // namespace orrery
