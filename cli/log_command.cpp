#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/feed_client.hpp"
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
  add_subcommand(log, chosen, arguments, "verify",
                 "read every byte: hashes, chain, payloads, index; exit code 0 if all is well",
                 on_opened([](const EventLog& opened, const LogArguments&) {
                   return verify_log(opened, std::cout, std::cerr);
                 }));
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
  auto* exported = add_subcommand(log, chosen, arguments, "export", "write all as JSON lines",
                                  on_opened([](const EventLog& opened, const LogArguments& given) {
                                    return export_log(opened, given.file, std::cout, std::cerr);
                                  }));
  exported->add_option("FILE", arguments->file, "\"-\" is the standard output")->required();
}

}  // namespace

void add_log_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* log = orrery.add_subcommand("log", "look at the event log: verify, show, tail, stat …");
  log->require_subcommand(1);
  log->footer(
      "All but recover only read, also beside a running server.\n"
      "Exit codes: 0 fine; 5 damage found while reading; 20 and up the log doesn't open, one code "
      "a cause\n(docs/formats/detection.md).");
  const auto arguments = std::make_shared<LogArguments>();
  add_reading_commands(*log, chosen, arguments);

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
