#include "drivers/runs/process_environment.hpp"

#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "actors/service/variable_names.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/program_search.hpp"

namespace orrery {
namespace {

using TextResult = boost::system::result<std::string, LaunchFailure>;

/// A value of a variable may refer to others, not to itself by way of them.
constexpr int depth_max = 8;
/// The kernel takes words of 128 KiB at most.
constexpr std::size_t word_bytes_max = 100'000;

/// The names that stand in braces, and what they mean.
class Placeholders {
 public:
  Placeholders(Variables given, const std::vector<EnvironmentVariable>& environment)
      : given_(std::move(given)) {
    for (const auto& variable : environment) variables_[variable.name] = variable.value;
  }

  TextResult fill_in(std::string_view text, int depth = 0) const {
    std::string filled;
    for (std::size_t at = 0; at < text.size();) {
      const auto start = text.find("${", at);
      if (start == std::string_view::npos) {
        filled += text.substr(at);
        break;
      }
      if (start > at && text[start - 1] == '$') {
        filled += text.substr(at, start - at);
        filled += '{';
        at = start + 2;
        continue;
      }
      const auto end = text.find('}', start);
      if (end == std::string_view::npos)
        return LaunchFailure{"bad_placeholder", fmt::format("\"{}\" has no end.", text)};
      filled += text.substr(at, start - at);
      const auto value = meaning(text.substr(start + 2, end - start - 2), depth);
      if (!value) return value.error();
      filled += *value;
      at = end + 1;
      if (filled.size() > word_bytes_max) break;
    }
    if (filled.size() > word_bytes_max)
      return LaunchFailure{"bad_placeholder", "A word of the command or environment is too long."};
    return TextResult(boost::system::in_place_value, std::move(filled));
  }

 private:
  TextResult meaning(std::string_view name, int depth) const {
    if (const auto found = given_.find(name); found != given_.end())
      return TextResult(boost::system::in_place_value, found->second);
    const auto found = variables_.find(name);
    if (found == variables_.end())
      return LaunchFailure{"bad_placeholder", fmt::format("${{{}}} stands for nothing.", name)};
    if (depth == depth_max)
      return LaunchFailure{"bad_placeholder", fmt::format("${{{}}} stands for itself.", name)};
    return fill_in(found->second, depth + 1);
  }

  Variables given_;
  Variables variables_;
};

/// The names of a place that its process gets as variables, too.
Variables addresses(const GivenPlace& place) {
  Variables named{{"HOST", place.host}};
  for (std::size_t i = 0; i < place.ports.size(); ++i)
    named[i == 0 ? "PORT" : fmt::format("PORT_{}", i + 1)] = std::to_string(place.ports[i]);
  return named;
}

std::string unquoted(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == value.back() &&
                         (value.front() == '"' || value.front() == '\'');
  return std::string(is_quoted ? value.substr(1, value.size() - 2) : value);
}

void set(Variables& environment, const Variables& more) {
  for (const auto& [name, value] : more) environment[name] = value;
}

}  // namespace

void throw_exception_from_error(const LaunchFailure& failure, const boost::source_location&) {
  throw std::logic_error(failure.message);
}

bool is_utf8(std::string_view text) {
  boost::json::error_code failure;
  boost::json::parse(boost::json::serialize(boost::json::string(text)), failure);
  return !failure;
}

boost::system::result<Variables, LaunchFailure> read_environment_file(
    const std::filesystem::path& file) {
  Variables variables;
  if (file.empty()) return variables;
  std::ifstream in(file);
  const auto failure = [&](std::string_view what) {
    return LaunchFailure{"environment_file", fmt::format("The environment file {}.", what)};
  };
  if (!in) return failure("can't be read");
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    if (equals == std::string::npos || equals == 0 || line.find('\0') != std::string::npos)
      return failure(fmt::format("has no NAME=value in line {}", number));
    if (!is_utf8(line)) return failure(fmt::format("is no UTF-8 in line {}", number));
    variables[line.substr(0, equals)] = unquoted(std::string_view(line).substr(equals + 1));
  }
  return variables;
}

boost::system::result<ReadyCommand, LaunchFailure> prepare_command(const ServiceLaunch& launch,
                                                                   const Variables& of_operator,
                                                                   const GivenPlace& place) {
  ReadyCommand ready;
  auto& environment = ready.environment;
  environment = {
      {"PATH", std::string(search_path)}, {"HOME", place.work_directory}, {"LANG", "C.UTF-8"}};
  set(environment, of_operator);

  const auto given_addresses = addresses(place);
  auto given = given_addresses;
  set(given, {{"SERVICE_ID", place.service_id}, {"RECIPES", place.recipes}});
  const Placeholders placeholders(std::move(given), launch.environment);
  for (const auto& variable : launch.environment) {
    if (!is_allowed_variable(variable.name))
      return LaunchFailure{"environment_refused",
                           fmt::format("No service may set {}.", variable.name)};
    auto value = placeholders.fill_in(variable.value);
    if (!value) return value.error();
    environment[variable.name] = std::move(*value);
  }
  set(environment, given_addresses);
  set(environment, {{"CUDA_VISIBLE_DEVICES", fmt::format("{}", fmt::join(place.gpu_indices, ","))},
                    {"CUDA_DEVICE_ORDER", "PCI_BUS_ID"},
                    {std::string(run_mark), place.run_directory}});

  for (const auto& word : launch.command) {
    auto filled = placeholders.fill_in(word);
    if (!filled) return filled.error();
    ready.command.push_back(std::move(*filled));
  }
  return ready;
}

}  // namespace orrery
