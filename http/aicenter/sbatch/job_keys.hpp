#pragma once

#include <cstdint>
#include <string_view>

#include <boost/json/object.hpp>

#include "http/aicenter/sbatch/options.hpp"

namespace orrery::sbatch {

/// What `job` of a submission says where options say it: the keys of v0.0.38's job properties. What
/// has no key there (the commands' own) is left out; "begin_time" is filled in from
/// `begin_time_s` where that isn't 0. Environment, script and arguments are the caller's to add.
boost::json::object job_keys(const SbatchOptions& options, std::int64_t begin_time_s);

}  // namespace orrery::sbatch
