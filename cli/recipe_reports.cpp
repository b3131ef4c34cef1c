#include "cli/recipe_reports.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "cli/exit_codes.hpp"
#include "cli/shipped_recipes.hpp"
#include "events/event_json.hpp"
#include "http/json/json_body.hpp"
#include "http/recipes/recipe_file.hpp"
#include "http/recipes/recipe_merge.hpp"
#include "http/recipes/recipe_placeholders.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view folder_placeholder = "${RECIPES}/";

/// Scripts that the recipe's command names and that aren't there, and placeholders that nothing
/// will be filled in for.
void check_ground(const fs::path& folder, const Recipe& recipe,
                  std::vector<RecipeProblem>& problems) {
  for (auto& problem : placeholder_problems(recipe))
    problems.push_back({recipe.path + ".yaml", 0, std::move(problem)});
  for (const auto& argument : recipe.launch.command) {
    if (!argument.starts_with(folder_placeholder)) continue;
    const auto script = argument.substr(folder_placeholder.size());
    if (!fs::is_regular_file(folder / script))
      problems.push_back({recipe.path + ".yaml", 0, fmt::format("there is no {}", script)});
  }
}

/// Recipes that a bare name can't reach, as another comes first.
void check_names(const Recipes& recipes, std::vector<RecipeProblem>& problems) {
  std::map<std::string, std::string> first;
  for (const auto& recipe : recipes.all) {
    const auto stem = recipe->path.substr(recipe->category.size() + 1);
    const auto [known, is_new] = first.emplace(stem, recipe->path);
    if (!is_new)
      problems.push_back(
          {recipe->path + ".yaml", 0, fmt::format("\"{}\" alone means {}", stem, known->second)});
  }
}

int report(const std::vector<RecipeProblem>& problems, std::size_t good_count, std::ostream& out,
           std::ostream& err) {
  for (const auto& problem : problems) err << to_text(problem) << '\n';
  if (!problems.empty()) return exit_failure;
  out << fmt::format("{} {} good\n", good_count, good_count == 1 ? "recipe is" : "recipes are");
  return exit_success;
}

int check_file(const fs::path& path, std::ostream& out, std::ostream& err) {
  const auto absolute = fs::absolute(path).lexically_normal();
  const auto folder = absolute.parent_path().parent_path();
  const RecipeFile file{absolute.parent_path().filename().string(), absolute.stem().string(), {}};
  if (absolute.extension() != ".yaml" || !is_recipe_name(file.category) ||
      !is_recipe_name(file.stem))
    return report({{path.string(), 0, "is not named <category>/<name>.yaml in small letters"}}, 0,
                  out, err);
  const auto text = read_recipe_text(folder, file);
  if (!text) return report({text.error()}, 0, out, err);
  const auto recipe = read_recipe(text->text, file);
  if (!recipe) return report(recipe.error().problems, 0, out, err);
  std::vector<RecipeProblem> problems;
  check_ground(folder, *recipe, problems);
  return report(problems, 1, out, err);
}

json::object summary(const Recipe& recipe) {
  return {{"path", recipe.path},
          {"name", recipe.name},
          {"category", recipe.category},
          {"description", recipe.description},
          {"version", recipe.version}};
}

/// "2 × 4 GPUs, 8 CPUs, 128 GiB"
std::string size_of(const RecipeResources& resources) {
  std::vector<std::string> parts;
  if (resources.gpu_count != 0)
    parts.push_back(
        fmt::format("{} GPU{}", resources.gpu_count, resources.gpu_count == 1 ? "" : "s"));
  if (resources.cpu_count != 0)
    parts.push_back(
        fmt::format("{} CPU{}", resources.cpu_count, resources.cpu_count == 1 ? "" : "s"));
  if (resources.memory_mib != 0)
    parts.push_back(resources.memory_mib % 1024 == 0
                        ? fmt::format("{} GiB", resources.memory_mib / 1024)
                        : fmt::format("{} MiB", resources.memory_mib));
  const auto nodes =
      resources.node_count == 1 ? "" : fmt::format("{} nodes of ", resources.node_count);
  return nodes + boost::algorithm::join(parts, ", ");
}

}  // namespace

int check_recipes(const fs::path& path, std::ostream& out, std::ostream& err) {
  if (!fs::exists(path)) return report({{path.string(), 0, "does not exist"}}, 0, out, err);
  if (!fs::is_directory(path)) return check_file(path, out, err);
  const RecipeBook book(path);
  const auto recipes = book.current();
  auto problems = recipes->problems;
  for (const auto& recipe : recipes->all) check_ground(path, *recipe, problems);
  check_names(*recipes, problems);
  if (recipes->all.empty() && problems.empty())
    problems.push_back({"", 0, fmt::format("{} holds no <category>/<name>.yaml", path.string())});
  return report(problems, recipes->all.size(), out, err);
}

int list_recipes(const Recipes& recipes, bool as_json, std::ostream& out, std::ostream& err) {
  for (const auto& problem : recipes.problems) err << "broken: " << to_text(problem) << '\n';
  if (as_json) {
    json::array all;
    for (const auto& recipe : recipes.all) all.push_back(summary(*recipe));
    out << json::serialize(all) << '\n';
    return exit_success;
  }
  std::size_t path_width = 0, version_width = 0, size_width = 0;
  for (const auto& recipe : recipes.all) {
    path_width = std::max(path_width, recipe->path.size());
    version_width = std::max(version_width, recipe->version.size());
    size_width = std::max(size_width, size_of(recipe->resources).size());
  }
  for (const auto& recipe : recipes.all)
    out << fmt::format("{:<{}}  {:<{}}  {:<{}}  {}\n", recipe->path, path_width, recipe->version,
                       version_width, size_of(recipe->resources), size_width, recipe->description);
  return exit_success;
}

int show_recipe(const Recipes& recipes, std::string_view name, std::string_view config,
                std::ostream& out, std::ostream& err) {
  const auto recipe = recipes.find(name);
  if (!recipe) {
    err << fmt::format("there is no recipe {}\n", name);
    return exit_failure;
  }
  const auto parsed = parse_json_object(config);
  if (!parsed) {
    err << "config: " << parsed.error().message << '\n';
    return exit_usage;
  }
  const auto merged = merge(*recipe, name, *parsed);
  if (!merged) {
    err << fmt::format("{}: {}\n", boost::algorithm::join(merged.error().place, "."),
                       merged.error().message);
    return exit_failure;
  }
  auto shown = summary(*recipe);
  shown["nodes"] = merged->node_count;
  shown["replicas_per_node"] = merged->replica_count;
  shown["each"] =
      payload_json(Event(ServiceRequested{merged->specification, {}, {}, {}})).at("specification");
  out << json::serialize(shown) << '\n';
  return exit_success;
}

int export_shipped_recipes(const fs::path& folder, bool replace, std::ostream& out,
                           std::ostream& err) {
  const auto exported = export_recipes(folder, replace);
  if (!exported) {
    err << exported.error().message << '\n';
    return exit_data_directory;
  }
  int kept = 0;
  for (const auto& file : *exported) {
    if (file.fate == ExportedFile::Fate::written) out << (folder / file.path).string() << '\n';
    if (file.fate != ExportedFile::Fate::kept) continue;
    ++kept;
    err << fmt::format("{} differs and is kept; --replace replaces it\n",
                       (folder / file.path).string());
  }
  return kept == 0 ? exit_success : exit_failure;
}

}  // namespace orrery
