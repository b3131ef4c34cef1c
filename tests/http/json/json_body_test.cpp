#include <catch2/catch.hpp>

#include "http/json/json_body.hpp"

using namespace orrery;

namespace {

std::string problem_of(std::string_view body) {
  const auto parsed = parse_json_object(body);
  return parsed ? "" : parsed.error().message;
}

/// An object with `depth` levels in all.
std::string nested(std::size_t depth) {
  std::string body = "1";
  for (std::size_t level = 0; level < depth; ++level) body = R"({"a":)" + body + "}";
  return body;
}

}  // namespace

TEST_CASE("a body that is an object is read") {
  const auto object = parse_json_object(R"( {"name":"täst","n":[1,{"x":null}]} )");
  REQUIRE(object.has_value());
  CHECK(std::string_view((*object)["name"]) == "täst");
}

TEST_CASE("broken JSON is refused with line, column and byte of the place") {
  // The create body of the mkinf document: a comma is missing after "image".
  CHECK(problem_of("{\n  \"name\": \"mkinf-node-01\",\n  \"type\": \"l40s-48gb.2x\",\n"
                   "  \"location\": \"us-southcentral1-a\",\n"
                   "  \"image\": \"ubuntu22.04-nvidia-pcie-docker\"\n"
                   "  \"ssh_public_key\": \"ssh-rsa AAAAB...\"\n}\n") ==
        "the body is not valid JSON at line 6, column 3 (byte 138)");
  CHECK(problem_of("{\"a\": \"xdclrV...\",\n}") ==
        "the body is not valid JSON at line 2, column 1 (byte 20)");
  CHECK(problem_of("{\"a\":") == "the body is not valid JSON at line 1, column 6 (byte 6)");
  CHECK(problem_of("") == "the body is not valid JSON at line 1, column 1 (byte 1)");
  CHECK(problem_of("{} {}") == "the body is not valid JSON at line 1, column 4 (byte 4)");
  CHECK(problem_of("{\"a\":\"\xff\"}") ==
        "the body is not valid JSON at line 1, column 7 (byte 7)");
  CHECK(problem_of("{\"a\":nul}") == "the body is not valid JSON at line 1, column 6 (byte 6)");
}

TEST_CASE("a body that is JSON but no object is refused") {
  CHECK(problem_of("[]") == "the body must be a JSON object");
  CHECK(problem_of("\"text\"") == "the body must be a JSON object");
  CHECK(problem_of("null") == "the body must be a JSON object");
}

TEST_CASE("a body may be 32 levels deep and no deeper") {
  CHECK(problem_of(nested(32)).empty());
  CHECK(problem_of(nested(33)) == "the body is nested deeper than 32 levels");
  CHECK(problem_of(std::string(100'000, '[')) == "the body is nested deeper than 32 levels");
}

TEST_CASE("a key that stands twice in an object is refused, wherever the object stands") {
  CHECK(problem_of(R"({"a":1,"b":2,"a":3})") == "the body has the key \"a\" twice");
  CHECK(problem_of(R"({"x":[{"deep":{"k":1,"k":1}}]})") == "the body has the key \"k\" twice");
  CHECK(problem_of(R"({"":1,"":1})") == "the body has the key \"\" twice");
  CHECK(problem_of(R"({"a":{"b":1},"c":{"b":1}})").empty());
}

TEST_CASE("a number beyond all bounds is refused") {
  CHECK_THAT(problem_of(R"({"a":1e999})"), Catch::StartsWith("the body"));
}
