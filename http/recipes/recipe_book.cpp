#include "http/recipes/recipe_book.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "http/recipes/recipe_file.hpp"

namespace orrery {
namespace {

/// Looking may take this part of the time of whoever asks all the time.
constexpr int look_share = 100;

template <class Same>
std::shared_ptr<const Recipe> first_of(const std::vector<std::shared_ptr<const Recipe>>& all,
                                       const Same& same) {
  const auto found = std::ranges::find_if(all, [&](const auto& each) { return same(*each); });
  return found == all.end() ? nullptr : *found;
}

}  // namespace

std::shared_ptr<const Recipe> Recipes::find(std::string_view name) const {
  if (name.find('/') != std::string_view::npos)
    return first_of(all, [&](const Recipe& recipe) { return recipe.path == name; });
  const auto is_file = [&](const Recipe& recipe) {
    return std::string_view(recipe.path).substr(recipe.category.size() + 1) == name;
  };
  if (auto found = first_of(all, is_file)) return found;
  return first_of(all, [&](const Recipe& recipe) { return recipe.name == name; });
}

RecipeBook::RecipeBook(std::filesystem::path folder, Report report)
    : folder_(std::move(folder)), report_(std::move(report)) {
  look_again();
}

std::shared_ptr<const Recipes> RecipeBook::current() const {
  {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() < next_look_) return current_;
  }
  // Whoever comes while another looks takes what there is.
  const std::unique_lock looking(looking_, std::try_to_lock);
  if (looking) return look();
  const std::lock_guard lock(mutex_);
  return current_;
}

std::shared_ptr<const Recipe> RecipeBook::find(std::string_view name) const {
  return current()->find(name);
}

std::shared_ptr<const Recipes> RecipeBook::look_again() const {
  const std::lock_guard looking(looking_);
  return look();
}

std::shared_ptr<const Recipes> RecipeBook::look() const {
  const auto began = std::chrono::steady_clock::now();
  const auto listing = list_recipes(folder_);
  std::map<std::string, Entry> entries;
  for (const auto& file : listing.files) {
    const auto known = entries_.find(file.path());
    const bool is_same = known != entries_.end() && known->second.stamp == file.stamp;
    entries.emplace(file.path(), is_same ? known->second : read(file));
  }
  entries_ = std::move(entries);

  auto recipes = std::make_shared<Recipes>();
  recipes->problems = listing.problems;
  for (const auto& [path, entry] : entries_) {
    if (entry.recipe) recipes->all.push_back(entry.recipe);
    recipes->problems.insert(recipes->problems.end(), entry.problems.begin(), entry.problems.end());
  }
  std::ranges::stable_sort(recipes->problems, {}, &RecipeProblem::file);
  report_new(recipes->problems);

  const auto ended = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  next_look_ = ended + (ended - began) * look_share;
  current_ = recipes;
  return recipes;
}

RecipeBook::Entry RecipeBook::read(const RecipeFile& file) const {
  const auto text = read_recipe_text(folder_, file);
  if (!text) return {file.stamp, nullptr, {text.error()}};
  auto recipe = read_recipe(text->text, file);
  if (!recipe) return {text->stamp, nullptr, std::move(recipe.error().problems)};
  return {text->stamp, std::make_shared<const Recipe>(std::move(*recipe)), {}};
}

void RecipeBook::report_new(const std::vector<RecipeProblem>& problems) const {
  if (!report_) return;
  for (const auto& problem : problems)
    if (std::ranges::find(current_->problems, problem) == current_->problems.end())
      report_(problem);
}

}  // namespace orrery
