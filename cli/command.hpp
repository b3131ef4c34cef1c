#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace orrery {

/// What the command line chose: runs it and returns the exit code of the process.
using ChosenCommand = std::function<int()>;

/// Each subcommand is one file `cli/NAME_command.cpp` with a function of this form, named
/// `add_NAME_command` and called by `command_line.cpp`: it describes the subcommand to CLI11 and
/// sets `chosen` in the subcommand's callback. Nothing runs before the whole line has been parsed.
using AddCommand = void(CLI::App& orrery, ChosenCommand& chosen);

AddCommand add_admin_command;
AddCommand add_agent_command;
AddCommand add_bench_command;
AddCommand add_catalog_command;
AddCommand add_center_command;
AddCommand add_claim_command;
AddCommand add_config_command;
AddCommand add_diff_command;
AddCommand add_doctor_command;
AddCommand add_fork_command;
AddCommand add_log_command;
AddCommand add_recipe_command;
AddCommand add_replay_command;
AddCommand add_sim_command;
/// Below `orrery sim`.
AddCommand add_sim_trace_command;
AddCommand add_sim_trace_files_commands;
AddCommand add_supervise_command;
AddCommand add_version_command;
AddCommand add_why_command;

}  // namespace orrery
