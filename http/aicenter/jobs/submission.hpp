#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "events/job_events.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/errors.hpp"
#include "http/aicenter/sbatch/options.hpp"
#include "projections/center/center_view.hpp"

namespace orrery::aicenter {

/// The body of a submission. Options: those of the script's "#SBATCH" lines, and above them what
/// `job` says.
struct Submission {
  std::string script;
  sbatch::SbatchOptions options;
  /// NAME=value each.
  std::vector<std::string> environment;
  std::vector<std::string> arguments;
  JobRehearsal rehearsal;
  /// Ours: somebody waits for the job at a terminal; it needs no script.
  bool is_interactive = false;
};

boost::system::result<Submission, Refusal> read_submission(std::string_view body);

/// What runs, sealed for `user`; nothing where nothing can be sealed now.
std::optional<JobScript> sealed_script(const AicenterContext& context,
                                       const CenterUserDetails& user, const Submission& submission);

}  // namespace orrery::aicenter
