#include "cli/fault_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <boost/describe/members.hpp>
#include <boost/json/parse.hpp>
#include <boost/mp11/algorithm.hpp>

#include "sim/clusters/fault_plan.hpp"

namespace orrery {
namespace {

namespace json = boost::json;
using Result = boost::system::result<json::object, AdminFailure>;

json::object rates_json(const FaultRates& rates) {
  json::object written;
  using Members = boost::describe::describe_members<FaultRates, boost::describe::mod_any_access>;
  boost::mp11::mp_for_each<Members>(
      [&](auto member) { written[member.name] = rates.*member.pointer; });
  return written;
}

/// A mistyped key would otherwise be a fault that never comes.
Result known_keys(json::object file, std::string_view name) {
  for (const auto& each : file)
    if (each.key() != "rates" && each.key() != "script")
      return AdminFailure{
          fmt::format("{}: \"{}\" is not known here; there are [rates] and [[script]]", name,
                      std::string_view(each.key()))};
  return file;
}

Result parse_json(std::string_view text, std::string_view name) {
  json::error_code failure;
  auto value = json::parse({text.data(), text.size()}, failure);
  if (failure || !value.is_object()) return AdminFailure{fmt::format("{}: no JSON object", name)};
  return known_keys(std::move(value.as_object()), name);
}

}  // namespace

Result parse_faults(std::string_view text, std::string_view name) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return parse_json(text, name);
  try {
    std::ostringstream written;
    written << toml::json_formatter(toml::parse(text, name));
    return parse_json(written.str(), name);
  } catch (const toml::parse_error& failure) {
    return AdminFailure{
        fmt::format("{}, line {}: {}", name, failure.source().begin.line, failure.description())};
  }
}

Result faults_of(const std::string& word) {
  if (word == "none") return json::object{};
  if (word == "published") return json::object{{"rates", rates_json(published_fault_rates())}};
  std::ifstream file(word, std::ios::binary);
  if (!file || std::filesystem::is_directory(word))
    return AdminFailure{fmt::format(
        "--faults: no file {} can be read; say published, none, or a file (docs/simulation.md)",
        word)};
  return parse_faults(std::string(std::istreambuf_iterator<char>(file), {}), word);
}

}  // namespace orrery
