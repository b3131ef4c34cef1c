#include "http/recipes/recipe_placeholders.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

using Words = std::vector<std::string>;

bool may_stand(const Words& command) { return misplaced_placeholder(command).empty(); }

Recipe recipe_with(std::vector<EnvironmentVariable> environment, Words command) {
  Recipe recipe;
  recipe.launch.environment = std::move(environment);
  recipe.launch.command = std::move(command);
  return recipe;
}

}  // namespace

TEST_CASE("a placeholder is a name in braces") {
  for (const auto* text : {"", "$", "$NAME", "${PORT}", "a ${HOST}:${PORT} b", "$$", "{}"})
    CHECK_FALSE(has_broken_placeholder(text));
  for (const auto* text :
       {"${", "${}", "${PORT", "${PORT:-1}", "${1}", "${A B}", "${PATH}", "${HOST}${"})
    CHECK(has_broken_placeholder(text));
  CHECK(placeholders_in("a ${HOST}:${PORT}$") == Words{"HOST", "PORT"});
}

TEST_CASE("what a request sets never stands where an interpreter may look for a script") {
  for (const auto& command :
       {Words{"sh", "-c", "echo ${X}"}, Words{"/usr/bin/env", "bash", "-ec", "echo ${X}"},
        Words{"/bin/bash", "-c", "-l", "echo ${X}"}, Words{"python3", "-c", "print(${X})"},
        Words{"busybox", "sh", "-c", "${X}"}, Words{"perl", "-e", "${X}"},
        Words{"node", "--eval", "${X}"}, Words{"php", "-r", "${X}"}, Words{"perl", "-E", "${X}"}})
    CHECK_FALSE(may_stand(command));
  for (const auto& command :
       {Words{"sh", "-c", "serve --port ${PORT}"}, Words{"serve", "-m", "${MODEL}"},
        Words{"serve", "-p", "${MODEL}"}, Words{"sh", "-c", "serve \"$MODEL\""},
        Words{"sh", "${RECIPES}/serve.sh"}})
    CHECK(may_stand(command));
}

TEST_CASE("a request doesn't choose the program") {
  CHECK_FALSE(may_stand({"${X}"}));
  CHECK_FALSE(may_stand({"${RECIPES}/${X}"}));
  CHECK(may_stand({"${RECIPES}/serve"}));
}

TEST_CASE("placeholders that stand for nothing, or for themselves, are told") {
  CHECK(placeholder_problems(recipe_with({{"A", "${PORT}"}, {"B", "${A}${A}"}}, {"serve", "${B}"}))
            .empty());
  CHECK(placeholder_problems(recipe_with({}, {"serve", "${NOPE}"})) ==
        Words{"nothing here says what ${NOPE} stands for"});
  CHECK(placeholder_problems(recipe_with({{"A", "${B}"}, {"B", "${A}"}}, {"serve"})) ==
        Words{"${A} stands for itself", "${B} stands for itself"});
  auto recipe = recipe_with({}, {"serve", "${SEED}"});
  recipe.request_environment = {"SEED"};
  CHECK(placeholder_problems(recipe).empty());
}
