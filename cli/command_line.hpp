#pragma once

#include "cli/configuration.hpp"

namespace orrery {

/// Runs a server until it is told to stop; the exit code. It is given by `main.cpp`, which is where
/// everything is wired together.
using Serve = int(const Configuration& configuration);

/// Parses the command line, runs the subcommand that it names, and returns the exit code.
int run_command_line(int argc, char** argv, Serve& serve);

}  // namespace orrery
