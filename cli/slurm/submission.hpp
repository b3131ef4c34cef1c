#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/slurm/client.hpp"
#include "http/aicenter/sbatch/options.hpp"

namespace orrery::slurm {

/// What a command sends to have a job made.
struct Submission {
  std::string script;
  /// Its `argv` after the script.
  std::vector<std::string> arguments;
  sbatch::SbatchOptions options;
  /// Where it doesn't say.
  std::string default_name;
  /// It lives as long as who asked (srun).
  bool is_interactive = false;
};

/// The body of a submission, with this process's environment and working directory; a sentence
/// where an option makes no sense now, such as a time to begin.
Result<boost::json::object> submission_json(const Submission& submission);

/// Sends it; the job's id.
Result<std::uint32_t> submit(const Client& client, const Submission& submission);

/// Says why nothing was submitted, as Slurm's commands do; the exit code.
int complain_of_submission(std::string_view command, std::string_view what, const Failure& failure,
                           const sbatch::SbatchOptions& options);
/// Says what is wrong with an option.
int complain_of_option(std::string_view command, const sbatch::OptionProblem& problem);

}  // namespace orrery::slurm
