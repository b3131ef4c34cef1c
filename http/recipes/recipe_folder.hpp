#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

namespace orrery {

/// What is wrong with a file, or with a folder of files.
struct RecipeProblem {
  /// Relative to the folder of recipes: "inference/vllm.yaml"; empty: the folder itself.
  std::string file;
  /// From 1; 0: the file as a whole.
  std::uint32_t line = 0;
  /// A sentence without a stop.
  std::string message;

  bool operator==(const RecipeProblem&) const = default;
};

/// "inference/vllm.yaml, line 3: …"
std::string to_text(const RecipeProblem& problem);

/// Two reads of a file with one stamp give the same bytes, as far as the file system can tell.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

/// A file that is there.
struct RecipeFile {
  std::string category;
  /// Without ".yaml".
  std::string stem;
  FileStamp stamp;

  std::string path() const { return category + "/" + stem; }
  std::string file() const { return path() + ".yaml"; }
};

struct RecipeListing {
  /// In the order of their paths.
  std::vector<RecipeFile> files;
  /// Files that are no recipes though they look like some.
  std::vector<RecipeProblem> problems;
};

/// The files "<category>/<name>.yaml" below a folder: regular ones whose names fit. Symbolic links
/// are not followed, but for the folder itself. A folder that doesn't exist is empty.
RecipeListing list_recipes(const std::filesystem::path& folder);

/// The bytes of a listed file, with the stamp that they had. It is opened step by step beneath the
/// folder, no link is followed, and nothing but a regular file of a fair size is read.
struct RecipeText {
  std::string text;
  FileStamp stamp;
};
boost::system::result<RecipeText, RecipeProblem> read_recipe_text(
    const std::filesystem::path& folder, const RecipeFile& file);

[[noreturn]] void throw_exception_from_error(const RecipeProblem& problem,
                                             const boost::source_location& location);

}  // namespace orrery
