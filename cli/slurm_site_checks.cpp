#include "cli/slurm_site_checks.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>

#include <fmt/format.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include "http/aicenter/sbatch/values.hpp"

namespace orrery {
namespace {

using Fields = std::map<std::string, std::string>;

/// Messages take time, and are stamped in whole seconds.
constexpr std::int64_t skew_comfortable_s = 5;
/// A day: services and instances are to stay.
constexpr std::uint32_t limit_comfortable_min = 1'440;

std::vector<std::string> parts_of(std::string_view text, const char* separators) {
  std::vector<std::string> parts;
  boost::algorithm::split(parts, text, boost::algorithm::is_any_of(separators),
                          boost::algorithm::token_compress_on);
  return parts;
}

/// Of "A=1 B=2".
Fields fields_of(const std::string& line) {
  Fields fields;
  for (const auto& word : parts_of(line, " "))
    if (const auto equals = word.find('='); equals != std::string::npos)
      fields.emplace(word.substr(0, equals), word.substr(equals + 1));
  return fields;
}

/// What Slurm gives to a job that names no limit: the partition's DefaultTime, else its MaxTime.
std::string unnamed_limit(const Fields& partition) {
  const auto text = [&](const char* name) {
    const auto found = partition.find(name);
    return found == partition.end() ? std::string() : found->second;
  };
  const auto usual = text("DefaultTime");
  return usual.empty() || usual == "NONE" ? text("MaxTime") : usual;
}

HealthFinding judge_limit(const std::string& partition, const std::string& limit) {
  const auto minutes = sbatch::parse_time_limit(limit);
  const bool is_short = minutes && *minutes != 0 && *minutes < limit_comfortable_min;
  return {"time limits", is_short ? Health::doubtful : Health::good,
          fmt::format("{} gives {} to what names no limit, such as instances{}", partition, limit,
                      is_short ? ", and ends it then: raise the partition's DefaultTime" : "")};
}

std::optional<std::int64_t> time_in(const std::string& told) {
  static const std::regex pattern(R"(Configuration data as of (\d+)\s)");
  std::smatch found;
  if (!std::regex_search(told, found, pattern)) return std::nullopt;
  return std::stoll(found[1].str());
}

}  // namespace

std::vector<HealthFinding> judge_partitions(std::string_view told, std::string_view wanted) {
  std::vector<HealthFinding> findings;
  for (const auto& line : parts_of(told, "\n")) {
    auto partition = fields_of(line);
    const auto name = partition["PartitionName"];
    if (name.empty() || (!wanted.empty() && name != wanted)) continue;
    if (const auto state = partition["State"]; !state.empty() && state != "UP")
      findings.push_back(
          {"partitions", Health::doubtful,
           fmt::format("{} is {}: what is to go there waits; `scontrol update partition={} "
                       "state=up` opens it",
                       name, state, name)});
    if (const auto limit = unnamed_limit(partition); !limit.empty())
      findings.push_back(judge_limit(name, limit));
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
