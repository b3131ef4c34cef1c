#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>

#include "actors/history/causal_tree.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/history_arguments.hpp"

namespace orrery {
namespace {

constexpr std::string_view command_name = "why";

struct WhyArguments : HistoryArguments {
  std::string resource;
  Position event = 0;
  std::string to;
  std::size_t limit = 100;
  bool full = false;
};

int fail(std::string_view message, int code) {
  std::cerr << "orrery why: " << message << '\n';
  return code;
}

void print(const CausalTree& tree, const WhyArguments& arguments, Position to) {
  if (arguments.json) {
    std::cout << boost::json::serialize(causal_json(tree, to)) << '\n';
    return;
  }
  std::cout << causal_text(tree);
  if (tree.event_count > arguments.limit && arguments.event == 0)
    std::cerr << fmt::format("The last {} of {} events; --limit N shows more.\n", arguments.limit,
                             tree.event_count);
  if (!tree.effects_are_complete)
    std::cerr << "What they led to was looked for nearby only; --full reads the whole log.\n";
}

int explain(const WhyArguments& arguments, const EventLog& log) {
  const auto to = position_said(command_name, "--to", log, arguments.to);
  if (!to) return exit_usage;
  if (arguments.event > *to)
    return fail(fmt::format("there is no event {}: the last is {}", arguments.event, *to),
                exit_failure);
  if (arguments.event == 0 && log.version_of(arguments.resource) == 0)
    return fail(fmt::format("there is no {}: `orrery replay --resource KIND` lists what there is",
                            arguments.resource),
                exit_failure);
  WhyQuery query{arguments.resource, arguments.event, *to, arguments.limit};
  if (arguments.full) query.look_ahead = WhyQuery::everything;
  const auto tree = why(log, query);
  if (!tree) return complain_of_damage(command_name, tree.error());
  if (tree->nodes.empty())
    return fail(fmt::format("there was no {} then; it came later", arguments.resource),
                exit_failure);
  print(*tree, arguments, *to);
  return exit_success;
}

int why_resource(const WhyArguments& arguments) {
  if (arguments.resource.empty() && arguments.event == 0)
    return fail("say which RESOURCE (such as vm/<id>) or --event POSITION", exit_usage);
  if (!arguments.resource.empty() && !is_resource(command_name, arguments.resource))
    return exit_usage;
  return on_history(command_name, arguments,
                    [&](const EventLog& log) { return explain(arguments, log); });
}

}  // namespace

void add_why_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand(
      "why", "the chain of causes of a resource, up to the requests and principals behind it");
  command->footer(
      "Examples:\n"
      "  orrery why vm/<id>          who asked for it, and what led from there to where it is\n"
      "  orrery why --event 4711     the same of one event\n"
      "Each line is an event under the one that caused it: position, stream, type, time, writer; "
      "\"●\" marks\nthose asked about. Only reads, also beside a running server.");
  const auto arguments = std::make_shared<WhyArguments>();
  command->add_option("RESOURCE", arguments->resource, "such as vm/<id>");
  command->add_option("--event", arguments->event, "one event in place of a resource")
      ->type_name("POSITION")
      ->check(CLI::Range(Position{1}, Position{1} << 62));
  command->add_option("--to", arguments->to, "as of then (default: now)")
      ->type_name("POSITION|TIME");
  command->add_option("--limit", arguments->limit, "the last so many events of the resource")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  command->add_flag("--full", arguments->full,
                    "look for what they led to in the whole log, not only nearby");
  add_history_options(*command, *arguments);
  command->callback(
      [&chosen, arguments] { chosen = [arguments] { return why_resource(*arguments); }; });
}

}  // namespace orrery
