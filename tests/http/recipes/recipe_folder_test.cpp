#include "http/recipes/recipe_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include "http/recipes/recipe.hpp"
#include "tests/http/recipes/recipe_folder_fixture.hpp"

using namespace orrery;

namespace {

std::vector<std::string> paths(const RecipeListing& listing) {
  std::vector<std::string> paths;
  for (const auto& file : listing.files) paths.push_back(file.path());
  return paths;
}

std::vector<std::string> texts(const std::vector<RecipeProblem>& problems) {
  std::vector<std::string> texts;
  for (const auto& problem : problems) texts.push_back(to_text(problem));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("names of recipes are short, and have no way out of a folder") {
  for (const auto* name : {"vllm", "vector-db", "a", "0", "qwen2.5_0-5b"})
    CHECK(is_recipe_name(name));
  for (const auto* name : {"", ".", "..", ".hidden", "-a", "A", "a b", "a/b", "a\\b", "a%2f", "é"})
    CHECK_FALSE(is_recipe_name(name));
  CHECK(is_recipe_name(std::string(63, 'a')));
  CHECK_FALSE(is_recipe_name(std::string(64, 'a')));
}

TEST_CASE("recipes are files in folders, in the order of their names") {
  const RecipeFolder folder;
  folder.write("storage/minio.yaml", plain_recipe);
  folder.write("inference/vllm.yaml", plain_recipe);
  folder.write("inference/llamacpp.yaml", plain_recipe);
  folder.write("inference/llamacpp.mjs", "// A script.");
  folder.write("README.md", "about");
  folder.write(".git/config.yaml", "hidden");
  folder.write("inference/.swap.yaml", "hidden");
  folder.write("inference/deeper/too.yaml", plain_recipe);
  const auto listing = list_recipes(folder.path());
  CHECK(paths(listing) == Texts{"inference/llamacpp", "inference/vllm", "storage/minio"});
  CHECK(texts(listing.problems) ==
        Texts{"README.md: is no name of a category, so it is not looked into"});
}

TEST_CASE("what looks like a recipe and is none is a problem") {
  const RecipeFolder folder;
  folder.write("inference/vllm.yml", plain_recipe);
  folder.write("inference/vLLM.yaml", plain_recipe);
  std::filesystem::create_directory(folder.path() / "inference/folder.yaml");
  std::filesystem::create_symlink("/etc/passwd", folder.path() / "inference/link.yaml");
  REQUIRE(::mkfifo((folder.path() / "inference/pipe.yaml").c_str(), 0600) == 0);
  const auto listing = list_recipes(folder.path());
  CHECK(listing.files.empty());
  CHECK(texts(listing.problems) ==
        Texts{"inference/folder.yaml: is no regular file (links are not followed)",
              "inference/link.yaml: is no regular file (links are not followed)",
              "inference/pipe.yaml: is no regular file (links are not followed)",
              "inference/vLLM.yaml: names have small letters, digits, dots, dashes and "
              "underscores, 63 at most",
              "inference/vllm.yml: recipes end in .yaml: this one is not read"});
}

TEST_CASE("a category that is a link is not looked into") {
  const RecipeFolder folder;
  const RecipeFolder other;
  other.write("secret/key.yaml", plain_recipe);
  std::filesystem::create_directory_symlink(other.path() / "secret", folder.path() / "inference");
  CHECK(list_recipes(folder.path()).files.empty());
}

TEST_CASE("the folder itself may be a link") {
  const RecipeFolder folder;
  const RecipeFolder other;
  other.write("inference/vllm.yaml", plain_recipe);
  const auto link = folder.path() / "link";
  std::filesystem::create_directory_symlink(other.path(), link);
  CHECK(paths(list_recipes(link)) == Texts{"inference/vllm"});
}

TEST_CASE("a folder that isn't there is empty, and a file is none") {
  const RecipeFolder folder;
  CHECK(list_recipes(folder.path() / "nowhere").files.empty());
  CHECK(list_recipes(folder.path() / "nowhere").problems.empty());
  folder.write("file", "text");
  CHECK(list_recipes(folder.path() / "file").problems.size() == 1);
}

TEST_CASE("a file is read as it is at that time, and never where a link took its place") {
  const RecipeFolder folder;
  folder.write("inference/vllm.yaml", "first");
  const auto listing = list_recipes(folder.path());
  REQUIRE(listing.files.size() == 1);
  const auto& file = listing.files.front();
  const auto first = read_recipe_text(folder.path(), file);
  REQUIRE(first.has_value());
  CHECK(first->text == "first");
  CHECK(first->stamp == file.stamp);

  folder.write("inference/vllm.yaml", "second");
  const auto second = read_recipe_text(folder.path(), file);
  REQUIRE(second.has_value());
  CHECK(second->text == "second");
  CHECK_FALSE(second->stamp == file.stamp);

  folder.remove("inference/vllm.yaml");
  std::filesystem::create_symlink("/etc/passwd", folder.path() / "inference/vllm.yaml");
  CHECK(read_recipe_text(folder.path(), file).has_error());

  folder.remove("inference/vllm.yaml");
  REQUIRE(::mkfifo((folder.path() / "inference/vllm.yaml").c_str(), 0600) == 0);
  CHECK(to_text(read_recipe_text(folder.path(), file).error()) ==
        "inference/vllm.yaml: is no regular file");

  std::filesystem::remove_all(folder.path() / "inference");
  CHECK(to_text(read_recipe_text(folder.path(), file).error()) ==
        "inference/vllm.yaml: cannot be opened: No such file or directory");
}

TEST_CASE("a file that is too long is not read") {
  const RecipeFolder folder;
  const RecipeFile file{"inference", "vllm", {}};
  folder.write("inference/vllm.yaml", std::string(recipe_bytes_max, '#'));
  CHECK(read_recipe_text(folder.path(), file).has_value());
  folder.write("inference/vllm.yaml", std::string(recipe_bytes_max + 1, '#'));
  CHECK(to_text(read_recipe_text(folder.path(), file).error()) ==
        "inference/vllm.yaml: is longer than 64 KiB");
}
