#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/exit_codes.hpp"

namespace orrery {

void add_config_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand(
      "config", "print the settings in force as TOML, each with where it comes from");
  const auto flags = add_configuration_flags(*command);
  command->callback([&chosen, flags] {
    chosen = [flags]() -> int {
      const auto configuration = flags->load();
      if (configuration) {
        std::cout << to_toml(*configuration);
        return exit_success;
      }
      std::cerr << "orrery config: " << configuration.error().message << '\n';
      return exit_usage;
    };
  });
}

}  // namespace orrery
