#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/configuration.hpp"

namespace orrery {

using SetResult = boost::system::result<void, std::string>;

/// None unless all of the text is the number.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// What lines of the table are made of: each reads and shows one member, or two, of the
/// configuration.
template <class Number>
Setting number_setting(std::string key, Number Configuration::*member, Number min, Number max,
                       std::string description) {
  const auto set = [=](Configuration& configuration, std::string_view text) -> SetResult {
    const auto value = parse_number<Number>(text);
    if (!value || !(*value >= min && *value <= max))
      return fmt::format("must be a number from {} to {}, not \"{}\"", min, max, text);
    configuration.*member = *value;
    return {};
  };
  return {
      std::move(key), Setting::Form::number, std::move(description), set,
      [=](const Configuration& configuration) { return fmt::format("{}", configuration.*member); }};
}

/// Any text where there are no choices.
Setting text_setting(std::string key, std::string Configuration::*member, std::string description,
                     std::vector<std::string> choices = {});

Setting boolean_setting(std::string key, bool Configuration::*member, std::string description);

/// "20000-20999", or one port.
Setting ports_setting(std::string key, std::uint16_t Configuration::*first,
                      std::uint16_t Configuration::*last, std::string description);

}  // namespace orrery
