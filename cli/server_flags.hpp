#pragma once

#include <string>
#include <string_view>

#include "cli/admin_client.hpp"
#include "cli/configuration_sources.hpp"

namespace CLI {
class App;
}

namespace orrery {

/// What the command line of a client says about its server.
struct ServerFlags {
  std::string url;
  std::string key;
  std::string data;
};

/// Gives a subcommand `--url`, `--key` and `--data`, which are put into `flags`.
void add_server_flags(CLI::App& command, ServerFlags& flags);

inline constexpr std::string_view no_key_hint =
    "give a key: --data DIR of a server on this machine, --key KEY, or ORRERY_KEY";

/// The server that is meant. Flags count before variables, and these before what lies in the data
/// directory. The key may be empty.
ConfigurationResult<AdminServer> find_server(const ServerFlags& flags);

/// The detail of a problem that the server answered, or what its status says.
std::string problem_text(const AdminAnswer& answer);

}  // namespace orrery
