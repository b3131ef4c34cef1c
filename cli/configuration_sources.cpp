#include "cli/configuration_sources.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

#include "drivers/runs/process_table.hpp"

namespace orrery {
namespace {

constexpr std::string_view variable_prefix = "ORRERY_";
constexpr std::string_view config_variable = "ORRERY_CONFIG";
/// Of clients: where a server is (by either name) and what opens it; and the mark of what a driver
/// runs, for a job's script calls clients. A server has no use for them.
constexpr std::array<std::string_view, 4> other_variables{"ORRERY_URL", "ORRERY_SERVER",
                                                          "ORRERY_KEY", run_mark};

ConfigurationResult<void> apply(const GivenValues& given, EffectiveConfiguration& effective) {
  for (const auto& [key, value] : given) {
    const auto applied = find_setting(key)->set(effective.values, value.text);
    if (!applied)
      return ConfigurationFailure{fmt::format("{}: {} {}", value.origin, key, applied.error())};
    effective.origins[key] = value.origin;
  }
  return {};
}

ConfigurationResult<void> check_together(const Configuration& values) {
  if (values.http_tls_certificate.empty() != values.http_tls_key.empty())
    return ConfigurationFailure{"http.tls-certificate and http.tls-key go together"};
  return {};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

void throw_exception_from_error(const ConfigurationFailure& failure,
                                const boost::source_location&) {
  throw std::logic_error(failure.message);
}

ConfigurationResult<GivenValues> values_of_environment(
    const std::map<std::string, std::string>& variables) {
  std::vector<std::string> known{std::string(config_variable)};
  for (const auto& setting : settings()) known.push_back(setting.variable());
  GivenValues values;
  for (const auto& [name, text] : variables) {
    if (!name.starts_with(variable_prefix) || name == config_variable) continue;
    if (std::ranges::find(other_variables, name) != other_variables.end()) continue;
    const auto place = std::find(known.begin() + 1, known.end(), name);
    if (place == known.end())
      return ConfigurationFailure{
          fmt::format("environment: {} is no setting{}", name, nearest_hint(name, known))};
    const auto& setting = settings()[place - known.begin() - 1];
    values[setting.key] = {text, "environment " + name};
  }
  return values;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

ConfigurationResult<EffectiveConfiguration> load_configuration(
    const GivenValues& flags, const std::map<std::string, std::string>& environment,
    std::optional<std::filesystem::path> file) {
  const auto named = environment.find(std::string(config_variable));
  if (!file && named != environment.end()) file = named->second;

  EffectiveConfiguration effective;
  for (const auto& setting : settings()) effective.origins[setting.key] = "default";
  if (file) {
    const auto given = values_of_file(*file);
    if (!given) return given.error();
    if (const auto applied = apply(*given, effective); !applied) return applied.error();
  }
  const auto variables = values_of_environment(environment);
  if (!variables) return variables.error();
  if (const auto applied = apply(*variables, effective); !applied) return applied.error();
  if (const auto applied = apply(flags, effective); !applied) return applied.error();
  if (const auto checked = check_together(effective.values); !checked) return checked.error();
  return effective;
}

std::string to_toml(const EffectiveConfiguration& configuration) {
  std::string out;
  std::string section;
  for (const auto& setting : settings()) {
    const auto dot = setting.key.rfind('.');
    const auto own_section = dot == std::string::npos ? "" : setting.key.substr(0, dot);
    if (own_section != section) {
      out += fmt::format("\n[{}]\n", own_section);
      section = own_section;
    }
    const auto name = setting.key.substr(dot == std::string::npos ? 0 : dot + 1);
    const auto value = setting.get(configuration.values);
    const auto line =
        fmt::format("{} = {}", name, setting.form == Setting::Form::text ? quoted(value) : value);
    out += fmt::format("{:<40} # {}\n", line, configuration.origins.at(setting.key));
  }
  return out;
}

}  // namespace orrery
