#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "events/job_events.hpp"
#include "http/aicenter/sbatch/options.hpp"

namespace orrery::sbatch {

/// Tasks of one array at most, whatever a policy says: ids are below this.
inline constexpr std::uint32_t array_task_id_max = 4'000'000;
inline constexpr std::size_t array_task_count_max = 10'000;
/// Hosts that a list may name.
inline constexpr std::size_t host_count_max = 1'024;

/// Slurm's times as minutes, rounded up: "30", "30:00", "1:30:00", "2-12", "2-12:30", "UNLIMITED"
/// (0). Nothing where it is none.
std::optional<std::uint32_t> parse_time_limit(std::string_view text);
/// Minutes as Slurm shows them: "2-12:30:00".
std::string time_limit_text(std::uint32_t minutes);

/// "512", "40G", "1T" as MiB; a bare number is MiB.
std::optional<MemoryMib> parse_memory(std::string_view text);

/// "2", "a100:2" after "gpu:" or without.
std::optional<GpuRequest> parse_gpus(std::string_view text);
/// A --gres list, "gpu:a100:2"; other resources than GPUs are a problem, as there are none.
Parsed<GpuRequest> parse_gres(std::string_view text);

/// "1-4", "1,3,5", "0-15:4%2".
std::optional<ArrayRequest> parse_array(std::string_view text);
/// The same back, as squeue shows it: "[0-15:4%2]" without the brackets.
std::string array_text(const std::vector<std::uint32_t>& task_ids, std::uint32_t running_max);

/// "BEGIN,END", "ALL", "NONE" … as `job_mail_type` bits.
std::optional<std::uint16_t> parse_mail_type(std::string_view text);
std::string mail_type_text(std::uint16_t types);

/// "USR1", "SIGUSR1", "10".
std::optional<std::uint32_t> parse_signal_number(std::string_view text);
/// "[B:]USR1[@60]"; 60 s before the end where it doesn't say.
std::optional<JobSignal> parse_signal(std::string_view text);

/// "a100-n[1-3,5],login" as names, in their order.
std::optional<std::vector<std::string>> expand_host_list(std::string_view text);
/// The same back, as short as Slurm writes it.
std::string host_list_text(const std::vector<std::string>& hosts);

/// "now+1hour", "16:00", "2026-11-22T16:00[:00]", "midnight", "noon", "tomorrow" … as seconds since
/// 1970. `utc_offset_min`: of the clock that the text goes by.
std::optional<std::int64_t> parse_begin_time(std::string_view text, Time now,
                                             std::int32_t utc_offset_min);

/// One of the jobs that --dependency names: "1234" or, of an array, "1234_5".
struct DependencyJob {
  std::uint32_t job_id = 0;
  std::optional<std::uint32_t> task_id;
};
struct DependencyTerm {
  JobDependencyKind kind = JobDependencyKind::after_any;
  /// Without one: singleton.
  std::vector<DependencyJob> jobs;
};
struct DependencyRequest {
  std::vector<DependencyTerm> terms;
  /// "?" instead of ",".
  bool is_any = false;
};
/// "afterok:12:13,singleton".
std::optional<DependencyRequest> parse_dependencies(std::string_view text);

}  // namespace orrery::sbatch
