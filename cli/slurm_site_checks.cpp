#include "cli/slurm_site_checks.hpp"

#include <algorithm>
#include <optional>
#include <regex>

#include <fmt/format.h>

#include "http/aicenter/sbatch/values.hpp"

namespace orrery {
namespace {

/// A day: services and instances are to stay.
constexpr std::uint32_t limit_comfortable_min = 1'440;

/// What names no limit gets the partition's DefaultTime, else its MaxTime.
HealthFinding judge_limit(const SlurmPartition& partition) {
  const auto minutes = partition.time_limit_min_default != 0 ? partition.time_limit_min_default
                                                             : partition.time_limit_min_max;
  const bool is_short = minutes != 0 && minutes < limit_comfortable_min;
  return {"time limits", is_short ? Health::doubtful : Health::good,
          fmt::format("{} gives {} to what names no limit, such as instances{}", partition.name,
                      minutes == 0 ? "all the time" : sbatch::time_limit_text(minutes),
                      is_short ? ", and ends it then: raise the partition's DefaultTime" : "")};
}

std::optional<std::int64_t> time_in(const std::string& told) {
  static const std::regex pattern(R"(Configuration data as of (\d+)\s)");
  std::smatch found;
  if (!std::regex_search(told, found, pattern)) return std::nullopt;
  return std::stoll(found[1].str());
}

}  // namespace

std::vector<HealthFinding> judge_partitions(const std::vector<SlurmPartition>& partitions,
                                            std::string_view wanted) {
  std::vector<HealthFinding> findings;
  for (const auto& partition : partitions) {
    const auto& name = partition.name;
    if (!wanted.empty() && name != wanted) continue;
    if (partition.state != "UP")
      findings.push_back(
          {"partitions", Health::doubtful,
           fmt::format("{} is {}: what is to go there waits; `scontrol update partition={} "
                       "state=up` opens it",
                       name, partition.state, name)});
    findings.push_back(judge_limit(partition));
  }
  return findings;
}

std::vector<HealthFinding> judge_clock(const std::string& told, std::int64_t asked_s,
                                       std::int64_t answered_s) {
  const auto theirs_s = time_in(told);
  if (!theirs_s) return {};
  const auto ahead_s = *theirs_s - answered_s;
  const auto behind_s = asked_s - *theirs_s;
  const auto skew_s = std::max(ahead_s, behind_s);
  if (skew_s <= skew_comfortable_s) return {{"clock", Health::good, "the controller's is as ours"}};
  return {{"clock", Health::doubtful,
           fmt::format("the controller's is {} s {} ours: keep both by NTP (munge refuses 5 "
                       "minutes)",
                       skew_s, ahead_s > 0 ? "ahead of" : "behind")}};
}

}  // namespace orrery
