#include "http/recipes/recipe_merge.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "actors/service/variable_names.hpp"
#include "http/recipes/environment_names.hpp"
#include "http/recipes/resource_fields.hpp"

namespace orrery {
namespace {

namespace dom = simdjson::dom;

/// It stays in the event of the service, and is shown with it.
constexpr std::size_t config_bytes_max = std::size_t{64} << 10;

std::string json_of(dom::element element) { return simdjson::minify(element); }

/// A number, string or boolean as somebody would write it into a file.
std::optional<std::string> text_of(dom::element element) {
  std::string_view text;
  std::int64_t number = 0;
  double real = 0;
  bool truth = false;
  if (element.get(text) == simdjson::SUCCESS) return std::string(text);
  if (element.get(truth) == simdjson::SUCCESS) return truth ? "true" : "false";
  if (element.get(number) == simdjson::SUCCESS) return std::to_string(number);
  if (element.get(real) != simdjson::SUCCESS) return std::nullopt;
  const bool is_whole = std::trunc(real) == real && std::abs(real) < 1e15;
  return is_whole ? std::to_string(static_cast<std::int64_t>(real)) : json_of(element);
}

/// Merges one request; keeps the first problem.
class Merge {
 public:
  Merge(const Recipe& recipe, dom::object config) : recipe_(recipe), config_(config) {}

  MergeResult run(std::string_view recipe_name) {
    read_resources();
    read_environment();
    divide();
    merged_.specification.recipe_name = recipe_name;
    merged_.specification.recipe = recipe_.path;
    merged_.specification.recipe_version = recipe_.version;
    merged_.specification.name = recipe_.name;
    merged_.specification.launch = launch();
    merged_.specification.config = config_text();
    if (problem_) return *problem_;
    return std::move(merged_);
  }

 private:
  void refuse(std::vector<std::string> place, std::string_view type, std::string message,
              std::string input) {
    if (!problem_)
      problem_ = {std::move(place), std::string(type), std::move(message), std::move(input)};
  }

  /// Nothing where it is absent, null or no object.
  std::optional<dom::object> object_at(std::string_view key) {
    dom::element element;
    dom::object object;
    if (config_.at_key(key).get(element) != simdjson::SUCCESS || element.is_null())
      return std::nullopt;
    if (element.get(object) == simdjson::SUCCESS) return object;
    refuse({"config", std::string(key)}, "dict_type", "Input should be a valid dictionary",
           json_of(element));
    return std::nullopt;
  }

  void read_resources() {
    resources_ = recipe_.resources;
    dom::element nodes;
    if (config_.at_key("nodes").get(nodes) == simdjson::SUCCESS)
      set_resource({"config", "nodes"}, *find_resource_field("nodes"), nodes);
    const auto given = object_at("resources");
    if (!given) return;
    for (const auto [key, value] : *given)
      if (const auto* field = find_resource_field(key))
        set_resource({"config", "resources", std::string(key)}, *field, value);
  }

  void set_resource(std::vector<std::string> place, const ResourceField& field,
                    dom::element value) {
    if (value.is_null()) return field.clear(resources_);
    const auto text = value.is_bool() ? std::nullopt : text_of(value);
    if (text && field.set(resources_, *text)) return;
    if (field.key == "time_limit")
      resources_.time_limit_min = unreadable_time_limit_min;
    else
      refuse(std::move(place), field.problem_type, fmt::format("{} {}", field.key, field.wanted),
             json_of(value));
  }

  void read_environment() {
    for (const auto& variable : recipe_.launch.environment)
      environment_[variable.name] = variable.value;
    const auto given = object_at("environment");
    if (!given) return;
    for (const auto [key, value] : *given) set_variable(std::string(key), value);
    if (environment_.size() > environment_variables_max)
      refuse({"config", "environment"}, "too_long",
             fmt::format("environment must have at most {} variables", environment_variables_max),
             "{}");
  }

  void set_variable(const std::string& name, dom::element value) {
    const auto wrong = [&](std::string_view type, std::string message) {
      refuse({"config", "environment", name}, type, std::move(message), json_of(value));
    };
    if (!is_allowed_variable(name))
      return wrong("value_error", fmt::format("a variable's name {}", variable_name_wanted));
    if (!may_be_requested(recipe_, name))
      return wrong("value_error", fmt::format("{} is not among the variables that recipe {} lets "
                                              "requests set (request_environment)",
                                              name, recipe_.path));
    if (value.is_null()) {
      environment_.erase(name);
      return;
    }
    const auto text = text_of(value);
    if (!text) return wrong("string_type", "Input should be a valid string");
    if (text->size() > environment_value_bytes_max)
      return wrong("string_too_long",
                   fmt::format("{} must have at most {} bytes", name, environment_value_bytes_max));
    // It could name what only the operator and the driver know.
    if (text->find('\0') != std::string::npos || text->find("${") != std::string::npos)
      return wrong("value_error", fmt::format("{} must contain no NUL and no \"${{\"", name));
    environment_[name] = *text;
  }

  /// What a node gets among its replicas.
  void divide() {
    merged_.node_count = resources_.node_count;
    const bool is_divided = resources_.gpu_per_replica != 0 && resources_.gpu_count != 0;
    if (is_divided) merged_.replica_count = resources_.gpu_count / resources_.gpu_per_replica;
    if (is_divided && resources_.gpu_count % resources_.gpu_per_replica != 0) {
      refuse({"config", "resources", "gpu_per_replica"}, "value_error",
             fmt::format("gpu_per_replica ({}) must divide gpu ({})", resources_.gpu_per_replica,
                         resources_.gpu_count),
             std::to_string(resources_.gpu_per_replica));
      return;
    }
    if (std::uint64_t{merged_.node_count} * merged_.replica_count > replicas_max)
      refuse({"config", "resources"}, "value_error",
             fmt::format("a group has at most {} replicas", replicas_max), "{}");
    merged_.is_group = is_divided || merged_.node_count > 1;
    const auto share = [&](std::uint32_t of_node) {
      const auto count = merged_.replica_count;
      return of_node / count + (of_node % count == 0 ? 0 : 1);
    };
    auto& each = merged_.specification.resources;
    each.cpu_count = share(resources_.cpu_count);
    each.memory_mib = share(resources_.memory_mib);
    each.gpu_count = is_divided ? resources_.gpu_per_replica : resources_.gpu_count;
    each.gpu_model = resources_.gpu_model;
    each.time_limit_min = resources_.time_limit_min;
    // A lease must ask for something.
    if (each.cpu_count == 0 && each.memory_mib == 0 && each.gpu_count == 0) each.cpu_count = 1;
  }

  ServiceLaunch launch() {
    auto launch = recipe_.launch;
    launch.environment.clear();
    for (const auto& [name, value] : environment_) launch.environment.push_back({name, value});
    if (recipe_.port_variable.empty()) return launch;
    const auto found = environment_.find(recipe_.port_variable);
    const auto port = found == environment_.end() ? std::nullopt : parse_port(found->second);
    if (!port) {
      const auto given = found == environment_.end() ? "" : found->second;
      refuse({"config", "environment", recipe_.port_variable}, "value_error",
             fmt::format("{} must be a port from 1 to 65535", recipe_.port_variable),
             boost::json::serialize(boost::json::string(given)));
      return launch;
    }
    std::erase(launch.ports, *port);
    launch.ports.insert(launch.ports.begin(), *port);
    return launch;
  }

  /// The request's own, with the `nodes` that the dialect shows where there are none.
  std::string config_text() {
    auto text = simdjson::minify(config_);
    if (config_.at_key("nodes").error() == simdjson::NO_SUCH_FIELD) {
      text.pop_back();
      text += text.size() > 1 ? R"(,"nodes":1})" : R"("nodes":1})";
    }
    if (text.size() > config_bytes_max)
      refuse({"config"}, "too_long",
             fmt::format("config must have at most {} KiB", config_bytes_max >> 10), "{}");
    return text;
  }

  const Recipe& recipe_;
  dom::object config_;
  RecipeResources resources_;
  /// Sorted, as the specification has it.
  std::map<std::string, std::string> environment_;
  MergedService merged_;
  std::optional<ConfigProblem> problem_;
};

}  // namespace

void throw_exception_from_error(const ConfigProblem& problem, const boost::source_location&) {
  throw std::logic_error(problem.message);
}

MergeResult merge(const Recipe& recipe, std::string_view recipe_name, dom::object config) {
  return Merge(recipe, config).run(recipe_name);
}

}  // namespace orrery
