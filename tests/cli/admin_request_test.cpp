#include "cli/admin_request.hpp"

#include <algorithm>
#include <set>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "cli/admin_table.hpp"
#include "http/native/documents.hpp"

using namespace orrery;

namespace {

const AdminVerb& verb(std::string_view noun, std::string_view name) {
  const auto& verbs = admin_verbs();
  const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const AdminVerb& each) {
    return each.noun == noun && each.verb == name;
  });
  REQUIRE(found != verbs.end());
  return *found;
}

}  // namespace

TEST_CASE("a verb becomes a request") {
  const auto request = admin_request(
      verb("quota", "set"),
      {{"project_id", "p 1/2"}, {"gpus", "A100-80GB=8,A40-48GB=4"}, {"month_usd", "10.50"}});
  REQUIRE(request.has_value());
  CHECK(request->method == "PUT");
  CHECK(request->target == "/orrery/v1/projects/p%201%2F2/quota");
  CHECK(request->body == R"({"gpus":{"A100-80GB":8,"A40-48GB":4},"month_usd":"10.50"})");

  CHECK(admin_request(verb("quota", "set"), {{"project_id", "p"}})->body == "{}");
  CHECK(admin_request(verb("organization", "list"), {})->body.empty());
  CHECK(admin_request(verb("account", "find"), {{"email", "a+b@c.d"}})->target ==
        "/orrery/v1/accounts?email=a%2Bb%40c.d");
  CHECK(admin_request(verb("image", "publish"), {{"name", "a"}, {"tags", "x,y"}})->body ==
        R"({"name":"a","tags":["x","y"]})");
}

TEST_CASE("an argument of the wrong form is named by its flag") {
  CHECK(admin_request(verb("quota", "set"), {{"project_id", "p"}, {"disk_gib", "much"}})
            .error()
            .message == "--disk-gib must be a whole number");
  for (const auto* wrong : {"A100", "=8", "A100=x", "A100=8,,"})
    CHECK(admin_request(verb("quota", "set"), {{"project_id", "p"}, {"gpus", wrong}}).has_error());
}

TEST_CASE("every verb asks a route that the document has, and every noun has a help") {
  const auto documents = openapi_documents();
  const auto native = std::find_if(documents.begin(), documents.end(),
                                   [](const auto& each) { return each.name == "native"; });
  REQUIRE(native != documents.end());
  const auto paths = boost::json::parse(native->json).at("paths");
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const auto& each : admin_verbs()) {
    INFO(each.noun << " " << each.verb);
    const auto* route = paths.as_object().if_contains("/orrery/v1" + std::string(each.path));
    REQUIRE(route);
    CHECK(route->as_object().if_contains(boost::to_lower_copy(std::string(each.method))));
    CHECK(names.emplace(each.noun, each.verb).second);
    CHECK_FALSE(admin_noun_help(each.noun).empty());
    for (const auto& argument : each.arguments)
      CHECK((each.path.find("{" + std::string(argument.name) + "}") != std::string_view::npos) ==
            (argument.place == AdminArgument::Place::path));
  }
}

TEST_CASE("no argument of a verb takes a flag that says which server is spoken to") {
  for (const auto& verb : admin_verbs()) {
    for (const auto& argument : verb.arguments) {
      if (argument.place == AdminArgument::Place::path) continue;
      CAPTURE(verb.noun, verb.verb);
      for (const auto* taken : {"--url", "--server", "--key", "--data", "--json", "--as-of"})
        CHECK(admin_flag(argument) != taken);
    }
  }
}

TEST_CASE("lists are tables, and objects are lines") {
  const boost::json::array items{{{"id", "1"}, {"name", "a long name"}, {"locations", {"x", "y"}}},
                                 {{"id", "22"}, {"name", nullptr}, {"ready", true}}};
  CHECK(admin_table(items, {"id", "name", "locations", "ready"}) ==
        "id  name         locations  ready\n"
        "1   a long name  x,y        -\n"
        "22  -            -          true\n");
  CHECK(admin_lines({{"id", "1"}, {"limits", {{"vms", 3}, {"gpus", boost::json::object()}}}}) ==
        "id           1\n"
        "limits.vms   3\n"
        "limits.gpus  -\n");
}
