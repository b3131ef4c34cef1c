#pragma once

#include <cstdint>
#include <string_view>

namespace orrery::aicenter {

/// A key of v0.0.38's job properties.
struct RestKey {
  enum class Kind : std::uint8_t {
    /// Goes to the option as it is, numbers and words alike.
    value,
    /// A whole number.
    number,
    /// The option is set where it is true.
    flag,
    /// "requeue": either of two options.
    requeue,
    /// "nodes": a number, a range as text, or [least, most].
    nodes,
    /// "exclusive": the schema has other words than the option.
    exclusive,
    environment,
    arguments,
    /// slurmrestd knows it and lets nobody say it.
    disabled,
  };

  std::string_view name;
  Kind kind = Kind::value;
  /// Of sbatch, without dashes.
  std::string_view option;
  /// What slurmrestd says of a value that the option doesn't take; empty: nothing but that parsing
  /// failed.
  std::string_view complaint;
  /// Slurm's number where its controller judges the value, not slurmrestd.
  int number = 0;
};

/// Null where there is none of that name.
const RestKey* find_rest_key(std::string_view name);

}  // namespace orrery::aicenter
