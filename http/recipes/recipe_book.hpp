#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/recipes/recipe.hpp"
#include "http/recipes/recipe_folder.hpp"

namespace orrery {

/// What a folder of recipes holds, at some moment.
struct Recipes {
  /// In the order of their paths; those that can be used.
  std::vector<std::shared_ptr<const Recipe>> all;
  /// Of the files that can't be used, in the order of their paths.
  std::vector<RecipeProblem> problems;

  /// By "<category>/<name>"; or by a name alone: of the file, else the recipe's own, and of several
  /// the first in order. Null where there is none.
  std::shared_ptr<const Recipe> find(std::string_view name) const;
};

/// The recipes of a folder as they are now: files that change, come and go are noticed by whoever
/// asks some milliseconds later. `current` and `find` may be called from any thread, and are cheap:
/// the folder is looked at so seldom that looking takes a hundredth of the time at most, by one
/// thread while the others go on.
class RecipeBook {
 public:
  /// Of a problem that wasn't there when the folder was looked at before.
  using Report = std::function<void(const RecipeProblem&)>;

  /// Reads the folder. One that doesn't exist is empty. `report` may be called on any thread, one
  /// call at a time.
  explicit RecipeBook(std::filesystem::path folder, Report report = {});

  std::shared_ptr<const Recipes> current() const;
  /// As `Recipes::find`.
  std::shared_ptr<const Recipe> find(std::string_view name) const;
  /// What the folder holds at this very moment.
  std::shared_ptr<const Recipes> look_again() const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  using Moment = std::chrono::steady_clock::time_point;
  /// A file as it was read. It is read again once its stamp differs.
  struct Entry {
    FileStamp stamp;
    std::shared_ptr<const Recipe> recipe;
    std::vector<RecipeProblem> problems;
  };

  /// With `looking_` held.
  std::shared_ptr<const Recipes> look() const;
  Entry read(const RecipeFile& file) const;
  void report_new(const std::vector<RecipeProblem>& problems) const;

  std::filesystem::path folder_;
  Report report_;

  /// One thread looks at the folder; it alone touches the entries.
  mutable std::mutex looking_;
  /// By path.
  mutable std::map<std::string, Entry> entries_;

  /// Held for moments only.
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Recipes> current_ = std::make_shared<Recipes>();
  mutable Moment next_look_;
};

}  // namespace orrery
