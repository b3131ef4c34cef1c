#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/recipes/recipe.hpp"

namespace orrery {

/// A key of `resources`, in files and in requests: both go by this table.
struct ResourceField {
  std::string_view key;
  /// What a value must be: a sentence that follows the key.
  std::string_view wanted;
  /// As pydantic would name it where a value isn't that.
  std::string_view problem_type;
  /// Of the text of a number or string. False where it is no such value.
  bool (*set)(RecipeResources& resources, std::string_view text);
  /// What null means.
  void (*clear)(RecipeResources& resources);
};

const std::vector<ResourceField>& resource_fields();
/// Null where no field has the key.
const ResourceField* find_resource_field(std::string_view key);

/// "32G", "4Gi", "512MB", "1024" (MiB); G, Gi, GB and GiB are 2^30 bytes, as Slurm has it. Rounded
/// up to MiB.
std::optional<std::uint32_t> parse_memory_mib(std::string_view text);

/// "120" (minutes), "HH:MM:SS" or "MM:SS", rounded up to minutes. 0 is none.
std::optional<std::uint32_t> parse_time_limit_min(std::string_view text);

/// From 1 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

/// Of a request whose time limit can't be read, as the original has it.
inline constexpr std::uint32_t unreadable_time_limit_min = 15;

}  // namespace orrery
