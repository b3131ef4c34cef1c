#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

// Slurm's own notations, as its programs and slurmrestd use them alike.

/// "OUT_OF_MEMORY" and the like; `other` for what this doesn't know.
SlurmJobState slurm_job_state(std::string_view word);

/// GPUs of one type among generic resources.
struct SlurmGpus {
  /// Empty: without one.
  std::string type;
  std::uint32_t count = 0;

  bool operator==(const SlurmGpus&) const = default;
};
/// Of "gpu:a100:4(S:0-1),gpu:a40:2,license:3" those of each type; "gpu:a100:2(IDX:0,3)" as well.
std::vector<SlurmGpus> slurm_gpus(std::string_view gres);

/// Sets the type and the counts of a node by its `Gres` and `GresUsed`. A node that has GPUs of
/// several types counts with the type it has most of: a lease is of one type.
void count_gpus(SlurmNode& node, std::string_view gres, std::string_view used);

/// Sets `is_down` and `is_drained` by the words of a node's state, such as "IDLE", "DRAIN" and
/// "NOT_RESPONDING".
void note_node_state(SlurmNode& node, std::string_view word);

/// Why a job waits: a node that it names takes no work, or doesn't answer.
bool awaits_nodes(std::string_view reason);
/// Why a job waits: others have what it needs, or come first.
bool awaits_room(std::string_view reason);
/// Why a job waits: it never starts unless somebody changes it, or the rules of its partition,
/// account or quality of service. A hold isn't among these: whoever holds it lets it go.
bool is_blocked_for_good(std::string_view reason);

/// The GPUs that a job of it asks for on each node, as `--gres` takes them; empty: none.
std::string gres_of(const SlurmOrder& order);

/// A path for `--output`, where "%" would begin a pattern.
std::string literal_path(std::string_view path);

/// All of it is digits, or nothing.
std::optional<std::uint64_t> whole_number(std::string_view text);

/// The parts between separators, the last included; none of an empty text.
std::vector<std::string_view> split_text(std::string_view text, char separator);

}  // namespace orrery
