#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "cli/data_directory.hpp"
#include "http/recipes/recipe_book.hpp"

namespace orrery {

/// A file below cli/recipes/, which is built into the program: a recipe, or a script of one.
struct ShippedFile {
  /// "inference/vllm.yaml"
  std::string_view path;
  std::string_view text;
};
/// In the order of their paths.
std::span<const ShippedFile> shipped_files();

/// The recipes among them.
Recipes shipped_recipes();

/// What `export_recipes` did with a file.
struct ExportedFile {
  enum class Fate : std::uint8_t { written, same_already, kept };

  std::string_view path;
  Fate fate = Fate::written;
};

/// Writes the shipped files below a folder, which is made where it doesn't exist. Those that are
/// there and differ are kept as they are, unless `replace`.
boost::system::result<std::vector<ExportedFile>, FileFailure> export_recipes(
    const std::filesystem::path& folder, bool replace);

}  // namespace orrery
