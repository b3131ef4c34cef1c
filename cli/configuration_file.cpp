#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "cli/configuration_sources.hpp"

namespace orrery {
namespace {

std::vector<std::string> known_keys_and_sections() {
  std::vector<std::string> known;
  for (const auto& setting : settings()) {
    known.push_back(setting.key);
    const auto section = setting.key.substr(0, setting.key.rfind('.'));
    if (section != setting.key && section != known.back()) known.push_back(section);
  }
  return known;
}

bool is_section(const std::string& name) {
  return std::any_of(settings().begin(), settings().end(),
                     [&](const Setting& setting) { return setting.key.starts_with(name + "."); });
}

std::string place_of(const std::filesystem::path& file, const toml::node& node) {
  return fmt::format("{}, line {}", file.string(), node.source().begin.line);
}

/// The value as a flag would give it, where its type is right for the setting.
std::optional<std::string> text_of(const toml::node& node, Setting::Form form) {
  switch (form) {
    case Setting::Form::text:
      return node.value_exact<std::string>();
    case Setting::Form::boolean:
      if (const auto value = node.value_exact<bool>()) return *value ? "true" : "false";
      return std::nullopt;
    case Setting::Form::number:
      if (const auto value = node.value_exact<std::int64_t>()) return fmt::format("{}", *value);
      if (const auto value = node.value_exact<double>()) return fmt::format("{}", *value);
      return std::nullopt;
  }
  return std::nullopt;
}

constexpr std::string_view name_of(Setting::Form form) {
  switch (form) {
    case Setting::Form::text:
      return "a string";
    case Setting::Form::number:
      return "a number";
    case Setting::Form::boolean:
      return "true or false";
  }
  return "";
}

ConfigurationResult<void> collect(const std::filesystem::path& file, const toml::table& table,
                                  const std::string& prefix, GivenValues& values) {
  for (const auto& [name, node] : table) {
    const auto key = prefix + std::string(name.str());
    const auto place = place_of(file, node);
    if (node.is_table() && is_section(key)) {
      const auto collected = collect(file, *node.as_table(), key + ".", values);
      if (!collected) return collected.error();
      continue;
    }
    const auto* setting = find_setting(key);
    if (setting == nullptr)
      return ConfigurationFailure{fmt::format("{}: {} {} is unknown{}", place,
                                              node.is_table() ? "section" : "key", key,
                                              nearest_hint(key, known_keys_and_sections()))};
    const auto text = text_of(node, setting->form);
    if (!text)
      return ConfigurationFailure{
          fmt::format("{}: {} must be {}", place, key, name_of(setting->form))};
    values[key] = {*text, place};
  }
  return {};
}

}  // namespace

ConfigurationResult<GivenValues> values_of_file(const std::filesystem::path& file) {
  std::error_code failure;  // The parser takes a directory for an empty file.
  if (std::filesystem::is_directory(file, failure))
    return ConfigurationFailure{fmt::format("{} is a directory", file.string())};
  if (failure) return ConfigurationFailure{fmt::format("{}: {}", file.string(), failure.message())};
  try {
    const auto table = toml::parse_file(file.string());
    GivenValues values;
    if (const auto collected = collect(file, table, "", values); !collected)
      return collected.error();
    return values;
  } catch (const toml::parse_error& error) {
    return ConfigurationFailure{fmt::format("{}, line {}: {}", file.string(),
                                            error.source().begin.line, error.description())};
  }
}

}  // namespace orrery
