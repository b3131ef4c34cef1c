#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/service_events.hpp"

namespace orrery {

/// What a service gets, before it is divided among nodes and replicas. 0 and empty: not said.
struct RecipeResources {
  std::uint32_t node_count = 1;
  /// Of each node.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  std::uint32_t gpu_count = 0;
  /// 0: one replica a node, with all of its GPUs.
  std::uint32_t gpu_per_replica = 0;
  /// Empty: any model.
  std::string gpu_model;
  /// 0: no limit.
  std::uint32_t time_limit_min = 0;

  bool operator==(const RecipeResources&) const = default;
};

/// One file of the folder of recipes: how a kind of service is started (docs/recipes.md).
struct Recipe {
  /// "<category>/<stem of the file>": what it is called by.
  std::string path;
  std::string category;
  /// Its own name, which services are named after; the stem where the file gives none.
  std::string name;
  std::string description;
  std::string version;
  ServiceLaunch launch;
  /// Names the variable of the environment that says where the service listens; empty: the first
  /// one of `launch.ports` does.
  std::string port_variable;
  RecipeResources resources;
  /// Variables that a request may set beside those of `launch.environment`: names, or beginnings of
  /// names with a "*" after them. What `is_allowed_variable` refuses stays refused.
  std::vector<std::string> request_environment;

  bool operator==(const Recipe&) const = default;
};

/// Files of recipes are at most this long.
inline constexpr std::size_t recipe_bytes_max = std::size_t{64} << 10;

/// Of categories, files and recipes: [a-z0-9][a-z0-9._-]{0,62}.
bool is_recipe_name(std::string_view name);

}  // namespace orrery
