#include "cli/server_flags.hpp"

#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>

#include "cli/data_directory.hpp"
#include "cli/feed_client.hpp"
#include "cli/server_urls.hpp"

namespace orrery {
namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

void add_server_flags(CLI::App& command, ServerFlags& flags) {
  command.add_option("--url,--server", flags.url, "where the server is (ORRERY_URL)");
  command.add_option("--key", flags.key, "what opens it (ORRERY_KEY)");
  command.add_option("--data", flags.data,
                     "data directory of a server on this machine, for its operator's key");
}

ConfigurationResult<AdminServer> find_server(const ServerFlags& flags) {
  const auto environment = process_environment();
  const auto variable = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  GivenValues given;
  if (!flags.data.empty()) given["data"] = {flags.data, "--data"};
  const auto configuration = load_configuration(given, environment, std::nullopt);
  if (!configuration) return configuration.error();
  const auto& settings = configuration->values;
  const auto dev = address_of_dev_server(settings.data.string());
  auto own_key = first_line(operator_key_file(settings.data));
  if (own_key.empty()) own_key = dev.token;

  AdminServer server{flags.url, flags.key};
  for (const auto* name : {"ORRERY_URL", "ORRERY_SERVER"})
    if (server.url.empty()) server.url = variable(name);
  if (server.url.empty()) server.url = dev.url;
  if (server.url.empty()) server.url = base_url_of(settings, settings.listen_port);
  if (server.key.empty() && !flags.data.empty()) server.key = own_key;
  if (server.key.empty()) server.key = variable("ORRERY_KEY");
  if (server.key.empty()) server.key = own_key;
  return server;
}

std::string problem_text(const AdminAnswer& answer) {
  boost::json::error_code failure;
  const auto problem = boost::json::parse(answer.body, failure);
  if (!failure && problem.is_object())
    if (const auto* text = problem.as_object().if_contains("detail"); text && text->is_string())
      return text->get_string().c_str();
  return fmt::format("the server answers {}", answer.status);
}

}  // namespace orrery
