#include "http/recipes/recipe_file.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/trim.hpp>

#include "actors/service/variable_names.hpp"
#include "http/json/plain_text.hpp"
#include "http/recipes/environment_names.hpp"
#include "http/recipes/recipe_placeholders.hpp"
#include "http/recipes/resource_fields.hpp"
#include "http/recipes/yaml_document.hpp"

namespace orrery {
namespace {

constexpr std::size_t problems_max = 50;
constexpr std::size_t description_bytes_max = 1'024;
constexpr std::size_t version_bytes_max = 64;
constexpr std::size_t image_bytes_max = 512;
constexpr std::size_t arguments_max = 256;
constexpr std::size_t argument_bytes_max = 4'096;
constexpr std::size_t ports_max = 16;
constexpr std::size_t patterns_max = 32;
constexpr std::size_t pattern_bytes_max = 256;
constexpr std::size_t path_bytes_max = 1'024;

constexpr std::uint32_t probe_interval_ms = 1'000;
constexpr std::uint32_t probe_interval_ms_min = 10;
constexpr std::uint32_t probe_interval_ms_max = 60'000;
constexpr std::uint32_t start_timeout_s_max = 24 * 60 * 60;
constexpr std::uint32_t grace_period_s = 10;
constexpr std::uint32_t grace_period_s_max = 60 * 60;

/// What stands there, for "…, not …".
std::string written(const YAML::Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  return node.IsNull() ? "nothing" : fmt::format("\"{}\"", node.Scalar());
}

class RecipeReader {
 public:
  explicit RecipeReader(const RecipeFile& file) : file_(file) {
    recipe_.path = file.path();
    recipe_.category = file.category;
    recipe_.name = file.stem;
    recipe_.launch.grace_period_s = grace_period_s;
  }

  RecipeFileResult read(const YAML::Node& root) {
    if (!root.IsMap()) {
      refuse(1, "a recipe is a map of keys: name, description, version …");
    } else {
      read_map(root, "", fields());
      examine_whole(root);
    }
    if (problems_.empty()) return std::move(recipe_);
    std::ranges::stable_sort(problems_, {}, &RecipeProblem::line);
    return RecipeFileFailure{std::move(problems_)};
  }

 private:
  using Field = std::function<void(const YAML::Node&, const std::string& key)>;
  using Fields = std::map<std::string, Field>;

  void refuse(std::uint32_t line, std::string message) {
    if (problems_.size() < problems_max)
      problems_.push_back({file_.file(), line, std::move(message)});
  }
  /// Where nothing stands, its key does.
  void refuse(const YAML::Node& node, std::string message) {
    refuse(node.IsNull() ? key_line_ : line_of(node), std::move(message));
  }

  Fields fields() {
    auto& launch = recipe_.launch;
    return {
        {"name", [&](auto& node, auto& key) { read_name(node, key); }},
        {"category", [&](auto& node, auto& key) { read_category(node, key); }},
        {"description",
         [&](auto& node, auto& key) {
           recipe_.description = text(node, key, description_bytes_max);
         }},
        {"version",
         [&](auto& node, auto& key) { recipe_.version = text(node, key, version_bytes_max); }},
        {"image", [&](auto& node, auto& key) { launch.image = text(node, key, image_bytes_max); }},
        {"command", [&](auto& node, auto& key) { read_command(node, key); }},
        {"ports", [&](auto& node, auto& key) { read_ports(node, key); }},
        {"port_variable", [&](auto& node, auto& key) { read_port_variable(node, key); }},
        {"environment", [&](auto& node, auto& key) { read_environment(node, key); }},
        {"request_environment",
         [&](auto& node, auto& key) { read_request_environment(node, key); }},
        {"resources", [&](auto& node, auto& key) { read_resources(node, key); }},
        {"readiness", [&](auto& node, auto& key) { read_readiness(node, key); }},
        {"grace_period_s",
         [&](auto& node, auto& key) {
           launch.grace_period_s = number(node, key, 0, grace_period_s_max);
         }},
        {"log_patterns", [&](auto& node, auto& key) { read_log_patterns(node, key); }},
    };
  }

  /// Hands every value of a map to its field. `within` ends in a dot, or is empty.
  void read_map(const YAML::Node& map, const std::string& within, const Fields& fields) {
    std::set<std::string> seen;
    for (const auto& entry : map) {
      const auto key = entry.first.IsScalar() ? entry.first.Scalar() : written(entry.first);
      const auto field = fields.find(key);
      key_line_ = line_of(entry.first);
      if (field == fields.end())
        refuse(entry.first, fmt::format("{}{} is unknown; there are {}", within, key,
                                        boost::algorithm::join(keys_of(fields), ", ")));
      else if (!seen.insert(key).second)
        refuse(entry.first, fmt::format("{}{} stands here twice", within, key));
      else
        field->second(entry.second, within + key);
    }
  }

  static std::vector<std::string> keys_of(const Fields& fields) {
    std::vector<std::string> keys;
    for (const auto& [key, field] : fields) keys.push_back(key);
    return keys;
  }

  void read_map_field(const YAML::Node& node, const std::string& key, const Fields& fields) {
    if (node.IsMap()) return read_map(node, key + ".", fields);
    if (!node.IsNull()) refuse(node, fmt::format("{} must be a map, not {}", key, written(node)));
  }

  /// Something visible of a length; empty where it isn't.
  std::string text(const YAML::Node& node, const std::string& key, std::size_t bytes_max) {
    if (!node.IsScalar()) {
      refuse(node, fmt::format("{} must be a text, not {}", key, written(node)));
      return "";
    }
    auto value = boost::algorithm::trim_copy(node.Scalar());
    if (value.size() > bytes_max)
      refuse(node, fmt::format("{} must have at most {} bytes", key, bytes_max));
    else if (!is_plain_text(value))
      refuse(node, fmt::format("{} {}", key, plain_text_wanted));
    return value;
  }

  std::uint32_t number(const YAML::Node& node, const std::string& key, std::uint32_t min,
                       std::uint32_t max) {
    std::uint32_t value = 0;
    // YAML's own reading: octal and hexadecimal numbers too, but nothing negative.
    const bool is_number = node.IsScalar() && !node.Scalar().starts_with('-') &&
                           YAML::convert<std::uint32_t>::decode(node, value);
    if (is_number && value >= min && value <= max) return value;
    refuse(node, fmt::format("{} must be a whole number from {} to {}, not {}", key, min, max,
                             written(node)));
    return min;
  }

  /// Calls `each` with the items of a list.
  void read_list(const YAML::Node& node, const std::string& key, std::size_t count_max,
                 const std::function<void(const YAML::Node&)>& each) {
    if (!node.IsSequence())
      return refuse(node, fmt::format("{} must be a list, not {}", key, written(node)));
    if (node.size() > count_max)
      return refuse(node, fmt::format("{} must have at most {} items", key, count_max));
    for (const auto& item : node) each(item);
  }

  void read_name(const YAML::Node& node, const std::string& key) {
    recipe_.name = text(node, key, version_bytes_max);
    if (!is_recipe_name(recipe_.name))
      refuse(node,
             "name must have small letters, digits, dots, dashes and underscores, 63 at "
             "most, and begin with a letter or digit");
  }

  void read_category(const YAML::Node& node, const std::string& key) {
    if (text(node, key, version_bytes_max) != file_.category)
      refuse(node, fmt::format("category must be {}, as the folder is", file_.category));
  }

  void read_command(const YAML::Node& node, const std::string& key) {
    auto& command = recipe_.launch.command;
    read_list(node, key, arguments_max, [&](const YAML::Node& item) {
      command.push_back(item.IsScalar() ? item.Scalar() : "");
      if (!item.IsScalar())
        refuse(item, fmt::format("{} must be texts, not {}", key, written(item)));
      else if (command.back().size() > argument_bytes_max)
        refuse(item, fmt::format("an argument must have at most {} bytes", argument_bytes_max));
      else if (has_broken_placeholder(command.back()))
        refuse(item, "a placeholder is ${NAME}; shells' other forms belong into a script");
      else if (const auto wrong = misplaced_placeholder(command); !wrong.empty())
        refuse(item, std::string(wrong));
    });
    if (command.empty() || command.front().empty())
      refuse(node, "command must be a list of a program and its arguments");
  }

  void read_ports(const YAML::Node& node, const std::string& key) {
    auto& ports = recipe_.launch.ports;
    read_list(node, key, ports_max, [&](const YAML::Node& item) {
      const auto port = static_cast<std::uint16_t>(number(item, key, 1, 65'535));
      if (std::ranges::find(ports, port) == ports.end()) ports.push_back(port);
    });
  }

  void read_port_variable(const YAML::Node& node, const std::string& key) {
    recipe_.port_variable = text(node, key, version_bytes_max);
  }

  void read_environment(const YAML::Node& node, const std::string& key) {
    if (!node.IsMap() && !node.IsNull())
      return refuse(node, fmt::format("{} must be a map, not {}", key, written(node)));
    std::map<std::string, std::string> environment;
    for (const auto& entry : node) {
      const auto name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      key_line_ = line_of(entry.first);
      if (!is_allowed_variable(name))
        refuse(entry.first, fmt::format("a name of environment {}", variable_name_wanted));
      else if (!entry.second.IsScalar())
        refuse(entry.second,
               fmt::format("environment.{} must be a text, not {}", name, written(entry.second)));
      else if (entry.second.Scalar().size() > environment_value_bytes_max)
        refuse(entry.second, fmt::format("environment.{} must have at most {} bytes", name,
                                         environment_value_bytes_max));
      else if (has_broken_placeholder(entry.second.Scalar()))
        refuse(entry.second, "a placeholder is ${NAME}");
      else if (!environment.emplace(name, entry.second.Scalar()).second)
        refuse(entry.first, fmt::format("environment.{} stands here twice", name));
    }
    if (environment.size() > environment_variables_max)
      refuse(node,
             fmt::format("{} must have at most {} variables", key, environment_variables_max));
    for (auto& [name, value] : environment)
      recipe_.launch.environment.push_back({name, std::move(value)});
  }

  void read_request_environment(const YAML::Node& node, const std::string& key) {
    auto& patterns = recipe_.request_environment;
    read_list(node, key, environment_variables_max, [&](const YAML::Node& item) {
      auto pattern = item.IsScalar() ? item.Scalar() : "";
      const auto name =
          std::string_view(pattern).substr(0, pattern.size() - (pattern.ends_with('*') ? 1 : 0));
      if (pattern != "*" && !is_allowed_variable(name))
        refuse(item, fmt::format("{} are names; a * at the end is any ending. A name {}", key,
                                 variable_name_wanted));
      else
        patterns.push_back(std::move(pattern));
    });
  }

  void read_resources(const YAML::Node& node, const std::string& key) {
    Fields fields;
    for (const auto& field : resource_fields())
      fields[std::string(field.key)] = [&](const YAML::Node& value, const std::string& place) {
        if (value.IsNull()) return field.clear(recipe_.resources);
        if (!value.IsScalar() || !field.set(recipe_.resources, value.Scalar()))
          refuse(value, fmt::format("{} {}, not {}", place, field.wanted, written(value)));
      };
    read_map_field(node, key, fields);
  }

  void read_readiness(const YAML::Node& node, const std::string& key) {
    auto& launch = recipe_.launch;
    const Fields fields{
        {"path",
         [&](auto& value, auto& place) {
           launch.probe_path = text(value, place, path_bytes_max);
           if (!launch.probe_path.starts_with('/') ||
               launch.probe_path.find(' ') != std::string::npos)
             refuse(value, fmt::format("{} must be a path, such as /health", place));
         }},
        {"interval_ms",
         [&](auto& value, auto& place) {
           launch.probe_interval_ms =
               number(value, place, probe_interval_ms_min, probe_interval_ms_max);
         }},
        {"timeout_s",
         [&](auto& value, auto& place) {
           launch.start_timeout_s = number(value, place, 0, start_timeout_s_max);
         }},
    };
    read_map_field(node, key, fields);
    if (!launch.probe_path.empty() && launch.probe_interval_ms == 0)
      launch.probe_interval_ms = probe_interval_ms;
  }

  void read_log_patterns(const YAML::Node& node, const std::string& key) {
    Fields fields;
    for (const auto& [name, stage] : {std::pair("building", ServiceStage::building),
                                      std::pair("starting", ServiceStage::starting),
                                      std::pair("running", ServiceStage::running)})
      fields[name] = [&, stage = stage](const YAML::Node& value, const std::string& place) {
        read_list(value, place, patterns_max, [&](const YAML::Node& item) {
          recipe_.launch.log_patterns.push_back({text(item, place, pattern_bytes_max), stage});
        });
      };
    read_map_field(node, key, fields);
  }

  /// What only all keys together tell.
  void examine_whole(const YAML::Node& root) {
    for (const auto* key : {"description", "version"})
      if (!root[key]) refuse(1, fmt::format("{} is missing", key));
    if (!root["command"] && !root["image"])
      refuse(1, "command or image is missing: nothing says what to run");
    const auto& variable = recipe_.port_variable;
    if (variable.empty()) return;
    const auto& environment = recipe_.launch.environment;
    const auto found = std::ranges::find(environment, variable, &EnvironmentVariable::name);
    if (found == environment.end() || !parse_port(found->value))
      refuse(root["port_variable"], fmt::format("environment.{} must be a port", variable));
  }

  const RecipeFile& file_;
  /// Of the value that is being read.
  std::uint32_t key_line_ = 1;
  Recipe recipe_;
  std::vector<RecipeProblem> problems_;
};

}  // namespace

void throw_exception_from_error(const RecipeFileFailure& failure, const boost::source_location&) {
  throw std::logic_error(to_text(failure.problems.front()));
}

RecipeFileResult read_recipe(std::string_view yaml, const RecipeFile& file) {
  const auto root = parse_yaml(std::string(yaml));
  if (!root) return RecipeFileFailure{{{file.file(), root.error().line, root.error().message}}};
  return RecipeReader(file).read(*root);
}

}  // namespace orrery
