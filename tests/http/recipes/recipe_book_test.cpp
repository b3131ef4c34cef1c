#include "http/recipes/recipe_book.hpp"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/http/recipes/recipe_folder_fixture.hpp"

using namespace orrery;

namespace {

std::vector<std::string> paths(const Recipes& recipes) {
  std::vector<std::string> paths;
  for (const auto& recipe : recipes.all) paths.push_back(recipe->path);
  return paths;
}

using Paths = std::vector<std::string>;

std::string described(std::string_view description) {
  return "description: " + std::string(description) + "\nversion: 1\nimage: a\n";
}

}  // namespace

TEST_CASE("a recipe is found by its path, its file's name and its own") {
  const RecipeFolder folder;
  folder.write("inference/vllm.yaml", std::string(plain_recipe) + "name: server\n");
  folder.write("storage/server.yaml", plain_recipe);
  folder.write("storage/vllm.yaml", plain_recipe);
  RecipeBook book(folder.path());
  CHECK(paths(*book.current()) == Paths{"inference/vllm", "storage/server", "storage/vllm"});
  CHECK(book.find("storage/vllm")->path == "storage/vllm");
  CHECK(book.find("vllm")->path == "inference/vllm");
  CHECK(book.find("server")->path == "storage/server");
  folder.remove("storage/server.yaml");
  book.look_again();
  CHECK(book.find("server")->path == "inference/vllm");
  for (const auto* name : {"", "/", "inference", "inference/", "inference/vllm.yaml", "/vllm",
                           "../vllm", "inference/../storage/vllm", "nothing", "storage/server"})
    CHECK(book.find(name) == nullptr);
}

TEST_CASE("files that come, change and go are noticed") {
  const RecipeFolder folder;
  RecipeBook book(folder.path());
  CHECK(book.current()->all.empty());

  folder.write("inference/vllm.yaml", described("first"));
  while (book.find("vllm") == nullptr) std::this_thread::yield();  // Nobody tells it to look again.
  const auto first = book.find("vllm");

  folder.write("inference/vllm.yaml", described("second"));
  folder.write("inference/other.yaml", described("other"));
  book.look_again();
  CHECK(book.find("vllm")->description == "second");
  CHECK(first->description == "first");

  const auto other = book.find("other");
  folder.remove("inference/vllm.yaml");
  book.look_again();
  CHECK(book.find("vllm") == nullptr);
  CHECK(book.find("other") == other);  // What hasn't changed isn't read again.
}

TEST_CASE("whoever asks for all recipes sees new ones before long") {
  const RecipeFolder folder;
  RecipeBook book(folder.path());
  folder.write("inference/vllm.yaml", described("new"));
  while (book.current()->all.empty()) std::this_thread::yield();
  CHECK(paths(*book.current()) == Paths{"inference/vllm"});
}

TEST_CASE("a broken recipe isn't served, and told once until it changes") {
  const RecipeFolder folder;
  folder.write("inference/good.yaml", plain_recipe);
  folder.write("inference/vllm.yaml", "colour: red\n");
  std::vector<std::string> told;
  RecipeBook book(folder.path(),
                  [&](const RecipeProblem& problem) { told.push_back(problem.file); });
  CHECK(paths(*book.current()) == Paths{"inference/good"});
  CHECK(told.size() == 4);  // The key, and three that are missing.
  CHECK(book.current()->problems.size() == 4);
  book.look_again();
  CHECK(told.size() == 4);

  folder.write("inference/vllm.yaml", plain_recipe);
  book.look_again();
  CHECK(book.find("vllm") != nullptr);
  CHECK(book.current()->problems.empty());
  folder.write("inference/vllm.yaml", "colour: red\n");
  book.look_again();
  CHECK(told.size() == 8);
  CHECK(book.find("vllm") == nullptr);
}

TEST_CASE("many threads ask while the folder changes") {
  const RecipeFolder folder;
  folder.write("inference/vllm.yaml", described("0"));
  RecipeBook book(folder.path());
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      while (!is_over) {
        const auto recipe = book.find("vllm");
        if (!recipe || recipe->path != "inference/vllm") ++wrong;
        if (book.find("nothing") != nullptr) ++wrong;
      }
    });
  for (int change = 1; change <= 200; ++change)
    folder.write("inference/vllm.yaml", described(std::to_string(change)));
  is_over = true;
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(book.look_again()->find("vllm")->description == "200");
}
