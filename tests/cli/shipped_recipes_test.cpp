#include "cli/shipped_recipes.hpp"

#include <sstream>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "cli/recipe_reports.hpp"
#include "tests/http/recipes/recipe_folder_fixture.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

std::vector<std::string> paths(const Recipes& recipes) {
  std::vector<std::string> paths;
  for (const auto& recipe : recipes.all) paths.push_back(recipe->path);
  return paths;
}

/// What a command printed, and its exit code.
struct Printed {
  int code = 0;
  std::string out;
  std::string err;
};

template <class Command>
Printed printed(const Command& command) {
  std::ostringstream out, err;
  const int code = command(out, err);
  return {code, out.str(), err.str()};
}

Printed check(const std::filesystem::path& path) {
  return printed([&](auto& out, auto& err) { return check_recipes(path, out, err); });
}

Printed write_shipped(const std::filesystem::path& folder, bool replace = false) {
  return printed(
      [&](auto& out, auto& err) { return export_shipped_recipes(folder, replace, out, err); });
}

Printed show(std::string_view name, std::string_view config) {
  return printed(
      [&](auto& out, auto& err) { return show_recipe(shipped_recipes(), name, config, out, err); });
}

}  // namespace

TEST_CASE("the recipes of the document are shipped, and two of ours") {
  const auto recipes = shipped_recipes();
  CHECK(recipes.problems.empty());
  CHECK(paths(recipes) == std::vector<std::string>{"inference/llamacpp", "inference/vllm",
                                                   "inference/vllm-replicas", "storage/minio",
                                                   "storage/postgres", "vector-db/chroma",
                                                   "vector-db/faiss"});
}

TEST_CASE("what services of the shipped recipes are started with", "[golden]") {
  std::string all;
  for (const auto& path : paths(shipped_recipes())) all += show(path, "{}").out;
  check_golden("recipes/shipped.jsonl", all);
}

TEST_CASE("what is exported passes the check, and is what is shipped") {
  const RecipeFolder folder;
  const auto target = folder.path() / "recipes";
  CHECK(write_shipped(target).code == 0);
  const auto checked = check(target);
  CHECK(checked.err.empty());
  CHECK(checked.out == "7 recipes are good\n");
  CHECK(checked.code == 0);
  CHECK(check(target / "inference/vllm.yaml").out == "1 recipe is good\n");
  const RecipeBook book(target);
  const auto shipped = shipped_recipes();
  REQUIRE(book.current()->all.size() == shipped.all.size());
  for (std::size_t i = 0; i < shipped.all.size(); ++i)
    CHECK(*book.current()->all[i] == *shipped.all[i]);
}

TEST_CASE("an export keeps what an operator has changed") {
  const RecipeFolder folder;
  CHECK(write_shipped(folder.path()).code == 0);
  folder.write("inference/vllm.yaml", plain_recipe);
  const auto again = write_shipped(folder.path());
  CHECK(again.code == 1);
  CHECK(again.out.empty());
  CHECK(again.err == (folder.path() / "inference/vllm.yaml").string() +
                         " differs and is kept; --replace replaces it\n");
  CHECK(RecipeBook(folder.path()).find("vllm")->description == "answers");
  CHECK(write_shipped(folder.path(), true).code == 0);
  CHECK(RecipeBook(folder.path()).find("vllm")->description != "answers");
}

TEST_CASE("the check names what is broken, what is missing and what can't be reached") {
  const RecipeFolder folder;
  folder.write("a/good.yaml", plain_recipe);
  folder.write("a/broken.yaml", "colour: red\n");
  folder.write("b/good.yaml", plain_recipe);
  folder.write("b/script.yaml",
               "description: a\nversion: 1\ncommand: [sh, \"${RECIPES}/b/run.sh\"]\n");
  const auto checked = check(folder.path());
  CHECK(checked.code == 1);
  CHECK(checked.out.empty());
  CHECK_THAT(checked.err, Catch::Contains("a/broken.yaml, line 1: colour is unknown"));
  CHECK_THAT(checked.err, Catch::Contains("b/script.yaml: there is no b/run.sh\n"));
  CHECK_THAT(checked.err, Catch::Contains("b/good.yaml: \"good\" alone means a/good\n"));
  CHECK_THAT(check(folder.path() / "b/script.yaml").err, Catch::Contains("there is no b/run.sh"));
  CHECK_THAT(check(folder.path() / "a/broken.yaml").err, Catch::Contains("colour is unknown"));
  CHECK_THAT(check(folder.path() / "nowhere").err, Catch::Contains("does not exist"));
  const RecipeFolder empty;
  CHECK_THAT(check(empty.path()).err, Catch::Contains("holds no <category>/<name>.yaml"));
}

TEST_CASE("recipes are listed with what they take") {
  const auto list = [](bool as_json) {
    return printed(
        [&](auto& out, auto& err) { return list_recipes(shipped_recipes(), as_json, out, err); });
  };
  CHECK_THAT(list(false).out,
             Catch::Contains("inference/vllm           0.2.0   1 GPU, 2 CPUs, 32 GiB               "
                             "vLLM serves a model"));
  CHECK_THAT(list(false).out, Catch::Contains("2 nodes of 4 GPUs, 8 CPUs, 128 GiB"));
  const auto all = boost::json::parse(list(true).out).as_array();
  CHECK(all.size() == 7);
  CHECK(all.at(1).at("path") == "inference/vllm");
}

TEST_CASE("a recipe is shown with a request merged into it") {
  const auto shown = show("vllm", R"({"resources": {"gpu": 2, "gpu_per_replica": 1}})");
  CHECK(shown.code == 0);
  const auto service = boost::json::parse(shown.out);
  CHECK(service.at("replicas_per_node") == 2);
  CHECK(service.at("each").at("resources").at("gpu_count") == 1);
  CHECK(show("nothing", "{}").err == "there is no recipe nothing\n");
  CHECK(show("vllm", "{").code == 2);
  CHECK(show("vllm", R"({"environment": {"PATH": "/tmp"}})").code == 1);
}

TEST_CASE("the recipe of the document has the document's defaults") {
  const auto recipes = shipped_recipes();
  const auto vllm = recipes.find("vllm");
  REQUIRE(vllm != nullptr);
  CHECK(vllm->version == "0.2.0");
  CHECK(vllm->launch.image == "vllm.sif");
  CHECK(vllm->launch.ports == std::vector<std::uint16_t>{8000});
  CHECK(vllm->resources == RecipeResources{1, 2, 32 * 1024, 1, 0, "", 15});
  const std::vector<EnvironmentVariable> environment{{"CUDA_VISIBLE_DEVICES", "0"},
                                                     {"VLLM_HOST", "0.0.0.0"},
                                                     {"VLLM_MODEL", "Qwen/Qwen2.5-0.5B-Instruct"},
                                                     {"VLLM_PORT", "8001"}};
  CHECK(vllm->launch.environment == environment);
}

TEST_CASE("requests set what the document shows, and nothing by which vLLM loads code") {
  const auto code_with = [](const std::string& name) {
    return show("vllm", R"({"environment": {")" + name + R"(": "1"}})").code;
  };
  for (const auto* name :
       {"VLLM_MODEL", "VLLM_HOST", "VLLM_PORT", "VLLM_MAX_MODEL_LEN", "VLLM_TENSOR_PARALLEL_SIZE",
        "VLLM_GPU_MEMORY_UTILIZATION", "CUDA_VISIBLE_DEVICES"})
    CHECK(code_with(name) == 0);
  for (const auto* name : {"VLLM_NCCL_SO_PATH", "VLLM_LOGGING_CONFIG_PATH", "VLLM_PLUGINS",
                           "VLLM_ANYTHING", "HF_HOME"})
    CHECK(code_with(name) == 1);
}
