#include "http/recipes/recipe_file.hpp"

#include <rapidcheck/catch.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <catch2/catch.hpp>

using namespace orrery;

namespace {

const RecipeFile file{"inference", "vllm", {}};

constexpr std::string_view whole = R"(name: vllm
category: inference
description: vLLM
version: 0.2.0
image: vllm.sif
command: [/bin/sh, "${RECIPES}/vllm.sh"]
ports: [8000, 9000]
port_variable: VLLM_PORT
environment:
  VLLM_PORT: 8001
  VLLM_MODEL: gpt2
request_environment: [VLLM_*]
resources:
  nodes: 1
  cpu: "2"
  memory: 32G
  time_limit: 15
  gpu: null
readiness:
  path: /health
  timeout_s: 600
grace_period_s: 20
log_patterns:
  building: [Building]
  running: [Application startup complete]
)";

/// Everything that is wrong with the text, a line each.
std::string problems(std::string_view yaml) {
  const auto recipe = read_recipe(yaml, file);
  if (recipe) return "";
  std::vector<std::string> lines;
  for (const auto& problem : recipe.error().problems) lines.push_back(to_text(problem));
  return boost::algorithm::join(lines, "\n");
}

/// Everything that is wrong with the whole recipe once `from` reads `to`.
std::string problems(std::string_view from, std::string_view to) {
  std::string text(whole);
  REQUIRE(text.find(from) != std::string::npos);
  boost::algorithm::replace_first(text, from, to);
  return problems(text);
}

}  // namespace

TEST_CASE("a recipe is read with everything that it says") {
  const auto recipe = read_recipe(whole, file);
  REQUIRE(recipe.has_value());
  CHECK(recipe->path == "inference/vllm");
  CHECK(recipe->category == "inference");
  CHECK(recipe->name == "vllm");
  CHECK(recipe->description == "vLLM");
  CHECK(recipe->version == "0.2.0");
  CHECK(recipe->port_variable == "VLLM_PORT");
  CHECK(recipe->resources == RecipeResources{1, 2, 32 * 1024, 0, 0, "", 15});
  CHECK(recipe->request_environment == std::vector<std::string>{"VLLM_*"});
  ServiceLaunch launch;
  launch.command = {"/bin/sh", "${RECIPES}/vllm.sh"};
  launch.image = "vllm.sif";
  launch.environment = {{"VLLM_MODEL", "gpt2"}, {"VLLM_PORT", "8001"}};
  launch.ports = {8000, 9000};
  launch.probe_path = "/health";
  launch.probe_interval_ms = 1'000;
  launch.start_timeout_s = 600;
  launch.grace_period_s = 20;
  launch.log_patterns = {{"Building", ServiceStage::building},
                         {"Application startup complete", ServiceStage::running}};
  CHECK(recipe->launch == launch);
}

TEST_CASE("a recipe needs a description, a version, and something to run") {
  const auto recipe =
      read_recipe("description: a\nversion: 15\nimage: postgres:15\n", {"storage", "postgres", {}});
  REQUIRE(recipe.has_value());
  CHECK(recipe->name == "postgres");
  CHECK(recipe->version == "15");
  CHECK(recipe->launch.grace_period_s == 10);
  CHECK(recipe->request_environment.empty());
  CHECK(problems("name: vllm") ==
        "inference/vllm.yaml, line 1: description is missing\n"
        "inference/vllm.yaml, line 1: version is missing\n"
        "inference/vllm.yaml, line 1: command or image is missing: "
        "nothing says what to run");
}

TEST_CASE("what is no map is no recipe") {
  for (const auto* text : {"", "# Nothing.", "- a", "text", "null"})
    CHECK(problems(text) ==
          "inference/vllm.yaml, line 1: a recipe is a map of keys: name, description, version …");
}

TEST_CASE("what YAML can't be read as is named with its line") {
  CHECK_THAT(problems("name: vllm\nversion: [1\n"),
             Catch::StartsWith("inference/vllm.yaml, line "));
  CHECK(problems("name: \x01") == "inference/vllm.yaml, line 1: control characters are not read");
  CHECK(problems("name: \xff") == "inference/vllm.yaml, line 1: is no UTF-8");
  CHECK(problems("name: a\n--- \nname: b\n") ==
        "inference/vllm.yaml, line 1: one document is read, and here are more");
}

TEST_CASE("aliases, tags and depth are refused before anything is built of them") {
  CHECK(problems("a: &a [1]\nb: *a\n") ==
        "inference/vllm.yaml, line 1: anchors and aliases are not read");
  CHECK(problems("&a [*a]") == "inference/vllm.yaml, line 1: anchors and aliases are not read");
  CHECK(problems("name: !!binary aGk=") == "inference/vllm.yaml, line 1: tags are not read");
  CHECK(problems("a:\n  - [[[[[[[[1]]]]]]]]\n") ==
        "inference/vllm.yaml, line 2: deeper than 8 levels");
  CHECK_THAT(problems(std::string(60'000, '[')), Catch::Contains("deeper than 8 levels"));
  CHECK_THAT(problems(std::string(60'000, '{')), Catch::Contains("deeper than 8 levels"));
}

TEST_CASE("a problem names its line, its key and what stands there") {
  CHECK_THAT(problems("image:", "imagge:"),
             Catch::StartsWith("inference/vllm.yaml, line 5: imagge is unknown; there are "));
  CHECK(problems("image: vllm.sif", "version: 1") ==
        "inference/vllm.yaml, line 5: version stands here twice");
  CHECK(problems("category: inference", "category: storage") ==
        "inference/vllm.yaml, line 2: category must be inference, as the folder is");
  CHECK(problems("name: vllm", "name: vLLM") ==
        "inference/vllm.yaml, line 1: name must have small letters, digits, dots, dashes and "
        "underscores, 63 at most, and begin with a letter or digit");
  CHECK(problems("version: 0.2.0", "version: [0.2]") ==
        "inference/vllm.yaml, line 4: version must be a text, not a list");
  CHECK(problems("version: 0.2.0", "version:") ==
        "inference/vllm.yaml, line 4: version must be a text, not nothing");
  CHECK(problems("9000", "70000") ==
        "inference/vllm.yaml, line 7: ports must be a whole number "
        "from 1 to 65535, not \"70000\"");
  CHECK(problems("VLLM_MODEL: gpt2", "LD_PRELOAD: evil.so") ==
        "inference/vllm.yaml, line 11: a name of environment must have letters, digits and "
        "underscores only, 128 at most and no digit first, and be none that changes which code is "
        "run");
  CHECK(problems("VLLM_MODEL: gpt2", "VLLM_MODEL: [gpt2]") ==
        "inference/vllm.yaml, line 11: environment.VLLM_MODEL must be a text, not a list");
  CHECK(problems("memory: 32G", "memory: 32 bytes") ==
        "inference/vllm.yaml, line 16: resources.memory must be an amount such as \"32G\" or "
        "\"512Mi\", up to 64T, not \"32 bytes\"");
  CHECK(problems("time_limit: 15", "time_limit: soon") ==
        "inference/vllm.yaml, line 17: resources.time_limit must be minutes, \"MM:SS\" or "
        "\"HH:MM:SS\", up to ten years, not \"soon\"");
  CHECK_THAT(problems("cpu: \"2\"", "cpus: 2"),
             Catch::StartsWith("inference/vllm.yaml, line 15: resources.cpus is unknown"));
  CHECK(problems("path: /health", "path: health") ==
        "inference/vllm.yaml, line 20: readiness.path must be a path, such as /health");
  CHECK(problems("grace_period_s: 20", "grace_period_s: -1") ==
        "inference/vllm.yaml, line 22: grace_period_s must be a whole number from 0 to 3600, not "
        "\"-1\"");
  CHECK(problems("[Building]", "Building") ==
        "inference/vllm.yaml, line 24: log_patterns.building must be a list, not \"Building\"");
  CHECK(problems("request_environment: [VLLM_*]", "request_environment: [\"1*\"]") ==
        "inference/vllm.yaml, line 12: request_environment are names; a * at the end is any "
        "ending. A name must have letters, digits and underscores only, 128 at most and no digit "
        "first, and be none that changes which code is run");
  CHECK(problems("port_variable: VLLM_PORT", "port_variable: VLLM_MODEL") ==
        "inference/vllm.yaml, line 8: environment.VLLM_MODEL must be a port");
}

TEST_CASE("all problems are told at once, in the order of their lines") {
  CHECK(problems("version: [1]\nports: 8000\ncolour: red\n") ==
        "inference/vllm.yaml, line 1: version must be a text, not a list\n"
        "inference/vllm.yaml, line 1: description is missing\n"
        "inference/vllm.yaml, line 1: command or image is missing: nothing says what to run\n"
        "inference/vllm.yaml, line 2: ports must be a list, not \"8000\"\n"
        "inference/vllm.yaml, line 3: colour is unknown; there are category, command, "
        "description, environment, grace_period_s, image, log_patterns, name, port_variable, "
        "ports, readiness, request_environment, resources, version");
}

TEST_CASE("a shell is never given a placeholder as a part of its script") {
  const auto command = [](std::string_view text) {
    return problems("command: [/bin/sh, \"${RECIPES}/vllm.sh\"]", "command: " + std::string(text));
  };
  constexpr std::string_view refused =
      "inference/vllm.yaml, line 6: a shell would run what a placeholder stands for: write "
      "\"$NAME\", or put the script into a file";
  CHECK(command("[sh, -c, \"serve ${VLLM_MODEL}\"]") == refused);
  CHECK(command("[/usr/bin/bash, -euc, \"serve ${VLLM_MODEL}\"]") == refused);
  CHECK(command("[sh, -c, 'serve \"$VLLM_MODEL\"']").empty());
  CHECK(command("[env, bash, -ec, \"serve ${VLLM_MODEL}\"]") == refused);
  CHECK(command("[serve, -m, \"${VLLM_MODEL}\"]").empty());
  CHECK(command("[\"${VLLM_MODEL}\"]") ==
        "inference/vllm.yaml, line 6: the program itself can't be a request's choice");
  CHECK(command("[serve, \"${VLLM_MODEL:-gpt2}\"]") ==
        "inference/vllm.yaml, line 6: a placeholder is ${NAME}; shells' other forms belong into a "
        "script");
  CHECK(command("[]") ==
        "inference/vllm.yaml, line 6: command must be a list of a program and its arguments");
  CHECK(command("serve it") ==
        "inference/vllm.yaml, line 6: command must be a list, not \"serve it\"\n"
        "inference/vllm.yaml, line 6: command must be a list of a program and its arguments");
}

TEST_CASE("any text is a recipe or has problems") {
  rc::prop("of any bytes", [](const std::string& text) {
    const auto recipe = read_recipe(text, file);
    RC_ASSERT(recipe.has_value() || !recipe.error().problems.empty());
  });
  rc::prop("of a recipe with bytes changed", [] {
    std::string text(whole);
    for (int change = *rc::gen::inRange(1, 6); change > 0; --change) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      const auto size = *rc::gen::inRange<std::size_t>(0, 8);
      text.replace(
          at, size,
          *rc::gen::element<std::string>("", "[", "]", "{", "}", ": ", "\n", "- ", "&a ", "*a",
                                         "!!", "\"", "'", "|\n", "%", "---\n", "\t", "? ", "\xff"));
      if (text.empty()) text = ":";
    }
    const auto recipe = read_recipe(text, file);
    if (recipe) return;
    for (const auto& problem : recipe.error().problems) {
      RC_ASSERT(problem.file == "inference/vllm.yaml");
      RC_ASSERT(problem.line >= 1u);
      RC_ASSERT(!problem.message.empty());
    }
  });
}
