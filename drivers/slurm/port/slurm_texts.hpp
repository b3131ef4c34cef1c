#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

// What Slurm's programs print, read. A list that was cut, or isn't one, is none: what it doesn't
// show would be taken for gone.

/// For squeue's `--format`: a job a line. What separates them is no character of a state or reason,
/// and the name comes last, which may have newlines in it: what follows them is of no job.
inline constexpr std::string_view squeue_format = "%A\x1f%T\x1f%r\x1f%j";
std::optional<std::vector<SlurmJob>> read_squeue(std::string_view text);

/// Of `scontrol --all --details show node --oneliner`.
std::optional<std::vector<SlurmNode>> read_scontrol_nodes(std::string_view text);

/// Of `scontrol --all --oneliner show partition`.
std::optional<std::vector<SlurmPartition>> read_scontrol_partitions(std::string_view text);

/// Of `scontrol show config`, run with TZ=UTC. Nothing where it doesn't say since when the
/// controller runs.
std::optional<SlurmController> read_scontrol_config(std::string_view text);

/// Of `sbatch --parsable`: "1000" or "1000;cluster".
std::optional<std::uint64_t> read_sbatch(std::string_view text);

}  // namespace orrery
