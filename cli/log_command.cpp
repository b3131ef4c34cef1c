#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/feed_client.hpp"
#include "cli/full_verification.hpp"
#include "cli/history_arguments.hpp"
#include "cli/log_bundles.hpp"
#include "cli/log_reports.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

/// What all of `orrery log` shares, filled while the line is parsed.
struct LogArguments {
  std::string data;
  std::string config;
  bool json = false;

  std::string stream;
  std::string file;
  Position from = 0;
  bool follow = false;
  FeedAddress address;
  std::string from_moment;
  std::string to_moment;
  std::string streams;
  bool all = false;
  std::string into;
  bool full = false;
  bool drop_bad_snapshots = false;
  bool quiet = false;
  bool accept_loss = false;
  std::string reason = "accepted on the command line";

  EventForm form() const { return json ? EventForm::json : EventForm::line; }
};
using Arguments = std::shared_ptr<LogArguments>;

int complain(std::string_view message, int code) {
  std::cerr << "orrery log: " << message << '\n';
  return code;
}

/// The data directory by the same rules as a server's: flag, environment, file, default.
ConfigurationResult<std::filesystem::path> data_of(const LogArguments& arguments) {
  ConfigurationFlags flags{{}, arguments.config};
  if (!arguments.data.empty()) flags.given["data"] = {arguments.data, "--data"};
  const auto configuration = flags.load();
  if (!configuration) return configuration.error();
  return {boost::system::in_place_value, configuration->values.data};
}

using Report = std::function<int(const EventLog&, const LogArguments&)>;

/// Opens the log for reading and reports on it.
int on_log(const LogArguments& arguments, const Report& report) {
  const auto data = data_of(arguments);
  if (!data) return complain(data.error().message, exit_usage);
  const auto log = open_log_for_reading(*data);
  if (!log) return complain(log.error().message, exit_code(log.error().code));
  return report(**log, arguments);
}

int follow(const LogArguments& arguments) {
  const auto data = data_of(arguments);
  if (!data) return complain(data.error().message, exit_usage);
  auto address = address_of_dev_server(data->string());
  if (!arguments.address.url.empty()) address.url = arguments.address.url;
  if (!arguments.address.token.empty()) address.token = arguments.address.token;
  if (address.url.empty())
    return complain(fmt::format("--follow needs a running server: give --url and --token, or "
                                "--data with the directory of one started with --dev ({} has no "
                                "dev-credentials.json)",
                                data->string()),
                    exit_usage);
  const auto followed = follow_feed(address, arguments.from, [](std::string_view event) {
    std::cout << event << '\n' << std::flush;
  });
  return followed ? exit_success : complain(followed.error().message, exit_failure);
}

int tail(const LogArguments& arguments) {
  if (arguments.follow) return follow(arguments);
  return on_log(arguments, [](const EventLog& log, const LogArguments& chosen) {
    constexpr Position count_default = 10;
    const auto head = log.head();
    const auto from = chosen.from != 0       ? chosen.from
                      : head > count_default ? head - count_default + 1
                                             : Position{1};
    return print_events(log, from, chosen.form(), std::cout, std::cerr);
  });
}

/// Verifies a log that no server has open, and drops the snapshots that don't fit it.
int verify_and_drop(const LogArguments& arguments) {
  const auto data = data_of(arguments);
  if (!data) return complain(data.error().message, exit_usage);
  RocksDbOptions options;
  options.directory = log_directory(*data);
  const auto log = open_rocksdb_event_log(std::move(options));
  if (!log) return complain(log.error().message, exit_code(log.error().code));
  const auto verified = verify_log_fully(**log, arguments.quiet, std::cout, std::cerr);
  if (verified.bad_snapshots.empty()) return verified.exit_code;
  drop_snapshots(**log, verified.bad_snapshots);
  std::cout << fmt::format("{} snapshots dropped; the next start makes them anew\n",
                           verified.bad_snapshots.size());
  return exit_success;
}

int verify(const LogArguments& arguments) {
  if (arguments.drop_bad_snapshots) return verify_and_drop(arguments);
  return on_log(arguments, [](const EventLog& opened, const LogArguments& given) {
    if (!given.full) return verify_log(opened, std::cout, std::cerr);
    return verify_log_fully(opened, given.quiet, std::cout, std::cerr).exit_code;
  });
}

int export_as_asked(const EventLog& log, const LogArguments& given) {
  if (!given.all && given.streams.empty()) {
    if (!given.from_moment.empty() || !given.to_moment.empty())
      return complain("--from and --to are for bundles: say --all or --stream, too", exit_usage);
    return export_log(log, given.file, std::cout, std::cerr);
  }
  const auto to = position_said("log export", "--to", log, given.to_moment);
  const auto from = given.from_moment.empty()
                        ? std::optional<Position>(1)
                        : position_said("log export", "--from", log, given.from_moment);
  if (!to || !from) return exit_usage;
  std::vector<std::string> streams;
  if (!given.streams.empty())
    boost::algorithm::split(streams, given.streams, boost::algorithm::is_any_of(","));
  return export_bundle(log, {*from, *to, std::move(streams), given.file, given.quiet}, std::cout,
                       std::cerr);
}

int import(const LogArguments& arguments) {
  return import_bundle_into(arguments.file, arguments.into, arguments.quiet, std::cout, std::cerr);
}

/// Whether a server would open the log and every byte verifies. Then there is nothing to give up,
/// and a recovery would put a loss into the history that was none.
bool verifies(const RocksDbOptions& options) {
  const auto log = open_rocksdb_event_log(options);
  std::ostringstream unheard;
  return log && verify_log(**log, unheard, unheard) == exit_success;
}

int recover(const LogArguments& arguments) {
  if (!arguments.accept_loss)
    return complain(
        "recovering keeps the part of the log that verifies and gives up the rest. Nothing was "
        "touched; say --accept-loss to do it.",
        exit_usage);
  const auto data = data_of(arguments);
  if (!data) return complain(data.error().message, exit_usage);
  RocksDbOptions options;
  options.directory = log_directory(*data);
  if (std::filesystem::exists(options.directory) && verifies(options)) {
    std::cout << "the log verifies: there is nothing to recover\n";
    return exit_success;
  }
  const auto recovery = recover_log(options, arguments.reason, SystemClock().now());
  if (!recovery) return complain(recovery.error().message, exit_code(recovery.error().code));
  std::cout << fmt::format(
      "kept positions 1 to {} (acknowledged: {}); the loss is recorded in stream log/recovery.\n"
      "The damaged files are in {}\n",
      recovery->recovered_position, recovery->acknowledged_position,
      recovery->damaged_directory.string());
  return exit_success;
}

CLI::App* add_subcommand(CLI::App& log, ChosenCommand& chosen, const Arguments& arguments,
                         const std::string& name, const std::string& description,
                         std::function<int(const LogArguments&)> run) {
  auto* command = log.add_subcommand(name, description);
  command->add_option("--data", arguments->data, "data directory (also ORRERY_DATA)")
      ->type_name("DIR");
  command->add_option("--config", arguments->config, "TOML file with settings")->type_name("FILE");
  command->callback([&chosen, arguments, run = std::move(run)] {
    chosen = [arguments, run] { return run(*arguments); };
  });
  return command;
}

std::function<int(const LogArguments&)> on_opened(Report report) {
  return [report = std::move(report)](const LogArguments& arguments) {
    return on_log(arguments, report);
  };
}

void add_reading_commands(CLI::App& log, ChosenCommand& chosen, const Arguments& arguments) {
  auto* checked = add_subcommand(
      log, chosen, arguments, "verify",
      "read every byte: hashes, chain, payloads, index; exit code 0 if all is well", verify);
  checked->add_flag("--full", arguments->full,
                    "fold all of it, too: compare the snapshots of views and aggregates");
  checked
      ->add_flag("--drop-bad-snapshots", arguments->drop_bad_snapshots,
                 "with the server stopped: drop those that differ, so that they are made anew")
      ->needs("--full");
  checked->add_flag("--quiet", arguments->quiet, "no progress on the terminal");
  auto* show =
      add_subcommand(log, chosen, arguments, "show", "print the events of one stream",
                     on_opened([](const EventLog& opened, const LogArguments& given) {
                       return show_stream(opened, given.stream, given.form(), std::cout, std::cerr);
                     }));
  show->add_option("STREAM", arguments->stream, "such as vm/<id>")->required();
  show->add_flag("--json", arguments->json, "one JSON object a line");
  add_subcommand(log, chosen, arguments, "stat", "count events by type; time span and chain hash",
                 on_opened([](const EventLog& opened, const LogArguments&) {
                   return print_statistics(opened, std::cout, std::cerr);
                 }));
}

void add_bundle_commands(CLI::App& log, ChosenCommand& chosen, const Arguments& arguments) {
  auto* exported = add_subcommand(
      log, chosen, arguments, "export",
      "write it as JSON lines; with --all or --stream as a bundle for another Orrery",
      on_opened(export_as_asked));
  exported->add_option("FILE", arguments->file, "\"-\" is the standard output")->required();
  auto* all = exported->add_flag("--all", arguments->all, "a bundle of everything");
  exported
      ->add_option("--stream", arguments->streams,
                   "a bundle of these streams (vm/<id>) and kinds (vm), by commas")
      ->type_name("S[,S2…]")
      ->excludes(all);
  exported->add_option("--from", arguments->from_moment, "of a bundle: not before this")
      ->type_name("POSITION|TIME");
  exported->add_option("--to", arguments->to_moment, "of a bundle: not after this")
      ->type_name("POSITION|TIME");
  exported->add_flag("--quiet", arguments->quiet, "no progress on the terminal");

  auto* imported =
      log.add_subcommand("import", "make a data directory of a bundle, or go on with one");
  imported->add_option("FILE", arguments->file, "the bundle")->required();
  imported->add_option("--into", arguments->into, "data directory; made where it isn't there")
      ->type_name("DIR")
      ->required();
  imported->add_flag("--quiet", arguments->quiet, "no progress on the terminal");
  imported->callback([&chosen, arguments] { chosen = [arguments] { return import(*arguments); }; });
}

}  // namespace

void add_log_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* log = orrery.add_subcommand("log", "look at the event log: verify, show, tail, stat …");
  log->require_subcommand(1);
  log->footer(
      "All but recover and import only read, also beside a running server.\n"
      "Exit codes: 0 fine; 5 damage found while reading; 20 and up the log doesn't open, one code "
      "a cause\n(docs/formats/detection.md).");
  const auto arguments = std::make_shared<LogArguments>();
  add_reading_commands(*log, chosen, arguments);
  add_bundle_commands(*log, chosen, arguments);

  auto* tail_command =
      add_subcommand(*log, chosen, arguments, "tail", "print the last events", tail);
  tail_command->add_option("--from", arguments->from, "start at this position")
      ->type_name("N")
      ->check(CLI::Range(Position{1}, Position{1} << 62));
  tail_command->add_flag("--json", arguments->json, "one JSON object a line");
  tail_command->add_flag("--follow", arguments->follow,
                         "go on as events come, as JSON lines from the feed of a running server");
  tail_command->add_option("--url", arguments->address.url,
                           "server to follow (default: <data>/dev-credentials.json)");
  tail_command->add_option("--token", arguments->address.token,
                           "an operator's key (default: <data>/dev-credentials.json)");

  auto* recover_command = add_subcommand(
      *log, chosen, arguments, "recover",
      "keep what verifies of a damaged log; the damaged files are moved aside", recover);
  recover_command->add_flag("--accept-loss", arguments->accept_loss,
                            "yes, give up what doesn't verify");
  recover_command->add_option("--reason", arguments->reason, "for the event that records the loss");
}

}  // namespace orrery
