#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include "tests/http/aicenter/center_server.hpp"
#include "tests/support/project_folders.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

/// Which types a key has, by its way from the root: "nodes[].state".
using Shape = std::map<std::string, std::set<std::string>>;

std::string type_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "integer";
    case json::kind::double_:
      return "number";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "array";
    case json::kind::object:
      break;
  }
  return "object";
}

void walk(const json::value& value, const std::string& place, Shape& shape) {
  if (!place.empty()) shape[place].insert(type_of(value));
  if (const auto* object = value.if_object())
    for (const auto& [key, each] : *object)
      walk(each, (place.empty() ? "" : place + ".").append(key), shape);
  if (const auto* array = value.if_array())
    for (const auto& each : *array) walk(each, place + "[]", shape);
}

/// As record_shapes.py has written it down of a real slurmrestd.
Shape recorded(const std::string& name) {
  std::ifstream file(golden_folder() / "slurm" / (name + ".shape"));
  REQUIRE(file.good());
  Shape shape;
  for (std::string line; std::getline(file, line);) {
    const auto space = line.rfind(' ');
    boost::algorithm::split(shape[line.substr(0, space)], line.substr(space + 1),
                            boost::algorithm::is_any_of("|"));
  }
  return shape;
}

/// Whether one of the lists that the place is in has nothing in it.
bool is_in_empty_list(const std::string& place, const Shape& shape) {
  for (auto at = place.find("[]"); at != place.npos; at = place.find("[]", at + 2))
    if (!shape.contains(place.substr(0, at + 2))) return true;
  return false;
}

/// Where ours says something that the recorded one had nothing to say of: comments are kept by the
/// accounting, users are associated with their class's partition, there is a default quality of
/// service, partitions needn't have a default time limit,
/// and what never started has no start.
const std::set<std::string> known_differences{"jobs[].comment.job is string",
                                              "associations[].partition is string",
                                              "associations[].default.qos is string",
                                              "users[].associations[].partition is string",
                                              "accounts[].associations[].partition is string",
                                              "partitions[].default_time_limit is null",
                                              "jobs[].time.start is null"};

/// What is there only sometimes: errors where nothing is found, signals where something was killed,
/// limits where somebody has set them, counts of calls where they are counted.
bool is_occasional(const std::string& place) {
  for (const auto* const part :
       {"errors[]", "exit_code.signal", "max.tres.per.job[]", "statistics.rpcs_by"})
    if (place.find(part) != place.npos) return true;
  return false;
}

/// Every key of the real one is there, with a type that the real one has been seen with; and none
/// besides.
std::string differences(const Shape& real, const Shape& ours) {
  std::ostringstream text;
  for (const auto& [place, types] : real)
    if (!ours.contains(place) && !is_occasional(place) && !is_in_empty_list(place, ours))
      text << "lacks " << place << "\n";
  for (const auto& [place, types] : ours) {
    if (is_occasional(place)) continue;
    const auto known = real.find(place);
    if (known == real.end()) {
      text << "has " << place << "\n";
      continue;
    }
    for (const auto& type : types) {
      const auto difference = place + " is " + type;
      if (!known->second.contains(type) && !known_differences.contains(difference))
        text << difference << "\n";
    }
  }
  return text.str();
}

/// A center in which all lists have something in them.
struct Rich : CenterServer {
  Rich() {
    auto policy = small_policy();
    policy.reservations = {{"repair", {"a100-n2"}, start_s - 10, start_s + 100, {"kim"}, {}}};
    goes_by(policy);
    has_team("vision", {"vision lab", "inha", {}, {}});
    has_user("kim");
    has_node("a100-n1", "a100", 4, 80, 163'840);
    has_node("a100-n2", "a100", 4, 80, 163'840);
    happened("node/a100-n2", NodeCordoned{"bad fan"});
    for (const std::uint32_t id : {1000u, 1001u, 1002u}) submitted(id, specification("train"));
    auto spoken = specification("spoken");
    spoken.comment = "a comment";
    happened("job/1003", JobSubmitted{spoken, JobArrayTask{1003, 1, 2}, JobHold::none, {}, {}});
    started(1000, "a100-n1", {0});
    started(1001, "a100-n1", {1, 3});
    clock.advance(std::chrono::seconds(5));
    ended(1000, JobOutcome::completed, 0);
  }
};

TEST_CASE("answers have the keys and types of a real slurmrestd's", "[golden][aicenter]") {
  Rich server;
  const auto kim = server.as("kim");
  const auto check = [&](const std::string& face, const std::string& route) {
    Shape ours;
    walk(server.get("/" + face + "/v0.0.38/" + route, kim), {}, ours);
    INFO(face << " " << route);
    CHECK(differences(recorded(face + "_" + route), ours) == "");
  };
  for (const std::string route :
       {"jobs", "nodes", "partitions", "reservations", "ping", "diag", "licenses"})
    check("slurm", route);
  for (const std::string route :
       {"jobs", "accounts", "users", "associations", "qos", "clusters", "tres", "diag"})
    check("slurmdb", route);
}

}  // namespace
}  // namespace orrery
