#pragma once

#include <functional>
#include <memory>
#include <string>

#include "storage/event_log.hpp"

namespace CLI {
class App;
}

namespace orrery {

/// What every command that looks back is told: which history, and how to say what it found.
struct HistoryArguments {
  std::string data;
  std::string config;
  std::string bundle;
  bool json = false;
  bool quiet = false;
};

/// --data, --config, --bundle, --json, --quiet.
void add_history_options(CLI::App& command, HistoryArguments& arguments);

/// Does something with a log that is open for reading; returns the exit code.
using HistoryReport = std::function<int(const EventLog&)>;

/// Opens the history that the arguments name (a server may be writing it; a bundle is read into
/// memory) and reports on it. Complaints start with "orrery COMMAND: ".
int on_history(std::string_view command, const HistoryArguments& arguments,
               const HistoryReport& report);

/// The position that `text` means in `log`; complains and returns nullopt where it means none.
std::optional<Position> position_said(std::string_view command, std::string_view option,
                                      const EventLog& log, std::string_view text);

/// Says what is wrong with the log and returns `exit_log_damaged`.
int complain_of_damage(std::string_view command, const LogDamage& damage);

/// True where `resource` names a stream or kind that there can be; complains where not.
bool is_resource(std::string_view command, std::string_view resource);

}  // namespace orrery
