#include "http/recipes/recipe_merge.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <boost/algorithm/string/join.hpp>

#include "http/json/json_body.hpp"

using namespace orrery;

namespace {

Recipe vllm() {
  Recipe recipe;
  recipe.path = "inference/vllm";
  recipe.category = "inference";
  recipe.name = "vllm";
  recipe.version = "0.2.0";
  recipe.launch.command = {"vllm"};
  recipe.launch.ports = {8000};
  recipe.launch.environment = {{"VLLM_MODEL", "Qwen/Qwen2.5-0.5B-Instruct"}, {"VLLM_PORT", "8001"}};
  recipe.port_variable = "VLLM_PORT";
  recipe.request_environment = {"*"};
  recipe.resources = {1, 2, 32 * 1024, 1, 0, "", 15};
  return recipe;
}

MergeResult merged(const Recipe& recipe, std::string_view config) {
  const auto parsed = parse_json_object(config);
  REQUIRE(parsed.has_value());
  return merge(recipe, "inference/vllm", *parsed);
}

MergedService good(const Recipe& recipe, std::string_view config) {
  auto result = merged(recipe, config);
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}

/// "config.resources.cpu int_parsing: cpu must be … (\"many\")"
std::string problem(std::string_view config, const Recipe& recipe = vllm()) {
  const auto result = merged(recipe, config);
  if (result) return "";
  const auto& wrong = result.error();
  return boost::algorithm::join(wrong.place, ".") + " " + wrong.type + ": " + wrong.message + " (" +
         wrong.input + ")";
}

std::string variable(const MergedService& service, std::string_view name) {
  for (const auto& each : service.specification.launch.environment)
    if (each.name == name) return each.value;
  return "absent";
}

}  // namespace

TEST_CASE("a request that changes nothing gets the recipe") {
  const auto service = good(vllm(), "{}");
  const auto& specification = service.specification;
  CHECK(specification.recipe_name == "inference/vllm");
  CHECK(specification.recipe == "inference/vllm");
  CHECK(specification.recipe_version == "0.2.0");
  CHECK(specification.name == "vllm");
  CHECK(specification.cluster.empty());
  CHECK(specification.resources == ServiceResources{2, 32 * 1024, 1, "", 15});
  CHECK(specification.launch.command == std::vector<std::string>{"vllm"});
  CHECK(specification.config == R"({"nodes":1})");
  CHECK_FALSE(service.is_group);
  CHECK(service.node_count == 1);
  CHECK(service.replica_count == 1);
}

TEST_CASE("resources and environment of a request go over the recipe's, key by key") {
  const auto service =
      good(vllm(),
           R"({"environment": {"VLLM_MODEL": "gpt2", "VLLM_MAX_MODEL_LEN": 2048, "FLAG": true},
          "resources": {"nodes": 1, "cpu": "8", "memory": "64G", "time_limit": 120, "gpu": "1"}})");
  CHECK(service.specification.resources == ServiceResources{8, 64 * 1024, 1, "", 120});
  const std::vector<EnvironmentVariable> environment{{"FLAG", "true"},
                                                     {"VLLM_MAX_MODEL_LEN", "2048"},
                                                     {"VLLM_MODEL", "gpt2"},
                                                     {"VLLM_PORT", "8001"}};
  CHECK(service.specification.launch.environment == environment);
}

TEST_CASE("numbers may be texts, texts numbers, and null takes a key away") {
  const auto service = good(vllm(), R"({"environment": {"VLLM_MODEL": null},
                                        "resources": {"gpu": null, "cpu": 4.0, "memory": 512}})");
  CHECK(service.specification.resources == ServiceResources{4, 512, 0, "", 15});
  CHECK(variable(service, "VLLM_MODEL") == "absent");
  for (const auto* gpu : {"0", "\"0\"", "\"\"", "null"})
    CHECK(good(vllm(), std::string(R"({"resources": {"gpu": )") + gpu + "}}")
              .specification.resources.gpu_count == 0);
}

TEST_CASE("a service that asks for nothing gets a processor") {
  auto recipe = vllm();
  recipe.resources = {};
  CHECK(good(recipe, "{}").specification.resources == ServiceResources{1, 0, 0, "", 0});
  CHECK(good(vllm(), R"({"resources": {"cpu": 0, "memory": "0", "gpu": null}})")
            .specification.resources == ServiceResources{1, 0, 0, "", 15});
}

TEST_CASE("a time limit that can't be read is a quarter of an hour") {
  for (const auto* limit : {"\"soon\"", "-1", "15.5", "true", "[]", "\"\""})
    CHECK(good(vllm(), std::string(R"({"resources": {"time_limit": )") + limit + "}}")
              .specification.resources.time_limit_min == 15);
  CHECK(good(vllm(), R"({"resources": {"time_limit": "02:00:00"}})")
            .specification.resources.time_limit_min == 120);
  CHECK(good(vllm(), R"({"resources": {"time_limit": null}})")
            .specification.resources.time_limit_min == 0);
}

TEST_CASE("a request's config is kept as it came, with the nodes that it lacks") {
  CHECK(good(vllm(), R"({"b": 1.50, "a": {"z": "ü"}})").specification.config ==
        R"({"b":1.5,"a":{"z":"ü"},"nodes":1})");
  CHECK(good(vllm(), R"({"nodes": 1})").specification.config == R"({"nodes":1})");
  CHECK(good(vllm(), R"({"nodes": null, "a": []})").specification.config ==
        R"({"nodes":null,"a":[]})");
}

TEST_CASE("where the service listens stands first among its ports") {
  CHECK(good(vllm(), "{}").specification.launch.ports == std::vector<std::uint16_t>{8001, 8000});
  CHECK(good(vllm(), R"({"environment": {"VLLM_PORT": "8000"}})").specification.launch.ports ==
        std::vector<std::uint16_t>{8000});
  CHECK(good(vllm(), R"({"environment": {"VLLM_PORT": 9100}})").specification.launch.ports ==
        std::vector<std::uint16_t>{9100, 8000});
  CHECK(problem(R"({"environment": {"VLLM_PORT": "a\"b"}})") ==
        "config.environment.VLLM_PORT value_error: VLLM_PORT must be a port from 1 to 65535 "
        "(\"a\\\"b\")");
  CHECK(problem(R"({"environment": {"VLLM_PORT": null}})") ==
        "config.environment.VLLM_PORT value_error: VLLM_PORT must be a port from 1 to 65535 "
        "(\"\")");
}

TEST_CASE("GPUs that are divided make replicas that share their node") {
  auto recipe = vllm();
  recipe.resources = {2, 10, 100, 4, 1, "", 120};
  const auto service = good(recipe, "{}");
  CHECK(service.is_group);
  CHECK(service.node_count == 2);
  CHECK(service.replica_count == 4);
  CHECK(service.specification.resources == ServiceResources{3, 25, 1, "", 120});
  const auto pairs = good(recipe, R"({"nodes": 3, "resources": {"gpu_per_replica": 2}})");
  CHECK(pairs.node_count == 3);
  CHECK(pairs.replica_count == 2);
  CHECK(pairs.specification.resources == ServiceResources{5, 50, 2, "", 120});
}

TEST_CASE("one replica is a group too where a request divides GPUs, and several nodes always are") {
  CHECK(good(vllm(), R"({"resources": {"gpu": 1, "gpu_per_replica": 1}})").is_group);
  const auto nodes = good(vllm(), R"({"nodes": 2})");
  CHECK(nodes.is_group);
  CHECK(nodes.replica_count == 1);
  CHECK(nodes.specification.resources == ServiceResources{2, 32 * 1024, 1, "", 15});
  CHECK_FALSE(good(vllm(), R"({"resources": {"gpu": null, "gpu_per_replica": 1}})").is_group);
  CHECK(good(vllm(), R"({"nodes": 5, "resources": {"nodes": 3}})").node_count == 3);
}

TEST_CASE("what is wrong with a config is named with the way there") {
  CHECK(problem(R"({"resources": {"cpu": "many"}})") ==
        "config.resources.cpu int_parsing: cpu must be a whole number from 0 to 65536 (\"many\")");
  CHECK(problem(R"({"resources": {"cpu": true}})") ==
        "config.resources.cpu int_parsing: cpu must be a whole number from 0 to 65536 (true)");
  CHECK(problem(R"({"resources": {"memory": [32]}})") ==
        "config.resources.memory value_error: memory must be an amount such as \"32G\" or "
        "\"512Mi\", up to 64T ([32])");
  CHECK(problem(R"({"nodes": 0})") ==
        "config.nodes int_parsing: nodes must be a whole number from 1 to 1024 (0)");
  CHECK(problem(R"({"resources": [1]})") ==
        "config.resources dict_type: Input should be a valid dictionary ([1])");
  CHECK(problem(R"({"environment": "A=B"})") ==
        "config.environment dict_type: Input should be a valid dictionary (\"A=B\")");
  CHECK(problem(R"({"environment": {"A": ["b"]}})") ==
        "config.environment.A string_type: Input should be a valid string ([\"b\"])");
  CHECK(problem(R"({"resources": {"gpu": 4, "gpu_per_replica": 3}})") ==
        "config.resources.gpu_per_replica value_error: gpu_per_replica (3) must divide gpu (4) "
        "(3)");
  CHECK(problem(R"({"nodes": 17, "resources": {"gpu": 4, "gpu_per_replica": 1}})") ==
        "config.resources value_error: a group has at most 64 replicas ({})");
  CHECK(problem(R"({"environment": null, "resources": null})").empty());
}

TEST_CASE(
    "a request sets no variable that changes which code is run, nor reads one it can't know") {
  for (const auto* name : {"LD_PRELOAD", "PATH", "BASH_ENV", "SLURM_JOB_ID", "PYTHONPATH",
                           "NODE_OPTIONS", "1A", "A B", "A=B", "", "OPENSSL_CONF", "PORT"})
    CHECK_THAT(problem(R"({"environment": {")" + std::string(name) + R"(": "x"}})"),
               Catch::StartsWith("config.environment." + std::string(name) + " value_error: "));
  CHECK(problem(R"({"environment": {"A": "${HF_TOKEN}"}})") ==
        "config.environment.A value_error: A must contain no NUL and no \"${\" "
        "(\"${HF_TOKEN}\")");
  CHECK_THAT(problem(R"({"environment": {"A": "\u0000"}})"), Catch::Contains("no NUL"));
  CHECK_THAT(problem(R"({"environment": {"A": ")" + std::string(5'000, 'a') + R"("}})"),
             Catch::Contains("at most 4096 bytes"));
}

TEST_CASE("a recipe says which variables requests may set") {
  auto recipe = vllm();
  recipe.request_environment = {"VLLM_MAX_*"};
  CHECK(problem(R"({"environment": {"VLLM_MAX_MODEL_LEN": "1"}})", recipe).empty());
  CHECK(problem(R"({"environment": {"OTHER": "1"}})", recipe) ==
        "config.environment.OTHER value_error: OTHER is not among the variables that recipe "
        "inference/vllm lets requests set (request_environment) (\"1\")");
}

TEST_CASE("configs and environments have an end") {
  std::string variables;
  for (int i = 0; i < 300; ++i)
    variables += (i == 0 ? "\"A" : ",\"A") + std::to_string(i) + "\":\"\"";
  CHECK_THAT(problem("{\"environment\": {" + variables + "}}"),
             Catch::Contains("at most 256 variables"));
  CHECK_THAT(problem("{\"note\": \"" + std::string(70'000, 'a') + "\"}"),
             Catch::Contains("at most 64 KiB"));
}

TEST_CASE("replicas share what their node has, rounded up") {
  rc::prop("however it is divided", [] {
    auto recipe = vllm();
    recipe.resources.node_count = *rc::gen::inRange(1u, 8u);
    recipe.resources.gpu_per_replica = *rc::gen::inRange(0u, 3u);
    recipe.resources.gpu_count =
        *rc::gen::inRange(0u, 5u) * std::max(1u, recipe.resources.gpu_per_replica);
    recipe.resources.cpu_count = *rc::gen::inRange(0u, 200u);
    recipe.resources.memory_mib = *rc::gen::inRange(0u, 100'000u);
    const auto config = parse_json_object("{}");
    const auto service = merge(recipe, "vllm", *config);
    RC_ASSERT(service.has_value());
    const auto& each = service->specification.resources;
    const auto count = service->replica_count;
    RC_ASSERT(count >= 1u);
    RC_ASSERT(each.gpu_count * count == recipe.resources.gpu_count);
    RC_ASSERT(each.cpu_count * count >= recipe.resources.cpu_count);
    RC_ASSERT(each.cpu_count * count < std::max(recipe.resources.cpu_count, 1u) + count);
    RC_ASSERT(each.memory_mib * count >= recipe.resources.memory_mib);
    RC_ASSERT(service->is_group ==
              (service->node_count > 1 ||
               (recipe.resources.gpu_per_replica > 0 && recipe.resources.gpu_count > 0)));
  });
}
