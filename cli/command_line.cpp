#include "cli/command_line.hpp"

#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/exit_codes.hpp"
#include "cli/slurm_command.hpp"

namespace orrery {
namespace {

constexpr auto description =
    "Orrery: an event-sourced control plane for GPU clouds.\n"
    "Every fact about the fleet is an event in one durable log; the log can be served, verified,\n"
    "replayed and simulated.";
constexpr auto footer =
    "Examples:\n"
    "  orrery serve --dev                       demo clusters at http://127.0.0.1:8080\n"
    "  orrery serve --data /var/lib/orrery --listen 0.0.0.0:8080 --services-token-file token\n"
    "  orrery catalog diff prices.toml           what the file would change of a running server\n"
    "  orrery recipe list                        services that can be started\n"
    "  orrery replay --to 2026-01-31T12:00:00Z  what was then; also diff, why\n"
    "  orrery squeue                             the center's jobs, as Slurm's command shows them\n"
    "  orrery sim trace jobs.swf --policy fifo,backfill   jobs of a trace in virtual time\n"
    "  orrery config --listen 0.0.0.0:80        what would be in force, and where it comes from\n"
    "Settings come from flags, then ORRERY_… variables, then the TOML file, then defaults.";

void add_serve_command(CLI::App& orrery, ChosenCommand& chosen, Serve& serve) {
  auto* command = orrery.add_subcommand("serve", "serve the APIs until SIGTERM or SIGINT");
  const auto flags = add_configuration_flags(*command);
  command->callback([&chosen, &serve, flags] {
    chosen = [&serve, flags]() -> int {
      const auto configuration = flags->load();
      if (configuration) return serve(configuration->values);
      std::cerr << "orrery serve: " << configuration.error().message << '\n';
      return exit_usage;
    };
  });
}

}  // namespace

int run_command_line(int argc, char** argv, Serve& serve) {
  if (const auto command = slurm_command(argc, argv)) return command();
  CLI::App orrery(description, "orrery");
  orrery.footer(footer);
  orrery.require_subcommand(1);
  ChosenCommand chosen;
  add_serve_command(orrery, chosen, serve);
  add_admin_command(orrery, chosen);
  add_agent_command(orrery, chosen);
  add_bench_command(orrery, chosen);
  add_catalog_command(orrery, chosen);
  add_center_command(orrery, chosen);
  add_claim_command(orrery, chosen);
  add_config_command(orrery, chosen);
  add_diff_command(orrery, chosen);
  add_doctor_command(orrery, chosen);
  add_fork_command(orrery, chosen);
  add_log_command(orrery, chosen);
  add_recipe_command(orrery, chosen);
  add_replay_command(orrery, chosen);
  add_sim_command(orrery, chosen);
  add_supervise_command(orrery, chosen);
  add_version_command(orrery, chosen);
  add_why_command(orrery, chosen);
  add_slurm_commands(orrery);
  try {
    orrery.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return orrery.exit(stop) == 0 ? exit_success : exit_usage;  // Help is a stop too.
  }
  try {
    return chosen();
  } catch (const std::exception& failure) {
    std::cerr << "orrery: " << failure.what() << '\n';
    return exit_failure;
  }
}

}  // namespace orrery
