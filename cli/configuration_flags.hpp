#pragma once

#include <memory>

#include "cli/configuration_sources.hpp"

namespace CLI {
class App;
}

namespace orrery {

/// What the command line said about the configuration: filled while it is parsed.
struct ConfigurationFlags {
  GivenValues given;
  std::string file;

  /// With this process's environment.
  ConfigurationResult<EffectiveConfiguration> load() const;
};

/// Gives a subcommand `--config FILE` and one flag a setting.
std::shared_ptr<ConfigurationFlags> add_configuration_flags(CLI::App& command);

}  // namespace orrery
