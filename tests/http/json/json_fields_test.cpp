#include <catch2/catch.hpp>

#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"
#include "http/json/timestamp.hpp"

using namespace orrery;

TEST_CASE("fields are read by name, unknown ones are tolerated") {
  JsonFields fields(*parse_json_object(R"({"name":"a","unknown":[1],"note":null})"));
  CHECK(fields.required_string("name", 5) == "a");
  CHECK_FALSE(fields.optional_string("note", 5));
  CHECK_FALSE(fields.optional_string("absent", 5));
  CHECK_FALSE(fields.problem());
}

TEST_CASE("the first wrong field is named") {
  const auto problem = [](std::string_view body) {
    JsonFields fields(*parse_json_object(body));
    fields.required_string("name", 5);
    fields.required_string("type", 5);
    return fields.problem().value_or("");
  };
  CHECK(problem(R"({"type":"x"})") == "name is required");
  CHECK(problem(R"({"name":null,"type":"x"})") == "name is required");
  CHECK(problem(R"({"name":7})") == "name must be a string");
  CHECK(problem(R"({"name":["a"],"type":1})") == "name must be a string");
  CHECK(problem(R"({"name":""})") == "name must not be empty");
  CHECK(problem(R"({"name":"123456","type":"x"})") == "name must have at most 5 bytes");
  CHECK(problem(R"({"name":"a","type":false})") == "type must be a string");
  CHECK(problem(R"({"name":"a","type":"b"})").empty());
}

TEST_CASE("numbers, booleans and arrays are read by name, and a wrong one is named") {
  JsonFields fields(*parse_json_object(
      R"({"count":3,"on":true,"words":["a","b"],"none":[],"null":null,"half":1.5,"mixed":["a",1]})"));
  CHECK(fields.has("count"));
  CHECK_FALSE(fields.has("null"));
  CHECK_FALSE(fields.has("absent"));
  CHECK(fields.optional_integer("count", 1, 3) == 3);
  CHECK(fields.optional_boolean("on") == true);
  CHECK(*fields.optional_strings("words", 2, 1) == std::vector<std::string_view>{"a", "b"});
  CHECK(fields.optional_strings("none", 2, 1)->empty());
  CHECK_FALSE(fields.optional_strings("absent", 2, 1));
  CHECK_FALSE(fields.problem());

  const auto problem = [](std::string_view body, const auto& read) {
    JsonFields wrong(*parse_json_object(body));
    read(wrong);
    return wrong.problem().value_or("");
  };
  const auto integer = [](JsonFields& wrong) { wrong.optional_integer("n", 1, 3); };
  for (const auto body : {R"({"n":4})", R"({"n":0})", R"({"n":1.5})", R"({"n":"1"})"})
    CHECK(problem(body, integer) == "n must be a whole number from 1 to 3");
  CHECK(problem(R"({"n":0})", [](JsonFields& wrong) { wrong.optional_boolean("n"); }) ==
        "n must be true or false");
  const auto strings = [](JsonFields& wrong) { wrong.optional_strings("n", 2, 3); };
  CHECK(problem(R"({"n":"a"})", strings) == "n must be an array");
  CHECK(problem(R"({"n":["a","b","c"]})", strings) == "n must have at most 2 items");
  CHECK(problem(R"({"n":["a",1]})", strings) == "n[1] must be a string");
  CHECK(problem(R"({"n":[""]})", strings) == "n[0] must not be empty");
  CHECK(problem(R"({"n":["abcd"]})", strings) == "n[0] must have at most 3 bytes");
}

TEST_CASE("a field within an object or an array is named by its way from the root") {
  const auto problem = [](std::string_view body) {
    JsonFields fields(*parse_json_object(body));
    if (auto inner = fields.optional_object("inner")) {
      inner->required_string("name", 5);
      if (auto innermost = inner->optional_objects("list", 2))
        for (auto& each : *innermost) each.optional_boolean("on");
    }
    if (auto list = fields.optional_objects("list", 2))
      for (auto& each : *list) {
        each.optional_string("name", 5);
        if (!each.has("name")) each.refuse("", "must have a name");
      }
    return fields.problem().value_or("");
  };
  CHECK(problem(R"({})").empty());
  CHECK(problem(R"({"inner":{"name":"a"},"list":[{"name":"b"}]})").empty());
  CHECK(problem(R"({"inner":1})") == "inner must be an object");
  CHECK(problem(R"({"inner":{}})") == "inner.name is required");
  CHECK(problem(R"({"inner":{"name":"a","list":[{"on":1}]}})") ==
        "inner.list[0].on must be true or false");
  CHECK(problem(R"({"list":[{"name":"a"},2]})") == "list[1] must be an object");
  CHECK(problem(R"({"list":[{"name":"a"},{"name":2}]})") == "list[1].name must be a string");
  CHECK(problem(R"({"list":[{"name":"a"},{}]})") == "list[1] must have a name");
  CHECK(problem(R"({"list":[{},{},{}]})") == "list must have at most 2 items");
}

TEST_CASE("times are written in UTC as RFC 3339 with whole seconds") {
  CHECK(rfc3339_seconds(Time{}) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339_seconds(Time{std::chrono::microseconds{1718553161'999999}}) ==
        "2024-06-16T15:52:41Z");
  CHECK(rfc3339_seconds(Time{std::chrono::microseconds{951782400'000000}}) ==
        "2000-02-29T00:00:00Z");
}
