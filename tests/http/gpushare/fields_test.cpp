#include <array>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/gpushare/fields.hpp"

using namespace orrery;
using namespace orrery::gpushare;

namespace {

Request request_with(std::string_view body, std::string_view content_type) {
  Request request;
  request.method = Method::post;
  request.body = body;
  request.headers.emplace_back("content-type", content_type);
  return request;
}

Body json_body(std::string_view text) {
  auto body = body_of(request_with(text, "application/json"));
  REQUIRE(body.has_value());
  return *std::move(body);
}

Body form(std::string_view text) {
  auto body = body_of(request_with(text, "application/x-www-form-urlencoded"));
  REQUIRE(body.has_value());
  return *std::move(body);
}

std::string text_of(const std::optional<Refusal>& refusal) {
  return refusal ? boost::json::serialize(refusal->body) : "";
}

/// What is wrong with a body, by a reader of it.
std::string problem(const Body& body, const std::function<void(Fields&)>& read,
                    bool is_partial = false) {
  Fields fields(body, is_partial);
  read(fields);
  const auto refusal = fields.refusal();
  CHECK(refusal.has_value() == fields.is_wrong());
  if (refusal) CHECK(refusal->status == 400);
  return text_of(refusal);
}

std::string refused_body(std::string_view body, std::string_view content_type, unsigned status) {
  const auto read = body_of(request_with(body, content_type));
  REQUIRE(read.has_error());
  CHECK(read.error().status == status);
  return boost::json::serialize(read.error().body);
}

}  // namespace

TEST_CASE("DRF: a body that doesn't parse, or is of another type") {
  CHECK(refused_body("{", "application/json", 400) ==
        R"j({"detail":"JSON parse error - Expecting value: line 1 column 2 (char 1)"})j");
  CHECK(refused_body("{}x", "application/json; charset=utf-8", 400) ==
        R"j({"detail":"JSON parse error - Extra data: line 1 column 3 (char 2)"})j");
  CHECK(refused_body("{\"a\":\n  nope}", "application/json", 400).find("line 2 column ") !=
        std::string::npos);
  CHECK(refused_body("\"\xff\"", "application/json", 400).find("JSON parse error") !=
        std::string::npos);
  CHECK(refused_body(std::string(40, '['), "application/json", 400).find("JSON parse error") !=
        std::string::npos);
  CHECK(refused_body("<a/>", "text/xml", 415) ==
        R"j({"detail":"Unsupported media type \"text/xml\" in request."})j");
  CHECK(refused_body("x", "multipart/form-data; boundary=x", 415) ==
        R"j({"detail":"Unsupported media type \"multipart/form-data; boundary=x\" in request."})j");
  CHECK(refused_body("x", "", 415) == R"j({"detail":"Unsupported media type \"\" in request."})j");
  CHECK(refused_body("a=%ff", "application/x-www-form-urlencoded", 400) ==
        R"j({"detail":"Malformed request."})j");
  CHECK(refused_body("a=%f", "application/x-www-form-urlencoded", 400) ==
        R"j({"detail":"Malformed request."})j");
}

TEST_CASE("DRF: an empty body says nothing, whatever its type is") {
  const auto body = body_of(request_with("", "text/xml"));
  REQUIRE(body.has_value());
  CHECK(problem(*body, [](Fields& fields) { fields.text("name"); }) ==
        R"({"name":["This field is required."]})");
}

TEST_CASE("DRF: a body that is no object") {
  const auto read = [](Fields& fields) { fields.text("name"); };
  const auto expected = [](std::string_view type) {
    return R"({"non_field_errors":["Invalid data. Expected a dictionary, but got )" +
           std::string(type) + R"(."]})";
  };
  CHECK(problem(json_body("[1]"), read) == expected("list"));
  CHECK(problem(json_body("\"x\""), read) == expected("str"));
  CHECK(problem(json_body("1"), read) == expected("int"));
  CHECK(problem(json_body("1.5"), read) == expected("float"));
  CHECK(problem(json_body("true"), read) == expected("bool"));
  CHECK(problem(json_body("null"), read) == R"({"non_field_errors":["No data provided"]})");
}

TEST_CASE("DRF: strings") {
  const auto read = [](Fields& fields) { fields.text("a", required, {.size_max = 3}); };
  CHECK(problem(json_body("{}"), read) == R"({"a":["This field is required."]})");
  CHECK(problem(json_body("{}"), read, true) == "");
  CHECK(problem(json_body(R"({"a":null})"), read) == R"({"a":["This field may not be null."]})");
  CHECK(problem(json_body(R"({"a":""})"), read) == R"({"a":["This field may not be blank."]})");
  CHECK(problem(json_body(R"({"a":" \u00a0\t"})"), read) ==
        R"({"a":["This field may not be blank."]})");
  CHECK(problem(json_body(R"({"a":true})"), read) == R"({"a":["Not a valid string."]})");
  CHECK(problem(json_body(R"({"a":["x"]})"), read) == R"({"a":["Not a valid string."]})");
  CHECK(problem(json_body(R"({"a":{}})"), read) == R"({"a":["Not a valid string."]})");
  CHECK(problem(json_body(R"({"a":"äöüß"})"), read) ==
        R"({"a":["Ensure this field has no more than 3 characters."]})");
  CHECK(problem(json_body(R"({"a":"x\u0000yz"})"), read) ==
        R"({"a":["Ensure this field has no more than 3 characters.","Null characters are not )"
        R"(allowed."]})");
  CHECK(problem(json_body(R"({"a":" äöü "})"), read) == "");
}

TEST_CASE("DRF: a string is trimmed, and a number is written out") {
  const auto text_in = [](std::string_view body, const TextRules& rules = {}) {
    Fields fields(json_body(body));
    const auto text = fields.text("a", required, rules);
    return text ? *text : "";
  };
  CHECK(text_in(R"({"a":"  x  "})") == "x");
  CHECK(text_in(R"({"a":"  x  "})", {.is_trimmed = false}) == "  x  ");
  CHECK(text_in(R"({"a":16})") == "16");
  CHECK(text_in(R"({"a":-3.5})") == "-3.5");
  CHECK(text_in(R"({"a":16.0})") == "16.0");
  CHECK(text_in(R"({"a":1e22})") == "1e+22");
  CHECK(text_in(R"({"a":18446744073709551615})") == "18446744073709551615");
}

TEST_CASE("DRF: null, where it may be") {
  Fields fields(json_body(R"({"a":null,"b":"","c":"x"})"));
  const auto a = fields.text("a", nullable);
  CHECK(a.is_given);
  CHECK_FALSE(a);
  const auto b = fields.text("b", nullable, {.may_be_blank = true});
  REQUIRE(b);
  CHECK(b->empty());
  CHECK_FALSE(fields.text("absent", nullable).is_given);
  CHECK_FALSE(fields.is_wrong());
}

TEST_CASE("DRF: whole numbers") {
  const auto read = [](Fields& fields) { fields.integer("n", required, 0, 32767); };
  const std::string wrong = R"({"n":["A valid integer is required."]})";
  for (const auto value : {"7", "\"7\"", "\" 7 \"", "7.0", "\"7.00\"", "\"+7\"", "\"1_0\"", "0"})
    CHECK(problem(json_body(std::string(R"({"n":)") + value + "}"), read) == "");
  for (const auto value : {"1.5", "\"1.5\"", "\"x\"", "\"\"", "true", "[]", "{}", "\"1__0\"",
                           "\"_1\"", "\"1_\"", "1e30"})
    CHECK(problem(json_body(std::string(R"({"n":)") + value + "}"), read) == wrong);
  CHECK(problem(json_body(R"({"n":32768})"), read) ==
        R"({"n":["Ensure this value is less than or equal to 32767."]})");
  CHECK(problem(json_body(R"({"n":"99999999999999999999"})"), read) ==
        R"({"n":["Ensure this value is less than or equal to 32767."]})");
  CHECK(problem(json_body(R"({"n":-1})"), read) ==
        R"({"n":["Ensure this value is greater than or equal to 0."]})");
  CHECK(problem(json_body(R"({"n":")" + std::string(1001, '1') + "\"}"), read) ==
        R"({"n":["String value too large."]})");
}

TEST_CASE("DRF: truths") {
  const auto read = [](Fields& fields) { fields.truth("t"); };
  for (const auto value :
       {"true", "false", "1", "0", "1.0", "\"on\"", "\"OFF\"", "\"Yes\"", "\"n\""})
    CHECK(problem(json_body(std::string(R"({"t":)") + value + "}"), read) == "");
  for (const auto value : {"2", "\"maybe\"", "[]", "{}", "\"\""})
    CHECK(problem(json_body(std::string(R"({"t":)") + value + "}"), read) ==
          R"({"t":["Must be a valid boolean."]})");
  Fields fields(json_body(R"({"t":"null"})"));
  const auto truth = fields.truth("t", nullable);
  CHECK(truth.is_given);
  CHECK_FALSE(truth);
}

TEST_CASE("DRF: rows and choices") {
  const auto row = [](Fields& fields) {
    fields.row("user", [](std::string_view id) { return id == "7"; });
  };
  for (const auto value : {"7", "\"7\"", "\"007\"", "7.0"})
    CHECK(problem(json_body(std::string(R"({"user":)") + value + "}"), row) == "");
  CHECK(problem(json_body(R"({"user":9})"), row) ==
        R"({"user":["Invalid pk \"9\" - object does not exist."]})");
  CHECK(problem(json_body(R"({"user":"x"})"), row) ==
        R"({"user":["Incorrect type. Expected pk value, received str."]})");
  CHECK(problem(json_body(R"({"user":true})"), row) ==
        R"({"user":["Incorrect type. Expected pk value, received bool."]})");
  CHECK(problem(json_body(R"({"user":[7]})"), row) ==
        R"({"user":["Incorrect type. Expected pk value, received list."]})");
  CHECK(problem(json_body(R"({"user":""})"), row) == R"({"user":["This field may not be null."]})");
  constexpr std::array<std::string_view, 2> roles{"user", "admin"};
  CHECK(problem(json_body(R"({"role":"king"})"), [&](Fields& fields) {
          fields.choice("role", roles);
        }) == R"({"role":["\"king\" is not a valid choice."]})");
}

TEST_CASE("DRF: usernames and mail addresses") {
  const auto read = [](Fields& fields) {
    fields.username("username");
    fields.email("email");
  };
  CHECK(problem(json_body(R"({"username":"jürgen+1@x","email":"a.b@example.com"})"), read) == "");
  CHECK(
      problem(json_body(R"({"username":"a b","email":"nobody"})"), read) ==
      R"({"username":["Enter a valid username. This value may contain only letters, numbers, and )"
      R"(@/./+/-/_ characters."],"email":["Enter a valid email address."]})");
  CHECK(problem(json_body(R"({"username":")" + std::string(151, 'a') + R"(","email":"a@b.de"})"),
                read) == R"({"username":["Ensure this field has no more than 150 characters."]})");
}

TEST_CASE("DRF: objects within the body") {
  const auto read = [](Fields& fields) {
    if (auto user = fields.nested("user")) {
      user->text("username");
      user->text("email");
    }
    fields.text("phone_no");
  };
  CHECK(
      problem(json_body(R"({"user":{"email":""}})"), read) ==
      R"({"user":{"username":["This field is required."],"email":["This field may not be blank."]},)"
      R"("phone_no":["This field is required."]})");
  CHECK(problem(json_body(R"({"user":"x","phone_no":"1"})"), read) ==
        R"({"user":{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}})");
  CHECK(problem(json_body(R"({"user":null,"phone_no":"1"})"), read) ==
        R"({"user":["This field may not be null."]})");
  CHECK(problem(json_body(R"({"phone_no":"1"})"), read) ==
        R"({"user":["This field is required."]})");
  CHECK(problem(json_body(R"({"user":{}})"), read, true) == "");
}

TEST_CASE("DRF: forms") {
  const auto body = form("user.username=anna&user.email=anna%40example.com&n=+7&empty=&x=1&x=2");
  Fields fields(body);
  auto user = fields.nested("user");
  REQUIRE(user);
  CHECK(*user->text("username") == "anna");
  CHECK(*user->email("email") == "anna@example.com");
  CHECK(*fields.integer("n") == 7);
  CHECK(*fields.text("x") == "2");
  CHECK_FALSE(fields.integer("empty", optional).is_given);
  CHECK(fields.text("empty", nullable).is_given);
  CHECK_FALSE(fields.is_wrong());
  fields.text("empty");
  CHECK(text_of(fields.refusal()) == R"({"empty":["This field may not be blank."]})");
  CHECK(problem(form("a=1"), [](Fields& other) { other.nested("user"); }) ==
        R"({"user":["This field is required."]})");
}

TEST_CASE("DRF: whatever is said of a field, it is read or refused in one sentence at least") {
  const std::vector<std::function<void(Fields&, Need)>> readers{
      [](Fields& fields, Need need) { fields.text("a", need, {.size_max = 4, .size_min = 2}); },
      [](Fields& fields, Need need) { fields.email("a", need); },
      [](Fields& fields, Need need) { fields.username("a", need); },
      [](Fields& fields, Need need) { fields.integer("a", need, -5, 5); },
      [](Fields& fields, Need need) { fields.truth("a", need); },
      [](Fields& fields, Need need) {
        constexpr std::array<std::string_view, 1> choices{"x"};
        fields.choice("a", choices, need);
      },
      [](Fields& fields, Need need) {
        fields.row(
            "a", [](std::string_view id) { return id.size() > 1; }, need);
      },
      [](Fields& fields, Need need) {
        if (auto inner = fields.nested("a", need)) inner->text("b");
      }};
  std::vector<Body> bodies{form(""),    form("a"),     form("a="),       form("a=x"),
                           form("a=7"), form("a.b=x"), form("a.b=&a=1"), form("a=%00")};
  for (const auto value : {"null",
                           "true",
                           "false",
                           "0",
                           "-0.0",
                           "7",
                           "-9223372036854775808",
                           "18446744073709551615",
                           "1e308",
                           "1.5",
                           "\"\"",
                           "\" \"",
                           "\"x\"",
                           "\"7\"",
                           "\"\\u0000\"",
                           "\"\\u2028\"",
                           "\"\xf0\x9f\x98\x80\"",
                           "[]",
                           "[[]]",
                           "{}",
                           "{\"b\":1}",
                           "{\"b\":null}",
                           "{\"b\":{}}"})
    bodies.push_back(json_body(std::string(R"({"a":)") + value + "}"));
  for (const auto text : {"{}", "[]", "1", "\"x\"", "null"}) bodies.push_back(json_body(text));
  for (const auto& body : bodies)
    for (const auto& read : readers)
      for (const auto need : {required, optional, nullable, Need{true, true}})
        for (const bool is_partial : {false, true}) {
          Fields fields(body, is_partial);
          read(fields, need);
          const auto refusal = fields.refusal();
          if (refusal) CHECK_FALSE(refusal->body.begin()->value().is_null());
          CHECK(refusal.has_value() == fields.is_wrong());
        }
}
