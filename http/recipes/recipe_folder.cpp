#include "http/recipes/recipe_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/recipes/recipe.hpp"
#include "storage/descriptor.hpp"

namespace orrery {
namespace {

/// Files of one folder; whoever writes a thousand recipes meant something else.
constexpr std::size_t files_max = 1'000;
constexpr std::string_view extension = ".yaml";

/// A name that was examined, and so is one step and no way out of the folder.
Descriptor open_beneath(const Descriptor& directory, const std::string& name, int flags) {
  return Descriptor(::openat(directory.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
}

Descriptor open_directory(const std::filesystem::path& folder) {
  return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

RecipeProblem failed(std::string file, std::string_view action) {
  return {std::move(file), 0, fmt::format("{}: {}", action, std::strerror(errno))};
}

/// Sorted names of what is in a directory, without hidden ones.
std::vector<std::string> names_in(const Descriptor& directory) {
  // A descriptor of its own: closedir() closes what it reads.
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(::dup(directory.get())),
                                                    &::closedir);
  std::vector<std::string> names;
  if (!entries) return names;
  ::rewinddir(entries.get());
  while (const auto* entry = ::readdir(entries.get()))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  std::ranges::sort(names);
  return names;
}

/// Files beside recipes are their scripts and notes, and nobody's business; only what somebody
/// will have meant to be a recipe is a problem.
void list_file(const Descriptor& directory, const std::string& category, const std::string& name,
               RecipeListing& listing) {
  const auto file = category + "/" + name;
  if (name.ends_with(".yml")) {
    listing.problems.push_back({file, 0, "recipes end in .yaml: this one is not read"});
    return;
  }
  if (!name.ends_with(extension)) return;
  const auto stem = name.substr(0, name.size() - extension.size());
  struct stat status {};
  if (!is_recipe_name(stem))
    listing.problems.push_back(
        {file, 0, "names have small letters, digits, dots, dashes and underscores, 63 at most"});
  else if (::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return;  // It went away meanwhile.
  else if (!S_ISREG(status.st_mode))
    listing.problems.push_back({file, 0, "is no regular file (links are not followed)"});
  else
    listing.files.push_back({category, stem, stamp_of(status)});
}

void list_category(const Descriptor& folder, const std::string& category, RecipeListing& listing) {
  const auto directory = open_beneath(folder, category, O_RDONLY | O_DIRECTORY);
  if (!directory) {
    if (errno != ENOTDIR && errno != ELOOP && errno != ENOENT)
      listing.problems.push_back(failed(category, "cannot be opened"));
    return;
  }
  for (const auto& name : names_in(directory)) list_file(directory, category, name, listing);
}

}  // namespace

void throw_exception_from_error(const RecipeProblem& problem, const boost::source_location&) {
  throw std::logic_error(to_text(problem));
}

std::string to_text(const RecipeProblem& problem) {
  const auto place = problem.line == 0 ? "" : fmt::format(", line {}", problem.line);
  const auto separator = problem.file.empty() ? "" : ": ";
  return fmt::format("{}{}{}{}", problem.file, place, separator, problem.message);
}

RecipeListing list_recipes(const std::filesystem::path& folder) {
  RecipeListing listing;
  const auto directory = open_directory(folder);
  if (!directory) {
    if (errno != ENOENT) listing.problems.push_back(failed("", folder.string()));
    return listing;
  }
  for (const auto& name : names_in(directory)) {
    if (is_recipe_name(name))
      list_category(directory, name, listing);
    else
      listing.problems.push_back({name, 0, "is no name of a category, so it is not looked into"});
  }
  if (listing.files.size() > files_max) {
    listing.files.resize(files_max);
    listing.problems.push_back(
        {"", 0, fmt::format("there are more than {} recipes; the others are not read", files_max)});
  }
  return listing;
}

boost::system::result<RecipeText, RecipeProblem> read_recipe_text(
    const std::filesystem::path& folder, const RecipeFile& file) {
  const auto root = open_directory(folder);
  if (!root) return failed(file.file(), "cannot be opened");
  const auto category = open_beneath(root, file.category, O_RDONLY | O_DIRECTORY);
  if (!category) return failed(file.file(), "cannot be opened");
  // Opening a pipe would wait for its writer.
  const auto descriptor =
      open_beneath(category, file.stem + std::string(extension), O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (!descriptor || ::fstat(descriptor.get(), &status) != 0)
    return failed(file.file(), "cannot be opened");
  if (!S_ISREG(status.st_mode)) return RecipeProblem{file.file(), 0, "is no regular file"};

  RecipeText read{std::string(recipe_bytes_max + 1, '\0'), stamp_of(status)};
  std::size_t size = 0;
  while (size < read.text.size()) {
    const auto count = ::read(descriptor.get(), read.text.data() + size, read.text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(file.file(), "cannot be read");
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > recipe_bytes_max)
    return RecipeProblem{file.file(), 0,
                         fmt::format("is longer than {} KiB", recipe_bytes_max >> 10)};
  read.text.resize(size);
  return read;
}

}  // namespace orrery
