#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <stdlib.h>

namespace orrery {

inline constexpr std::string_view plain_recipe =
    "description: answers\n"
    "version: 1\n"
    "command: [serve, \"${PORT}\"]\n";

/// A folder of recipes that goes away with the test.
class RecipeFolder {
 public:
  RecipeFolder() {
    auto name = (std::filesystem::temp_directory_path() / "orrery-recipes-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~RecipeFolder() { std::filesystem::remove_all(path_); }
  RecipeFolder(const RecipeFolder&) = delete;
  RecipeFolder& operator=(const RecipeFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Replaces the file as editors do, so that its stamp is another one however fast that is.
  void write(std::string_view name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(path_ / "unfinished") << text;
    std::filesystem::rename(path_ / "unfinished", file);
  }
  void remove(std::string_view name) const { std::filesystem::remove(path_ / name); }

 private:
  std::filesystem::path path_;
};

}  // namespace orrery
