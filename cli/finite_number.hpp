#pragma once

#include <cmath>
#include <string>

#include <CLI/CLI.hpp>

namespace orrery {

/// For options that are fractions, beside their range: "nan" is no number, and lies in every range.
inline CLI::Validator finite_number() {
  return CLI::Validator(
      [](std::string& input) {
        double value = 0;
        const bool good = CLI::detail::lexical_cast(input, value) && std::isfinite(value);
        return good ? std::string() : input + " is not a number";
      },
      "");
}

}  // namespace orrery
