#include "cli/policy_changes.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/aicenter/policy_document.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

/// What an entry of a list is known by: a name among names, or the member that names a table.
std::string name_of(const json::value& entry) {
  if (entry.is_string()) return std::string(entry.get_string());
  for (const auto* key : {"name", "id", "gpu_model"})
    if (const auto* name = entry.as_object().if_contains(key)) return name->as_string().c_str();
  return {};
}

const json::value* find(const json::array& entries, const std::string& name) {
  const auto found =
      std::ranges::find_if(entries, [&](const auto& entry) { return name_of(entry) == name; });
  return found == entries.end() ? nullptr : &*found;
}

class Comparison {
 public:
  std::vector<std::string> lines;

  void compare(const json::value& before, const json::value& after, const std::string& place) {
    if (before == after) return;
    if (after.is_object())
      compare_objects(before.as_object(), after.as_object(), place);
    else if (after.is_array())
      compare_lists(before.as_array(), after.as_array(), place);
    else
      lines.push_back(
          fmt::format("{}: {} → {}", place, json::serialize(before), json::serialize(after)));
  }

 private:
  static std::string within(const std::string& place, std::string_view name) {
    return place.empty() ? std::string(name) : fmt::format("{}.{}", place, name);
  }

  /// Both have the same members.
  void compare_objects(const json::object& before, const json::object& after,
                       const std::string& place) {
    for (const auto& [key, value] : after)
      compare(before.at(key), value, within(place, std::string_view(key.data(), key.size())));
  }

  void compare_lists(const json::array& before, const json::array& after,
                     const std::string& place) {
    const auto first_line = lines.size();
    for (const auto& entry : before)
      if (find(after, name_of(entry)) == nullptr)
        lines.push_back(fmt::format("{}: − {}", place, name_of(entry)));
    for (const auto& entry : after) {
      const auto name = name_of(entry);
      if (const auto* known = find(before, name))
        compare(*known, entry, within(place, name));
      else
        lines.push_back(fmt::format("{}: + {}", place, name));
    }
    if (lines.size() == first_line) lines.push_back(fmt::format("{}: in another order", place));
  }
};

}  // namespace

std::vector<std::string> policy_changes(const BatchPolicy& before, const BatchPolicy& after) {
  Comparison comparison;
  comparison.compare(aicenter::policy_json(before), aicenter::policy_json(after), "");
  return std::move(comparison.lines);
}

}  // namespace orrery
