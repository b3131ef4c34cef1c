#include "cli/policy_file.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/json/array.hpp>

#include "actors/batch/policy_check.hpp"
#include "http/aicenter/policy_document.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

json::value json_of(const toml::node& node);

json::value json_of_table(const toml::table& table) {
  json::object object;
  for (const auto& [key, each] : table) object[key.str()] = json_of(each);
  return object;
}

json::value json_of_array(const toml::array& items) {
  json::array array;
  for (const auto& each : items) array.push_back(json_of(each));
  return array;
}

/// Dates as they are written.
json::value json_of(const toml::node& node) {
  if (const auto* table = node.as_table()) return json_of_table(*table);
  if (const auto* array = node.as_array()) return json_of_array(*array);
  if (const auto* text = node.as_string()) return json::value(text->get());
  if (const auto* number = node.as_integer()) return json::value(number->get());
  if (const auto* boolean = node.as_boolean()) return json::value(boolean->get());
  if (const auto* number = node.as_floating_point()) return json::value(number->get());
  std::ostringstream out;
  node.visit([&](const auto& each) {
    if constexpr (toml::is_value<decltype(each)>) out << each;
  });
  return json::value(out.str());
}

/// Entries of lists are named by one of these.
constexpr const char* name_keys[] = {"name", "id", "gpu_model"};

/// The entry of that number or name; null where there is none.
const toml::node* entry_of(const toml::array& array, std::string_view word) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  if (error == std::errc{} && end == word.data() + word.size()) return array.get(index);
  for (const auto& each : array) {
    if (each.value<std::string>() == word) return &each;
    const auto* table = each.as_table();
    if (table == nullptr) continue;
    for (const auto* key : name_keys)
      if ((*table)[key].value<std::string>() == word) return &each;
  }
  return nullptr;
}

/// Where something stands: the innermost part of "partitions[1].nodes[0]", or of
/// "partitions.p2.nodes", that the file has.
toml::source_index line_of(const toml::table& file, const std::string& place) {
  std::vector<std::string> words;
  boost::algorithm::split(
      words, place, [](char c) { return c == '.' || c == '[' || c == ']'; },
      boost::algorithm::token_compress_on);
  const toml::node* node = &file;
  for (const auto& word : words) {
    if (word.empty()) continue;
    const toml::node* within = nullptr;
    if (const auto* table = node->as_table()) within = table->get(word);
    if (const auto* array = node->as_array()) within = entry_of(*array, word);
    if (within == nullptr) break;
    node = within;
  }
  return node->source().begin.line;
}

class Problems {
 public:
  Problems(const toml::table& file, std::string_view name) : file_(file), name_(name) {}

  void add(const std::string& place, std::string_view message, std::string_view between = " ") {
    list_.push_back(fmt::format("{}, line {}: {}{}{}", name_, line_of(file_, place), place,
                                place.empty() ? "" : between, message));
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  const toml::table& file_;
  std::string_view name_;
  std::vector<std::string> list_;
};

PolicyFileResult read(const toml::table& file, std::string_view name) {
  Problems problems(file, name);
  auto policy = aicenter::read_policy(json_of_table(file));
  if (!policy) {
    for (const auto& problem : policy.error().problems)
      problems.add(problem.place, problem.message);
    return PolicyFileFailure{problems.take()};
  }
  const auto nonsense = batch::problems_of(*policy);
  if (nonsense.empty()) return std::move(*policy);
  for (const auto& problem : nonsense) problems.add(problem.place, problem.sentence, ": ");
  return PolicyFileFailure{problems.take()};
}

void add_to(toml::array& array, const json::value& value);
toml::table toml_of(const json::object& object);

toml::array toml_of(const json::array& items) {
  toml::array array;
  for (const auto& each : items) add_to(array, each);
  return array;
}

void add_to(toml::array& array, const json::value& value) {
  if (value.is_object()) return array.push_back(toml_of(value.get_object()));
  array.push_back(std::string(value.as_string()));
}

toml::table toml_of(const json::object& object) {
  toml::table table;
  for (const auto& [key, value] : object) {
    const std::string name = key;
    if (value.is_object()) table.insert(name, toml_of(value.get_object()));
    if (value.is_array()) table.insert(name, toml_of(value.get_array()));
    if (value.is_string()) table.insert(name, std::string(value.get_string()));
    if (value.is_bool()) table.insert(name, value.get_bool());
    if (value.is_number()) table.insert(name, value.to_number<std::int64_t>());
  }
  return table;
}

}  // namespace

void throw_exception_from_error(const PolicyFileFailure& failure, const boost::source_location&) {
  throw std::logic_error(boost::algorithm::join(failure.problems, "\n"));
}

PolicyFileResult read_policy_toml(std::string_view text, std::string_view name) {
  try {
    return read(toml::parse(text), name);
  } catch (const toml::parse_error& error) {
    return PolicyFileFailure{
        {fmt::format("{}, line {}: {}", name, error.source().begin.line, error.description())}};
  }
}

PolicyFileResult read_policy_file(const std::filesystem::path& file) {
  std::error_code failure;  // A directory opens, and throws when it is read.
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, failure))
    return PolicyFileFailure{{fmt::format("{} cannot be read", file.string())}};
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return read_policy_toml(text, file.string());
}

std::string policy_toml(const BatchPolicy& policy) {
  std::ostringstream out;
  out << toml_of(aicenter::policy_json(policy)) << '\n';
  return out.str();
}

}  // namespace orrery
