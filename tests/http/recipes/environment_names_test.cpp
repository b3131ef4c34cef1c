#include "http/recipes/environment_names.hpp"

#include <catch2/catch.hpp>

#include "actors/service/variable_names.hpp"

using namespace orrery;

namespace {

Recipe recipe_with(std::vector<std::string> request_environment) {
  Recipe recipe;
  recipe.launch.environment = {{"MODEL", "small"}};
  recipe.request_environment = std::move(request_environment);
  return recipe;
}

}  // namespace

TEST_CASE("requests set the variables that the recipe has, and no others") {
  const auto recipe = recipe_with({});
  CHECK(may_be_requested(recipe, "MODEL"));
  for (const auto* name : {"OTHER", "MODELS", "MODE", ""})
    CHECK_FALSE(may_be_requested(recipe, name));
}

TEST_CASE("a recipe may let requests set more, by name or by its beginning") {
  const auto recipe = recipe_with({"APP_*", "SEED"});
  for (const auto* name : {"MODEL", "APP_", "APP_COLOUR", "SEED"})
    CHECK(may_be_requested(recipe, name));
  for (const auto* name : {"SEEDS", "APP", "OTHER"}) CHECK_FALSE(may_be_requested(recipe, name));
  CHECK(may_be_requested(recipe_with({"*"}), "ANYTHING"));
}

TEST_CASE("the driver says where a service listens") {
  CHECK_FALSE(may_be_requested(recipe_with({"*"}), "PORT"));
  CHECK_FALSE(may_be_requested(recipe_with({"*"}), "PORT_2"));
  CHECK_FALSE(may_be_requested(recipe_with({"*"}), "HOST"));
}

TEST_CASE("no recipe and no request sets what changes which code is run, or whom it trusts") {
  for (const auto* name : {"LD_PRELOAD",
                           "PATH",
                           "BASH_ENV",
                           "BASH_FUNC_x",
                           "PYTHONPATH",
                           "NODE_OPTIONS",
                           "PERLLIB",
                           "PERL5OPT",
                           "GIT_SSH_COMMAND",
                           "NODE_TLS_REJECT_UNAUTHORIZED",
                           "NODE_REPL_EXTERNAL_MODULE",
                           "SSL_CERT_FILE",
                           "http_proxy",
                           "ALL_PROXY",
                           "NCCL_NET_PLUGIN",
                           "VLLM_NCCL_SO_PATH",
                           "VLLM_LOGGING_CONFIG_PATH",
                           "VLLM_PLUGINS",
                           "LESSOPEN",
                           "XDG_CONFIG_HOME",
                           "OMPI_MCA_x",
                           "SLURM_JOB_ID",
                           "ORRERY_DATA",
                           "CUDA_INJECTION64_PATH",
                           "ROCR_VISIBLE_DEVICES"})
    CHECK_FALSE(is_allowed_variable(name));
  for (const auto* name : {"VLLM_MODEL", "CUDA_VISIBLE_DEVICES", "PYTHONUNBUFFERED", "HF_TOKEN",
                           "MODEL", "POSTGRES_DB", "LLAMA_MODEL"})
    CHECK(is_allowed_variable(name));
}
