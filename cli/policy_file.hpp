#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "events/batch_policy_events.hpp"

namespace orrery {

/// Everything that is wrong with a file, a sentence each: "FILE, line 12: limits.jobs_max must be
/// …".
struct PolicyFileFailure {
  std::vector<std::string> problems;
};
[[noreturn]] void throw_exception_from_error(const PolicyFileFailure& failure,
                                             const boost::source_location& location);

using PolicyFileResult = boost::system::result<BatchPolicy, PolicyFileFailure>;

/// Reads what a batch system goes by from TOML (docs/batch-policy.md says how it is written), and
/// sees whether it makes sense. `name` is the file's in messages.
PolicyFileResult read_policy_toml(std::string_view text, std::string_view name);
PolicyFileResult read_policy_file(const std::filesystem::path& file);

/// As TOML that can be read again.
std::string policy_toml(const BatchPolicy& policy);

/// cli/center/inha.toml, which is built into the program.
std::string_view embedded_policy_toml();
inline constexpr std::string_view embedded_policy_name = "inha.toml (built in)";

}  // namespace orrery
