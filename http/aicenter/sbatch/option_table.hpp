#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "http/aicenter/sbatch/options.hpp"

namespace orrery::sbatch {

/// One option that a command knows.
struct OptionRow {
  enum class Argument : std::uint8_t { none, optional, required };
  using Set = Parsed<void> (*)(SbatchOptions&, std::string_view name, std::string_view value);

  /// Long, without dashes.
  std::string_view name;
  /// '\0': there is none.
  char letter = '\0';
  Argument argument = Argument::required;
  Set set = nullptr;
  /// Commands that have it, one bit each (`tool_bit`).
  std::uint8_t tools = 0;
};

constexpr std::uint8_t tool_bit(Tool tool) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(tool));
}

/// By name.
std::span<const OptionRow> option_rows();

/// "sbatch", "srun", "salloc".
std::string_view name_of(Tool tool);

}  // namespace orrery::sbatch
