#include "cli/setting_kinds.hpp"

#include <algorithm>

#include <fmt/ranges.h>

namespace orrery {

Setting text_setting(std::string key, std::string Configuration::*member, std::string description,
                     std::vector<std::string> choices) {
  const auto set = [=](Configuration& configuration, std::string_view value) -> SetResult {
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
      return fmt::format("must be one of {}, not \"{}\"", fmt::join(choices, ", "), value);
    configuration.*member = value;
    return {};
  };
  return {std::move(key), Setting::Form::text, std::move(description), set,
          [=](const Configuration& configuration) { return configuration.*member; }};
}

Setting boolean_setting(std::string key, bool Configuration::*member, std::string description) {
  const auto set = [=](Configuration& configuration, std::string_view value) -> SetResult {
    const bool is_true = value == "true" || value == "1";
    if (!is_true && value != "false" && value != "0")
      return fmt::format("must be true or false, not \"{}\"", value);
    configuration.*member = is_true;
    return {};
  };
  return {std::move(key), Setting::Form::boolean, std::move(description), set,
          [=](const Configuration& configuration) -> std::string {
            return configuration.*member ? "true" : "false";
          }};
}

Setting ports_setting(std::string key, std::uint16_t Configuration::*first,
                      std::uint16_t Configuration::*last, std::string description) {
  const auto set = [=](Configuration& configuration, std::string_view value) -> SetResult {
    const auto dash = value.find('-');
    const auto from = parse_number<std::uint16_t>(value.substr(0, std::min(dash, value.size())));
    const auto to =
        dash == std::string_view::npos ? from : parse_number<std::uint16_t>(value.substr(dash + 1));
    if (!from || !to || *from < 1'024 || *to < *from)
      return fmt::format("must be FIRST-LAST within 1024-65535, not \"{}\"", value);
    configuration.*first = *from;
    configuration.*last = *to;
    return {};
  };
  return {std::move(key), Setting::Form::text, std::move(description), set,
          [=](const Configuration& configuration) {
            return fmt::format("{}-{}", configuration.*first, configuration.*last);
          }};
}

}  // namespace orrery
