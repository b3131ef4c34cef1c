#include <iostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/exit_codes.hpp"
#include "cli/health_checks.hpp"

namespace orrery {
namespace {

constexpr std::string_view label_of(Health health) {
  switch (health) {
    case Health::good:
      return "ok";
    case Health::doubtful:
      return "warn";
    case Health::bad:
      return "FAIL";
  }
  return "";
}

int examine(const Configuration& configuration) {
  bool usable = true;
  for (const auto& finding : run_health_checks(configuration)) {
    std::cout << fmt::format("{:<5} {:<21} {}\n", label_of(finding.health), finding.subject,
                             finding.message);
    usable = usable && finding.health != Health::bad;
  }
  return usable ? exit_success : exit_failure;
}

}  // namespace

void add_doctor_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command =
      orrery.add_subcommand("doctor", "check what a server needs: data directory, disk, port …");
  const auto flags = add_configuration_flags(*command);
  command->callback([&chosen, flags] {
    chosen = [flags]() -> int {
      const auto configuration = flags->load();
      if (configuration) return examine(configuration->values);
      std::cerr << "orrery doctor: " << configuration.error().message << '\n';
      return exit_usage;
    };
  });
}

}  // namespace orrery
