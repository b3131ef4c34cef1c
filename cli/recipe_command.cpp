#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/configuration_flags.hpp"
#include "cli/exit_codes.hpp"
#include "cli/recipe_reports.hpp"
#include "cli/service_settings.hpp"
#include "cli/shipped_recipes.hpp"

namespace orrery {
namespace {

struct RecipeArguments {
  std::string path;
  std::string name;
  std::string with = "{}";
  std::string data;
  std::string config;
  bool json = false;
  bool replace = false;
};
using Arguments = std::shared_ptr<RecipeArguments>;

int complain(std::string_view message) {
  std::cerr << "orrery recipe: " << message << '\n';
  return exit_usage;
}

/// The server's folder by the same rules as the server's: flags, environment, file, default.
ConfigurationResult<std::filesystem::path> folder_of(const RecipeArguments& arguments) {
  ConfigurationFlags flags{{}, arguments.config};
  if (!arguments.data.empty()) flags.given["data"] = {arguments.data, "--data"};
  const auto configuration = flags.load();
  if (!configuration) return configuration.error();
  return {boost::system::in_place_value, recipes_folder(configuration->values)};
}

using Report = std::function<int(const Recipes&)>;

/// Reports on the recipes of a server; of one that has never run, on those that it would get.
int on_recipes(const RecipeArguments& arguments, const Report& report) {
  const auto folder = folder_of(arguments);
  if (!folder) return complain(folder.error().message);
  if (!std::filesystem::is_directory(*folder)) return report(shipped_recipes());
  return report(*RecipeBook(*folder).current());
}

int check(const RecipeArguments& arguments) {
  if (!arguments.path.empty()) return check_recipes(arguments.path, std::cout, std::cerr);
  const auto folder = folder_of(arguments);
  if (!folder) return complain(folder.error().message);
  return check_recipes(*folder, std::cout, std::cerr);
}

int list(const RecipeArguments& arguments) {
  return on_recipes(arguments, [&](const Recipes& recipes) {
    return list_recipes(recipes, arguments.json, std::cout, std::cerr);
  });
}

int show(const RecipeArguments& arguments) {
  return on_recipes(arguments, [&](const Recipes& recipes) {
    return show_recipe(recipes, arguments.name, arguments.with, std::cout, std::cerr);
  });
}

int export_all(const RecipeArguments& arguments) {
  return export_shipped_recipes(arguments.path, arguments.replace, std::cout, std::cerr);
}

CLI::App* add_verb(CLI::App& recipe, const std::string& name, const std::string& help,
                   const Arguments& arguments, ChosenCommand& chosen,
                   int (*run)(const RecipeArguments&)) {
  auto* command = recipe.add_subcommand(name, help);
  command->callback(
      [arguments, run, &chosen] { chosen = [arguments, run] { return run(*arguments); }; });
  return command;
}

void add_folder_flags(CLI::App& command, RecipeArguments& arguments) {
  command.add_option("--data", arguments.data, "data directory of the server");
  command.add_option("--config", arguments.config, "TOML file with settings of the server");
}

}  // namespace

void add_recipe_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* recipe = orrery.add_subcommand("recipe", "what services can be started: YAML files");
  recipe->require_subcommand(1);
  recipe->footer(
      "Examples:\n"
      "  orrery recipe list                                what a server here would offer\n"
      "  orrery recipe check recipes/inference/mine.yaml   every problem, with its line\n"
      "  orrery recipe show vllm --with '{\"resources\": {\"gpu\": 2}}'\n"
      "  orrery recipe export recipes                      the shipped ones, to begin with\n"
      "A running server notices files that change, come and go.");
  const auto arguments = std::make_shared<RecipeArguments>();
  auto* check_command =
      add_verb(*recipe, "check", "examine a folder or a file", arguments, chosen, check);
  check_command->add_option(
      "PATH", arguments->path,
      "folder of <category>/<name>.yaml, or one file (default: the server's)");
  auto* list_command =
      add_verb(*recipe, "list", "the recipes of a server", arguments, chosen, list);
  list_command->add_flag("--json", arguments->json, "as JSON");
  auto* show_command =
      add_verb(*recipe, "show", "what a service of a recipe is started with, as JSON", arguments,
               chosen, show);
  show_command->add_option("NAME", arguments->name, R"("inference/vllm" or "vllm")")->required();
  show_command->add_option("--with", arguments->with, "JSON: the config of a request, merged");
  for (auto* command : {check_command, list_command, show_command})
    add_folder_flags(*command, *arguments);
  auto* export_command = add_verb(*recipe, "export", "write the shipped recipes into a folder",
                                  arguments, chosen, export_all);
  export_command->add_option("DIR", arguments->path, "folder, made where it doesn't exist")
      ->required();
  export_command->add_flag("--replace", arguments->replace, "also files that are there and differ");
}

}  // namespace orrery
