#include "http/recipes/environment_names.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

Recipe recipe_with(std::optional<std::vector<std::string>> request_environment) {
  Recipe recipe;
  recipe.launch.environment = {{"MODEL", "small"}};
  recipe.request_environment = std::move(request_environment);
  return recipe;
}

}  // namespace

TEST_CASE("a recipe that doesn't say which variables requests may set lets them set any") {
  const auto recipe = recipe_with(std::nullopt);
  CHECK(may_be_requested(recipe, "MODEL"));
  CHECK(may_be_requested(recipe, "ANYTHING"));
}

TEST_CASE("a recipe that says which variables requests may set lets them set no others") {
  const auto recipe = recipe_with({{"VLLM_*", "SEED"}});
  for (const auto* name : {"MODEL", "VLLM_", "VLLM_MODEL", "SEED"})
    CHECK(may_be_requested(recipe, name));
  for (const auto* name : {"SEEDS", "VLLM", "OTHER", ""})
    CHECK_FALSE(may_be_requested(recipe, name));
  CHECK_FALSE(may_be_requested(recipe_with(std::vector<std::string>{}), "OTHER"));
}

TEST_CASE("the driver says where a service listens") {
  CHECK_FALSE(may_be_requested(recipe_with(std::nullopt), "PORT"));
  CHECK_FALSE(may_be_requested(recipe_with(std::nullopt), "HOST"));
}

TEST_CASE("a placeholder is a name in braces") {
  for (const auto* text : {"", "$", "$NAME", "${PORT}", "a ${HOST}:${PORT} b", "$$", "{}"})
    CHECK_FALSE(has_broken_placeholder(text));
  for (const auto* text :
       {"${", "${}", "${PORT", "${PORT:-1}", "${1}", "${A B}", "${PATH}", "${HOST}${"})
    CHECK(has_broken_placeholder(text));
}
