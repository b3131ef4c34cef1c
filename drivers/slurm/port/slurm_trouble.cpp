#include "drivers/slurm/port/slurm_trouble.hpp"

#include <algorithm>
#include <array>

namespace orrery {
namespace {

using namespace std::string_view_literals;

/// Of the request itself, in the words of Slurm's list of errors (the same since 2.x), and of what
/// sbatch finds by itself.
constexpr std::array refusals{
    "Invalid partition name specified"sv,
    "invalid partition specified"sv,
    "Requested node configuration is not available"sv,
    "Invalid node name specified"sv,
    "Node count specification invalid"sv,
    "Invalid account or account/partition combination"sv,
    "Invalid qos specification"sv,
    "Invalid generic resource (gres) specification"sv,
    "Invalid Trackable RESource (TRES) specification"sv,
    "Invalid feature specification"sv,
    "Invalid wckey specification"sv,
    "Requested time limit is invalid"sv,
    "Memory specification can not be satisfied"sv,
    "Memory required by task is not available"sv,
    "More processors requested than permitted"sv,
    "User's group not permitted to use this partition"sv,
    "Pathname of a file, directory or other parameter too long"sv,
    "Invalid job array specification"sv,
    "Invalid --"sv,
    "unrecognized option"sv,
    "This does not look like a batch script"sv,
    "Batch script is empty"sv,
    "Failure during parsing"sv,  // Of slurmrestd, whose request names something it doesn't know.
};

constexpr std::array misuses{
    "Access/permission denied"sv,
    "Access denied"sv,
    "Invalid user id"sv,
    "Invalid uid"sv,
    "Could not establish a configuration source"sv,
    "Unable to process configuration file"sv,
};

constexpr std::array absences{
    "Invalid job id specified"sv,
    "Job/step already completing or completed"sv,
    "Job is already completing"sv,
};

bool has_any(std::string_view message, const auto& phrases) {
  return std::ranges::any_of(
      phrases, [&](std::string_view phrase) { return message.find(phrase) != message.npos; });
}

}  // namespace

SlurmTrouble slurm_trouble(std::string_view message) {
  if (has_any(message, refusals)) return SlurmTrouble::refused;
  if (has_any(message, misuses)) return SlurmTrouble::unusable;
  return SlurmTrouble::unknown;
}

bool says_no_such_job(std::string_view message) { return has_any(message, absences); }

}  // namespace orrery
