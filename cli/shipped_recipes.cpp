#include "cli/shipped_recipes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "http/recipes/recipe_file.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file appears whole or not at all: a server may be reading the folder.
bool write(const fs::path& file, std::string_view text) {
  auto unfinished = file;
  unfinished += ".unfinished";
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return false;
  std::error_code failure;
  fs::rename(unfinished, file, failure);
  return !failure;
}

}  // namespace

Recipes shipped_recipes() {
  Recipes recipes;
  for (const auto& shipped : shipped_files()) {
    const fs::path path(shipped.path);
    if (path.extension() != ".yaml") continue;
    auto read = read_recipe(shipped.text, {path.parent_path().string(), path.stem().string(), {}});
    if (read)
      recipes.all.push_back(std::make_shared<const Recipe>(std::move(*read)));
    else
      recipes.problems.insert(recipes.problems.end(), read.error().problems.begin(),
                              read.error().problems.end());
  }
  std::ranges::sort(recipes.all, {}, [](const auto& recipe) { return recipe->path; });
  return recipes;
}

boost::system::result<std::vector<ExportedFile>, FileFailure> export_recipes(const fs::path& folder,
                                                                             bool replace) {
  std::vector<ExportedFile> exported;
  for (const auto& shipped : shipped_files()) {
    const auto file = folder / shipped.path;
    std::error_code failure;
    fs::create_directories(file.parent_path(), failure);
    if (failure)
      return FileFailure{fmt::format("{}: {}", file.parent_path().string(), failure.message())};
    auto fate = ExportedFile::Fate::written;
    if (fs::exists(file)) {
      const bool is_same = text_of(file) == shipped.text;
      if (is_same) fate = ExportedFile::Fate::same_already;
      if (!is_same && !replace) fate = ExportedFile::Fate::kept;
    }
    if (fate == ExportedFile::Fate::written && !write(file, shipped.text))
      return FileFailure{fmt::format("{}: {}", file.string(), std::strerror(errno))};
    exported.push_back({shipped.path, fate});
  }
  return exported;
}

}  // namespace orrery
