#include <fstream>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/algorithm/string/join.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/exit_codes.hpp"
#include "cli/finite_number.hpp"
#include "cli/fork_directory.hpp"
#include "cli/fork_reports.hpp"
#include "cli/history_arguments.hpp"
#include "cli/policy_file.hpp"
#include "cli/progress_line.hpp"
#include "sim/fork/fork_policy.hpp"
#include "sim/report/write_report.hpp"
#include "storage/position_at.hpp"

namespace orrery {
namespace {

constexpr std::string_view command_name = "fork";

struct ForkArguments : HistoryArguments {
  std::string at;
  std::string into;
  bool with_keys = false;
  bool run = false;
  std::string policy = "as-is";
  std::string until;
  double price = 0;
  std::uint64_t seed = 1;
  std::string html;
};

int complain(std::string_view message, int code = exit_failure) {
  std::cerr << "orrery fork: " << message << '\n';
  return code;
}

std::string reason_of(const ForkArguments& arguments) {
  return arguments.run ? fmt::format("what if: {}", arguments.policy) : "orrery fork";
}

/// Where the keys of the original are; empty where it is a bundle.
std::filesystem::path data_of(const ForkArguments& arguments) {
  if (!arguments.bundle.empty()) return {};
  ConfigurationFlags flags{{}, arguments.config};
  if (!arguments.data.empty()) flags.given["data"] = {arguments.data, "--data"};
  const auto configuration = flags.load();
  return configuration ? configuration->values.data : std::filesystem::path();
}

int write_directory(const EventLog& log, const ForkArguments& arguments, Position position) {
  ProgressLine progress("copied", "events", position, arguments.quiet);
  const ForkDirectoryWish wish{position, data_of(arguments), arguments.into, arguments.with_keys,
                               reason_of(arguments)};
  const auto copy =
      make_fork_directory(log, wish, [&](Position reached) { progress.reach(reached); });
  if (!copy) return complain(copy.error().message);
  std::cerr << fmt::format("{} events up to position {} are in {}{}\n", copy->position,
                           copy->position, arguments.into,
                           copy->is_whole ? ", with the original's hashes"
                                          : "; the last commit was cut, so its hash is its own");
  std::cerr << fmt::format("orrery serve --data {}\n", arguments.into);
  return exit_success;
}

boost::system::result<BatchPolicy, ForkFailure> read_policy(const std::string& name) {
  if (!std::filesystem::exists(name))
    return ForkFailure{fmt::format("{} is neither a file nor one of: {}", name, fork_policy_names)};
  const auto policy = read_policy_file(name);
  if (policy) return *policy;
  return ForkFailure{boost::algorithm::join(policy.error().problems, "\n")};
}

/// When virtual time ends: with the original, or as was said.
std::optional<Time> end_of(const EventLog& log, const ForkArguments& arguments) {
  const auto position = position_said(command_name, "--until", log, arguments.until);
  if (!position) return std::nullopt;
  const auto time = time_at(log, *position);
  if (time) return *time;
  complain_of_damage(command_name, time.error());
  return std::nullopt;
}

boost::system::result<ForkReport, ForkFailure> live_and_compare(const EventLog& log,
                                                                const ForkArguments& arguments,
                                                                Position position, Time until) {
  MemoryEventLog memory;
  const auto copy = copy_log(log, position, memory, {});
  if (!copy) return copy.error();
  if (until <= copy->time)
    return ForkFailure{fmt::format("nothing happened between position {} and the end: fork earlier",
                                   copy->position)};
  const auto in_force = policies_in_force(memory);
  if (!in_force) return in_force.error();
  auto change = fork_change_named(arguments.policy, *in_force, read_policy);
  if (!change) return change.error();
  if (const auto marked = mark_fork(*copy, reason_of(arguments), memory); !marked)
    return marked.error();
  auto asked = asked_after(log, copy->position);
  if (!asked) return asked.error();

  ForkReport report;
  report.change = change->name;
  report.position = copy->position;
  report.price_per_gpu_hour = arguments.price;
  const auto seconds_since = [&](Time time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time - copy->time).count());
  };
  ProgressLine progress("lived", "seconds", seconds_since(until), arguments.quiet);
  ForkedLifeSettings settings{std::move(*change), until, arguments.seed,
                              [&](Time now) { progress.reach(seconds_since(now)); }};
  report.life = live_on(memory, *asked, settings);
  report.not_repeated = std::move(asked->not_repeated);
  auto comparison = compare_fork(log, memory, copy->position, until, arguments.price);
  if (!comparison) return comparison.error();
  comparison->fork.policy = "fork: " + report.change;
  comparison->fork.seed = arguments.seed;
  report.comparison = std::move(*comparison);
  return report;
}

int write_html(const std::string& file, const ForkReport& report) {
  const TraceResult results[] = {report.comparison.original, report.comparison.fork};
  std::ofstream out(file, std::ios::binary);
  write_report_html(out, results, {&report.comparison.trace, 1}, fork_report_origin(report));
  out.close();
  return out ? exit_success : complain(fmt::format("{} cannot be written", file));
}

int run_fork(const EventLog& log, const ForkArguments& arguments, Position position) {
  const auto until = end_of(log, arguments);
  if (!until) return exit_usage;
  const auto report = live_and_compare(log, arguments, position, *until);
  if (!report) return complain(report.error().message);
  if (arguments.json) {
    const TraceResult results[] = {report->comparison.original, report->comparison.fork};
    write_report_json(std::cout, results, {&report->comparison.trace, 1},
                      fork_report_origin(*report));
  } else {
    print_fork_report(*report, std::cout);
  }
  return arguments.html.empty() ? exit_success : write_html(arguments.html, *report);
}

int fork_history(const ForkArguments& arguments) {
  if (arguments.into.empty() && !arguments.run)
    return complain(
        "say --into DIR for a directory to serve, or --run to see what would have "
        "happened",
        exit_usage);
  return on_history(command_name, arguments, [&](const EventLog& log) -> int {
    const auto position = position_said(command_name, "--at", log, arguments.at);
    if (!position) return exit_usage;
    if (*position == 0) return complain("nothing had happened by then", exit_usage);
    if (!arguments.into.empty())
      if (const int code = write_directory(log, arguments, *position); code != exit_success)
        return code;
    return arguments.run ? run_fork(log, arguments, *position) : exit_success;
  });
}

void add_run_options(CLI::App& command, ForkArguments& arguments) {
  command.add_flag("--run", arguments.run,
                   "go on from there in virtual time, and say what would have been different");
  command
      .add_option("--policy", arguments.policy,
                  fmt::format("what to change: {}; or a TOML file with a batch policy; joined "
                              "by '+'",
                              fork_policy_names))
      ->type_name("NAME|FILE")
      ->capture_default_str();
  command.add_option("--until", arguments.until, "end there (default: the original's end)")
      ->type_name("POSITION|TIME");
  command.add_option("--price", arguments.price, "of a GPU-hour, for the bill")
      ->check(CLI::NonNegativeNumber & finite_number());
  command.add_option("--seed", arguments.seed, "of the order in which actors run")
      ->capture_default_str();
  command.add_option("--html", arguments.html, "the report as a page")->type_name("FILE");
}

}  // namespace

void add_fork_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand(
      "fork", "what would have happened: a history that goes another way from a moment on");
  const auto arguments = std::make_shared<ForkArguments>();
  add_history_options(*command, *arguments);
  command->add_option("--at", arguments->at, "the last moment that both histories share")
      ->type_name("POSITION|TIME")
      ->required();
  command->add_option("--into", arguments->into, "write the fork as a data directory of its own")
      ->type_name("DIR");
  command->add_flag("--with-keys", arguments->with_keys,
                    "copy the keys of persons and of the edge, too; without them no personal data "
                    "of the fork can be read");
  add_run_options(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  orrery fork --at 4711 --into /tmp/fork && orrery serve --data /tmp/fork\n"
      "  orrery fork --at 2026-01-31T12:00:00Z --policy fifo --run --price 2.5\n"
      "The original is only read, also beside a running server.");
  command->callback(
      [&chosen, arguments] { chosen = [arguments] { return fork_history(*arguments); }; });
}

}  // namespace orrery
