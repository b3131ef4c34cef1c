#include <fmt/format.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/http/aifactory/aifactory_server.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

/// The one problem of a refused create.
json::value problem_of(AifactoryServer& server, std::string_view body) {
  const auto answer = server.post("/api/v1/services", body, 422);
  REQUIRE(answer.at("detail").as_array().size() == 1);
  return answer.at("detail").at(0);
}

std::string deep(std::size_t levels) {
  return R"({"recipe_name":"inference/vllm","config":)" + std::string(levels, '[') +
         std::string(levels, ']') + "}";
}

}  // namespace

TEST_CASE("bodies that are wrong are refused as FastAPI does") {
  AifactoryServer server;
  struct Case {
    std::string body;
    std::string problem;
  };
  const std::vector<Case> cases{
      {"{}",
       R"({"type":"missing","loc":["body","recipe_name"],"msg":"Field required","input":{}})"},
      {R"({"config":{"nodes":2}})",
       R"({"type":"missing","loc":["body","recipe_name"],"msg":"Field required","input":{"config":{"nodes":2}}})"},
      {R"({"recipe_name":5})",
       R"({"type":"string_type","loc":["body","recipe_name"],"msg":"Input should be a valid string","input":5})"},
      {R"({"recipe_name":null})",
       R"({"type":"string_type","loc":["body","recipe_name"],"msg":"Input should be a valid string","input":null})"},
      {R"({"recipe_name":" \t"})",
       R"({"type":"value_error","loc":["body","recipe_name"],"msg":"Value error, recipe_name must not be blank","input":" \t","ctx":{"error":{}}})"},
      {R"({"recipe_name":"inference/vllm","config":[1]})",
       R"({"type":"dict_type","loc":["body","config"],"msg":"Input should be a valid dictionary","input":[1]})"},
      {R"({"recipe_name":"inference/vllm","config":null})",
       R"({"type":"dict_type","loc":["body","config"],"msg":"Input should be a valid dictionary","input":null})"},
      {"[1]",
       R"({"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[1]})"},
      {"\"text\"",
       R"({"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"text"})"},
  };
  for (const auto& [body, problem] : cases) {
    INFO(body);
    CHECK(json::serialize(problem_of(server, body)) == json::serialize(json::parse(problem)));
  }
}

TEST_CASE("a body that is no JSON is refused with the place") {
  AifactoryServer server;
  const auto problem = problem_of(server, R"({"recipe_name": oops})");
  CHECK(problem.at("type") == "json_invalid");
  CHECK(problem.at("msg") == "JSON decode error");
  CHECK(problem.at("loc") == json::parse(R"(["body",16])"));
  CHECK(problem.at("ctx").at("error").as_string().find("column 17") != json::string::npos);
}

TEST_CASE("no body, and one of another content type") {
  AifactoryServer server;
  CHECK(problem_of(server, "").at("type") == "missing");
  const auto answer = server.ask("POST", "/api/v1/services", "recipe_name=vllm",
                                 {"Content-Type: application/x-www-form-urlencoded"});
  CHECK(answer.status == 422);
  CHECK(answer.body.find(R"("input":"recipe_name=vllm")") != std::string::npos);
  for (const auto* const type :
       {"Content-Type: application/json; charset=utf-8", "Content-Type: APPLICATION/JSON",
        "Content-Type: application/merge-patch+json"})
    CHECK(server.ask("POST", "/api/v1/services", R"({"recipe_name":"no/such"})", {type}).status ==
          500);
}

TEST_CASE("what is too deep, too long or there twice is refused") {
  AifactoryServer server;
  CHECK(problem_of(server, deep(31)).at("type") == "dict_type");
  CHECK(problem_of(server, deep(40)).at("type") == "json_invalid");
  CHECK(problem_of(server, deep(4000)).at("type") == "json_invalid");
  CHECK(problem_of(server, std::string(2000, '[')).at("type") == "json_invalid");
  CHECK(problem_of(server, R"({"recipe_name":"a","recipe_name":"b"})").at("type") ==
        "json_invalid");
  CHECK(problem_of(server, fmt::format(R"({{"recipe_name":"{}"}})", std::string(300, 'a')))
            .at("type") == "string_too_long");
}

TEST_CASE("an unknown recipe is a 500, as the API has it") {
  AifactoryServer server;
  for (const auto* const name : {"no/such", "such", "../../etc/passwd", "inference/", "/vllm",
                                 "inference/vllm.yaml", "inference/../inference/vllm"}) {
    const auto answer =
        server.post("/api/v1/services", json::serialize(json::object{{"recipe_name", name}}), 500);
    CHECK(answer.at("detail").as_string() ==
          fmt::format("Failed to start service: Recipe '{}' not found", name));
  }
}

TEST_CASE("a config that is wrong is refused with the way to it") {
  AifactoryServer server;
  const auto place_of = [&](std::string_view config) {
    return json::serialize(
        problem_of(server, fmt::format(R"({{"recipe_name":"inference/vllm","config":{}}})", config))
            .at("loc"));
  };
  CHECK(place_of(R"({"resources":{"cpu":"many"}})") == R"(["body","config","resources","cpu"])");
  CHECK(place_of(R"({"resources":5})") == R"(["body","config","resources"])");
  CHECK(place_of(R"({"environment":{"LD_PRELOAD":"/tmp/x.so"}})") ==
        R"(["body","config","environment","LD_PRELOAD"])");
  CHECK(place_of(R"({"environment":{"PATH":"/tmp"}})") ==
        R"(["body","config","environment","PATH"])");
  CHECK(place_of(R"({"environment":{"A B":"x"}})") == R"(["body","config","environment","A B"])");
  CHECK(server.services.list().empty());
}
