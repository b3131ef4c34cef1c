#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/catalog_file.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/server_flags.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

struct CatalogArguments {
  std::string file;
  ServerFlags server;
  bool json = false;
};
using Arguments = std::shared_ptr<CatalogArguments>;

int complain(std::string_view message, int code) {
  std::cerr << "orrery catalog: " << message << '\n';
  return code;
}

/// The catalogue of the file, or nothing once every problem is printed.
std::optional<OfferCatalog> read(const CatalogArguments& arguments) {
  auto catalog = read_catalog_file(arguments.file);
  if (catalog) return std::move(*catalog);
  for (const auto& problem : catalog.error().problems) std::cerr << problem << '\n';
  return std::nullopt;
}

int check(const CatalogArguments& arguments) {
  const auto catalog = read(arguments);
  if (!catalog) return exit_failure;
  std::cout << fmt::format("{} is good: {} regions, {} SKUs, {} images\n", arguments.file,
                           catalog->regions.size(), catalog->skus.size(), catalog->images.size());
  return exit_success;
}

void print(const CatalogArguments& arguments, const json::object& answer) {
  if (arguments.json) {
    std::cout << json::serialize(answer) << '\n';
    return;
  }
  const auto& changes = answer.at("items").as_array();
  for (const auto& change : changes) std::cout << change.at("text").as_string().c_str() << '\n';
  for (const auto& warning : answer.at("warnings").as_array())
    std::cerr << "warning: " << warning.as_string().c_str() << '\n';
  if (changes.empty())
    std::cout << "nothing differs\n";
  else if (answer.at("applied").as_bool())
    std::cout << fmt::format("{} changes applied\n", changes.size());
  else
    std::cout << fmt::format("{} changes; `orrery catalog apply` makes them\n", changes.size());
}

/// Sends the catalogue to the server, which changes what differs, or only says what would.
int send(const CatalogArguments& arguments, std::string_view target) {
  const auto catalog = read(arguments);
  if (!catalog) return exit_failure;
  const auto server = find_server(arguments.server);
  if (!server) return complain(server.error().message, exit_usage);
  if (server->key.empty()) return complain(no_key_hint, exit_usage);
  const auto answer = ask(*server, "PUT", target, json::serialize(catalog_json(*catalog)));
  if (!answer) return complain(answer.error().message, exit_failure);
  if (answer->status != 200) return complain(problem_text(*answer), exit_failure);
  json::error_code failure;
  const auto body = json::parse(answer->body, failure);
  if (failure || !body.is_object())
    return complain(fmt::format("{} answers no JSON: is it an Orrery server?", server->url),
                    exit_failure);
  print(arguments, body.as_object());
  return exit_success;
}

CLI::App* add_verb(CLI::App& catalog, const std::string& name, const std::string& help,
                   const Arguments& arguments, ChosenCommand& chosen,
                   int (*run)(const CatalogArguments&)) {
  auto* command = catalog.add_subcommand(name, help);
  command->add_option("FILE", arguments->file, "TOML file of regions, SKUs and images")->required();
  command->callback(
      [arguments, run, &chosen] { chosen = [arguments, run] { return run(*arguments); }; });
  return command;
}

int show_built_in() {
  std::cout << embedded_catalog_toml();
  return exit_success;
}

}  // namespace

void add_catalog_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* catalog = orrery.add_subcommand("catalog", "what the NeoLink API sells: a TOML file");
  catalog->require_subcommand(1);
  catalog->footer(
      "Examples:\n"
      "  orrery catalog example > prices.toml      the built-in one, to begin with\n"
      "  orrery catalog check prices.toml          every problem, with its line\n"
      "  orrery catalog diff prices.toml --data /var/lib/orrery\n"
      "  orrery catalog apply prices.toml --data /var/lib/orrery\n"
      "What the file lacks is withdrawn. What was ordered keeps its price.");
  const auto arguments = std::make_shared<CatalogArguments>();
  auto* example = catalog->add_subcommand("example", "print the catalogue that is built in");
  example->callback([&chosen] { chosen = show_built_in; });
  add_verb(*catalog, "check", "examine a file", arguments, chosen, check);
  auto* diff = add_verb(
      *catalog, "diff", "what a file would change of a running server", arguments, chosen,
      [](const CatalogArguments& given) { return send(given, "/orrery/v1/catalog?dry_run=true"); });
  auto* apply =
      add_verb(*catalog, "apply", "bring a file to a running server", arguments, chosen,
               [](const CatalogArguments& given) { return send(given, "/orrery/v1/catalog"); });
  for (auto* command : {diff, apply}) {
    add_server_flags(*command, arguments->server);
    command->add_flag("--json", arguments->json, "the answer as JSON");
  }
}

}  // namespace orrery
