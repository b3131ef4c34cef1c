#pragma once

#include <optional>
#include <string>
#include <vector>

#include <simdjson.h>
#include <boost/system/result.hpp>

#include "http/aicenter/errors.hpp"
#include "http/aicenter/sbatch/options.hpp"

namespace orrery::aicenter {

/// What `job` of a submission says, or the body of a change.
struct JobBody {
  sbatch::SbatchOptions options;
  /// NAME=value each; absent where nothing is said.
  std::optional<std::vector<std::string>> environment;
  std::optional<std::vector<std::string>> arguments;
};

/// Reads the keys of v0.0.38's job properties, each as the option of sbatch that it stands for.
/// Refused as slurmrestd does: unknown keys, those it keeps to itself, and values that the option
/// doesn't take. A submission's refusals are 400.
boost::system::result<JobBody, Refusal> read_job_body(simdjson::dom::object object);

}  // namespace orrery::aicenter
