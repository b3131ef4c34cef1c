#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>
#include <boost/system/result.hpp>

#include "actors/service_group/service_group.hpp"
#include "events/service_events.hpp"
#include "http/recipes/recipe.hpp"

namespace orrery {

/// A service, or the replicas of a group, as a recipe and a request together want it.
struct MergedService {
  /// Of each replica, with its share of a node: what a service alone asks for is the whole of it.
  /// `name` has yet to get its "-<id>", and `cluster` is empty.
  ServiceSpecification specification;
  /// More than one service is wanted, or a service in several places: make a group.
  bool is_group = false;
  std::uint32_t node_count = 1;
  /// On each node.
  std::uint32_t replica_count = 1;
};

/// What is wrong with a request's `config`.
struct ConfigProblem {
  /// The way there: {"config", "resources", "cpu"}.
  std::vector<std::string> place;
  /// As FastAPI names it: "int_parsing", "dict_type", "string_type", "value_error" …
  std::string type;
  std::string message;
  /// What stands there, as JSON.
  std::string input;
};
[[noreturn]] void throw_exception_from_error(const ConfigProblem& problem,
                                             const boost::source_location& location);

using MergeResult = boost::system::result<MergedService, ConfigProblem>;

/// Services that one request may ask for.
inline constexpr std::uint32_t replicas_max = ServiceGroup::replica_count_max;

/// The recipe with what a request changes of it: `config.resources` over its resources and
/// `config.environment` over its environment, key by key; null takes a key away. Other keys of
/// `config` are kept and mean nothing, but for `nodes`. `recipe_name` is what the request calls the
/// recipe. Reads no clock and no file.
MergeResult merge(const Recipe& recipe, std::string_view recipe_name, simdjson::dom::object config);

}  // namespace orrery
