#include "cli/history_arguments.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "actors/history/folded_aggregate.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/exit_codes.hpp"
#include "cli/log_reports.hpp"
#include "cli/progress_line.hpp"
#include "events/stream_name.hpp"
#include "http/json/moment.hpp"
#include "storage/bundle/bundle.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

int complain(std::string_view command, std::string_view message, int code) {
  std::cerr << "orrery " << command << ": " << message << '\n';
  return code;
}

int on_bundle(std::string_view command, const HistoryArguments& arguments,
              const HistoryReport& report) {
  std::ifstream file(arguments.bundle, std::ios::binary);
  if (!file)
    return complain(command, fmt::format("{} can't be read", arguments.bundle), exit_usage);
  MemoryEventLog log;
  const auto imported = import_bundle(file, log, [](Position) {});
  if (!imported)
    return complain(command,
                    fmt::format("{}: at byte {}: {}", arguments.bundle, imported.error().offset,
                                imported.error().message),
                    exit_log_damaged);
  return report(log);
}

}  // namespace

void add_history_options(CLI::App& command, HistoryArguments& arguments) {
  auto* data = command.add_option("--data", arguments.data, "data directory (also ORRERY_DATA)")
                   ->type_name("DIR");
  command.add_option("--config", arguments.config, "TOML file with settings")->type_name("FILE");
  command
      .add_option("--bundle", arguments.bundle,
                  "a bundle (`orrery log export`) in place of a data directory")
      ->type_name("FILE")
      ->excludes(data);
  command.add_flag("--json", arguments.json, "for programs");
  command.add_flag("--quiet", arguments.quiet, "no progress on the terminal");
}

int on_history(std::string_view command, const HistoryArguments& arguments,
               const HistoryReport& report) {
  if (!arguments.bundle.empty()) return on_bundle(command, arguments, report);
  ConfigurationFlags flags{{}, arguments.config};
  if (!arguments.data.empty()) flags.given["data"] = {arguments.data, "--data"};
  const auto configuration = flags.load();
  if (!configuration) return complain(command, configuration.error().message, exit_usage);
  const auto log = open_log_for_reading(configuration->values.data);
  if (!log) return complain(command, log.error().message, exit_code(log.error().code));
  return report(**log);
}

std::optional<Position> position_said(std::string_view command, std::string_view option,
                                      const EventLog& log, std::string_view text) {
  if (text.empty()) return log.head();
  const auto position = position_of_moment(log, text, log.head(), SystemClock().now());
  if (position) return *position;
  complain(command, fmt::format("{} {}: {}", option, text, position.error().message), exit_usage);
  return std::nullopt;
}

int complain_of_damage(std::string_view command, const LogDamage& damage) {
  return complain(command,
                  fmt::format("damage at position {}: {}", damage.position, damage.message),
                  exit_log_damaged);
}

bool is_resource(std::string_view command, std::string_view resource) {
  const auto kind = stream_aggregate(resource);
  if (std::ranges::binary_search(stream_kinds(), kind)) return true;
  complain(command,
           fmt::format("there are no resources of kind \"{}\". A resource is KIND/ID, such as "
                       "vm/<id>; the kinds are: {}",
                       kind, fmt::join(stream_kinds(), ", ")),
           exit_usage);
  return false;
}

}  // namespace orrery
