#pragma once

#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>
#include <boost/system/result.hpp>

namespace orrery {

/// Why a text can't be used as YAML.
struct YamlProblem {
  /// From 1.
  std::uint32_t line = 1;
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const YamlProblem& problem,
                                             const boost::source_location& location);

using YamlResult = boost::system::result<YAML::Node, YamlProblem>;

/// The one document of a text that others may have written: no deeper than a recipe is, with no
/// alias (which could stand for itself, or for a billion others) and no tag. An empty text is null.
YamlResult parse_yaml(const std::string& text);

/// From 1.
std::uint32_t line_of(const YAML::Node& node);

}  // namespace orrery
