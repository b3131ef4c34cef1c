#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "drivers/runs/supervisor.hpp"

namespace orrery {

/// For the driver local_process alone, so no help names it.
void add_supervise_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand("supervise", "look after one process of a service");
  command->group("");
  const auto directory = std::make_shared<std::string>();
  command->add_option("--run", *directory, "run directory")->required();
  command->callback(
      [&chosen, directory] { chosen = [directory]() -> int { return supervise(*directory); }; });
}

}  // namespace orrery
