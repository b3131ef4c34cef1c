#include <cstdint>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/build_version.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/sim_cluster_commands.hpp"
#include "sim/run.hpp"

namespace orrery {
namespace {

struct SimulationRun {
  std::uint64_t seed = 1;
  std::uint64_t step_count = 2'000;
  std::uint64_t seed_count = 1;
};

void print(const WorldReport& report) {
  std::cout << fmt::format(
                   "seed {:<8} {:>6} events {:>5} operations {:>3} crashes {:>8} messages  {}",
                   report.seed, report.event_count, report.operation_count, report.crash_count,
                   report.message_count, report.hash)
            << '\n'
            << std::flush;
}

void print_failure(const WorldReport& report, const SimulationRun& run) {
  for (const auto& violation : report.violations)
    std::cerr << fmt::format("FAILED {} at position {}: {}\n", violation.checker,
                             violation.position, violation.message);
  std::cerr << fmt::format("seed {}, commit {}. Repeat it with:\n", report.seed, build_commit())
            << fmt::format("  orrery sim run --seed {} --steps {}\n", report.seed, run.step_count);
}

int simulate(const SimulationRun& run) {
  std::uint64_t failed_count = 0;
  run_worlds(run.seed, run.seed_count, run.step_count, [&](const WorldReport& report) {
    print(report);
    if (report.violations.empty()) return true;
    ++failed_count;
    print_failure(report, run);
    return true;
  });
  if (failed_count == 0) return exit_success;
  std::cerr << fmt::format("{} of {} seeds failed\n", failed_count, run.seed_count);
  return exit_failure;
}

}  // namespace

void add_sim_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* sim = orrery.add_subcommand(
      "sim", "simulated clusters of a running server, and deterministic worlds");
  sim->require_subcommand(1);
  auto* command = sim->add_subcommand(
      "run", "draw clients, schedule, faults and crashes from a seed, and check the invariants");
  const auto run = std::make_shared<SimulationRun>();
  command->add_option("--seed", run->seed, "the (first) seed")->capture_default_str();
  command->add_option("--steps", run->step_count, "steps of each world")->capture_default_str();
  command->add_option("--seeds", run->seed_count, "how many seeds, counted up")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->callback([&chosen, run] { chosen = [run] { return simulate(*run); }; });
  add_sim_trace_command(*sim, chosen);
  add_sim_trace_files_commands(*sim, chosen);
  add_sim_cluster_commands(*sim, chosen);
}

}  // namespace orrery
