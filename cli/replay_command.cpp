#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/history_arguments.hpp"
#include "cli/history_reports.hpp"
#include "cli/progress_line.hpp"
#include "storage/position_at.hpp"

namespace orrery {
namespace {

constexpr std::string_view command_name = "replay";

struct ReplayArguments : HistoryArguments {
  std::string to;
  std::string resource;

  bool names_one() const { return resource.find('/') != std::string::npos; }
};

int show_one(const EventLog& log, const ReplayArguments& arguments, Position to) {
  const auto resource = resource_at(log, arguments.resource, to);
  if (!resource) return complain_of_damage(command_name, resource.error());
  if (resource->version > 0) {
    print_resource(arguments.resource, *resource, arguments.json, std::cout);
    return exit_success;
  }
  const bool comes_later = log.version_of(arguments.resource) > 0;
  std::cerr << fmt::format("orrery replay: there was no {} at position {}{}\n", arguments.resource,
                           to, comes_later ? "; it came later" : "");
  return exit_failure;
}

int show_all(const EventLog& log, const ReplayArguments& arguments, Position to) {
  ProgressLine progress("folded", "events", to, arguments.quiet);
  const auto folded =
      fold_log(log, to, arguments.resource, [&](Position position) { progress.reach(position); });
  if (!folded) return complain_of_damage(command_name, folded.error());
  if (!arguments.resource.empty()) {
    print_resources(*folded, arguments.resource, arguments.json, std::cout);
    return exit_success;
  }
  const auto time = to == 0 ? Time() : time_at(log, to);
  if (!time) return complain_of_damage(command_name, time.error());
  print_counts(*folded, to, *time, arguments.json, std::cout);
  return exit_success;
}

int replay_history(const ReplayArguments& arguments) {
  if (!arguments.resource.empty() && !is_resource(command_name, arguments.resource))
    return exit_usage;
  return on_history(command_name, arguments, [&](const EventLog& log) {
    const auto to = position_said(command_name, "--to", log, arguments.to);
    if (!to) return static_cast<int>(exit_usage);
    return arguments.names_one() ? show_one(log, arguments, *to) : show_all(log, arguments, *to);
  });
}

}  // namespace

void add_replay_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command =
      orrery.add_subcommand("replay", "what was: fold the log up to a position or time");
  command->footer(
      "Examples:\n"
      "  orrery replay                                       how many of what there are, and in "
      "which state\n"
      "  orrery replay --to 2026-01-31T12:00:00Z             … and were then\n"
      "  orrery replay --to 4711 --resource vm               all VMs after event 4711\n"
      "  orrery replay --to 4711 --resource vm/<id> --json   one of them, with all its fields\n"
      "Only reads, also beside a running server. Exit codes: 0 fine, 1 no such resource then, 2 "
      "wrong\ncommand line, 5 damage, 20 and up the log doesn't open.");
  const auto arguments = std::make_shared<ReplayArguments>();
  command->add_option("--to", arguments->to, "the last event to fold, or a time (default: all)")
      ->type_name("POSITION|TIME");
  command->add_option("--resource", arguments->resource, "one (vm/<id>), or all of a kind (vm)")
      ->type_name("STREAM|KIND");
  add_history_options(*command, *arguments);
  command->callback(
      [&chosen, arguments] { chosen = [arguments] { return replay_history(*arguments); }; });
}

}  // namespace orrery
