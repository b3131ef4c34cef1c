#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "cli/configuration.hpp"

namespace orrery {

/// A value as it stood in a source.
struct GivenValue {
  std::string text;
  /// Where it stood, for people: "orrery.toml, line 3", "environment ORRERY_LISTEN", "--listen".
  std::string origin;
};
/// By key of the setting.
using GivenValues = std::map<std::string, GivenValue>;

/// A sentence that names the source, the key and what is wrong.
struct ConfigurationFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const ConfigurationFailure& failure,
                                             const boost::source_location& location);

template <class T>
using ConfigurationResult = boost::system::result<T, ConfigurationFailure>;

/// Reads a TOML file. Unknown keys and sections, arrays and wrong types are failures.
ConfigurationResult<GivenValues> values_of_file(const std::filesystem::path& file);

/// Takes every ORRERY_… variable. Unknown ones are failures: a misspelt one would be ignored
/// silently. `ORRERY_CONFIG` names the file, `ORRERY_URL` (or `ORRERY_SERVER`) and `ORRERY_KEY` are
/// a client's; none of them is a setting.
ConfigurationResult<GivenValues> values_of_environment(
    const std::map<std::string, std::string>& variables);

/// The variables of this process.
std::map<std::string, std::string> process_environment();

/// A configuration, and where each of its values came from.
struct EffectiveConfiguration {
  Configuration values;
  /// By key; "default" where no source gave one.
  std::map<std::string, std::string> origins;
};

/// Lays the sources over the defaults: flags over environment over file. `file` counts before the
/// environment's ORRERY_CONFIG.
ConfigurationResult<EffectiveConfiguration> load_configuration(
    const GivenValues& flags, const std::map<std::string, std::string>& environment,
    std::optional<std::filesystem::path> file);

/// As TOML that could be read again, with the origin of each value as a comment.
std::string to_toml(const EffectiveConfiguration& configuration);

}  // namespace orrery
