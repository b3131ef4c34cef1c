#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/history_arguments.hpp"
#include "cli/history_reports.hpp"
#include "cli/progress_line.hpp"

namespace orrery {
namespace {

constexpr std::string_view command_name = "diff";

struct DiffArguments : HistoryArguments {
  std::string from;
  std::string to;
  std::string resource;
  std::size_t limit = 10'000;
};

int diff_log(const DiffArguments& arguments) {
  if (!arguments.resource.empty() && !is_resource(command_name, arguments.resource))
    return exit_usage;
  return on_history(command_name, arguments, [&](const EventLog& log) -> int {
    const auto from = position_said(command_name, "--from", log, arguments.from);
    const auto to = position_said(command_name, "--to", log, arguments.to);
    if (!from || !to) return exit_usage;
    if (*from > *to) {
      std::cerr << "orrery diff: --from comes after --to: exchange them\n";
      return exit_usage;
    }
    ProgressLine progress("read", "events", *to - *from, arguments.quiet);
    const DiffQuery query{*from, *to, arguments.resource, arguments.limit};
    const auto diff =
        diff_history(log, query, [&](Position position) { progress.reach(position - *from); });
    if (!diff) return complain_of_damage(command_name, diff.error());
    print_diff(*diff, query, arguments.json, std::cout);
    return exit_success;
  });
}

}  // namespace

void add_diff_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand(
      "diff", "what appeared, went and changed between two moments, field by field");
  command->footer(
      "Examples:\n"
      "  orrery diff --from 2026-01-31T00:00:00Z --to 2026-02-01T00:00:00Z\n"
      "  orrery diff --from 4711 --resource node         what became of the nodes since event "
      "4711\n"
      "  orrery diff --from 4711 --resource vm/<id> --json\n"
      "\"+\" appeared, \"-\" ended, \"~\" changed, \"±\" came and ended in between. Only reads.");
  const auto arguments = std::make_shared<DiffArguments>();
  command->add_option("--from", arguments->from, "compare with how it was after this")
      ->type_name("POSITION|TIME")
      ->required();
  command->add_option("--to", arguments->to, "how it was after this (default: now)")
      ->type_name("POSITION|TIME");
  command
      ->add_option("--resource,--kind", arguments->resource, "one (vm/<id>), or all of a kind (vm)")
      ->type_name("STREAM|KIND");
  command->add_option("--limit", arguments->limit, "resources to compare; more are counted")
      ->capture_default_str();
  add_history_options(*command, *arguments);
  command->callback(
      [&chosen, arguments] { chosen = [arguments] { return diff_log(*arguments); }; });
}

}  // namespace orrery
