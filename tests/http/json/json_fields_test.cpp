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

TEST_CASE("times are written in UTC as RFC 3339 with whole seconds") {
  CHECK(rfc3339_seconds(Time{}) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339_seconds(Time{std::chrono::microseconds{1718553161'999999}}) ==
        "2024-06-16T15:52:41Z");
  CHECK(rfc3339_seconds(Time{std::chrono::microseconds{951782400'000000}}) ==
        "2000-02-29T00:00:00Z");
}
