#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "drivers/runs/run_directory.hpp"
#include "drivers/slurm/claim/claim_order.hpp"

namespace orrery {

/// claim.<attempt>.json in the run directory.
std::filesystem::path claim_file(const RunDirectory& run, std::uint32_t attempt);

/// Durable, whole and for its owner only when it returns; false: see `errno`.
bool write_claim(const RunDirectory& run, const ClaimOrder& order);

/// None where the file isn't there (`errno` says why), or isn't one of ours for this attempt
/// (`errno` is 0).
std::optional<ClaimOrder> read_claim(const RunDirectory& run, std::uint32_t attempt);

}  // namespace orrery
