#include "cli/slurm/submission.hpp"

#include <array>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "cli/configuration_sources.hpp"
#include "cli/service_settings.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/words.hpp"
#include "http/aicenter/sbatch/job_keys.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "storage/system_clock.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

/// Slurm's "Invalid partition name specified".
constexpr int invalid_partition = 2000;
/// What opens servers stays with who submits.
constexpr std::array<std::string_view, 3> kept_back{"SLURM_JWT", "ORRERY_KEY", "ORRERY_URL"};

using Environment = std::map<std::string, std::string>;

/// What --export lets through: "ALL", "NONE", names, NAME=value.
Environment exported(const std::string& wish) {
  const auto all = process_environment();
  Environment chosen;
  const auto items = split_list(wish);
  for (const auto& item : items) {
    if (item == "NONE") return {};
    if (item == "ALL") chosen.insert(all.begin(), all.end());
  }
  for (const auto& item : items) {
    const auto equals = item.find('=');
    if (equals != std::string_view::npos)
      chosen[item.substr(0, equals)] = item.substr(equals + 1);
    else if (const auto found = all.find(item); found != all.end())
      chosen.insert(*found);
  }
  return chosen;
}

json::object environment_json(const sbatch::SbatchOptions& options) {
  auto environment = exported(options.export_.value_or("ALL"));
  for (const auto name : kept_back) environment.erase(std::string(name));
  environment["SLURM_SUBMIT_DIR"] = std::filesystem::current_path().string();
  environment["SLURM_SUBMIT_HOST"] = host_name();
  environment.try_emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
  json::object object;
  for (const auto& [name, value] : environment) object[name] = value;
  return object;
}

Result<std::int64_t> begin_time_s(const sbatch::SbatchOptions& options) {
  if (!options.begin) return std::int64_t{0};
  const auto begin =
      sbatch::parse_begin_time(*options.begin, SystemClock().now(), utc_offset_min());
  if (begin) return *begin;
  return Failure{fmt::format("Invalid --begin specification {}", *options.begin)};
}

}  // namespace

Result<json::object> submission_json(const Submission& submission) {
  const auto& options = submission.options;
  const auto begin = begin_time_s(options);
  if (!begin) return begin.error();
  auto job = sbatch::job_keys(options, *begin);
  if (!job.contains("name")) job["name"] = submission.default_name;
  if (!job.contains("current_working_directory"))
    job["current_working_directory"] = std::filesystem::current_path().string();
  if (!job.contains("standard_output"))
    job["standard_output"] = options.array ? "slurm-%A_%a.out" : "slurm-%j.out";
  job["environment"] = environment_json(options);
  if (!submission.arguments.empty()) {
    // The first is the script's own name, as of a program.
    json::array arguments{json::value(submission.default_name)};
    for (const auto& argument : submission.arguments) arguments.emplace_back(argument);
    job["argv"] = std::move(arguments);
  }
  json::object body{{"script", submission.script}, {"job", std::move(job)}};
  if (submission.is_interactive) body["interactive"] = true;
  return body;
}

Result<std::uint32_t> submit(const Client& client, const Submission& submission) {
  auto body = submission_json(submission);
  if (!body) return body.error();
  const auto answer = client.post(fmt::format("{}/job/submit", controller), *body);
  if (!answer) return answer.error();
  return static_cast<std::uint32_t>(number_of(*answer, "job_id"));
}

int complain_of_submission(std::string_view command, std::string_view what, const Failure& failure,
                           const sbatch::SbatchOptions& options) {
  if (failure.number == invalid_partition && options.partition)
    complain(command, fmt::format("invalid partition specified: {}", *options.partition));
  return complain(command, fmt::format("{}: {}", what, failure.message));
}

int complain_of_option(std::string_view command, const sbatch::OptionProblem& problem) {
  // getopt's words end with where help is, and are no "error".
  if (problem.message.find("\nTry ") == std::string::npos)
    return complain(command, problem.message);
  return complain_plainly(fmt::format("{}: {}", command, problem.message));
}

}  // namespace orrery::slurm
