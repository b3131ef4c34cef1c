#include "http/aicenter/policy_document.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/mp11/algorithm.hpp>

#include "http/json/timestamp.hpp"

namespace orrery::aicenter {

namespace {

namespace json = boost::json;

/// Of nodes, partitions and the rest: each pass of the scheduler looks at all of them.
constexpr std::size_t entries_max = 10'000;
constexpr std::size_t text_bytes_max = 1'000;
constexpr std::size_t problems_max = 50;

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
json::value value_json(const T& value) {
  if constexpr (is_list<T>) {
    json::array array;
    for (const auto& each : value) array.push_back(value_json(each));
    return array;
  } else if constexpr (std::is_enum_v<T>) {
    return json::string(boost::describe::enum_to_string(value, ""));
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    json::object object;
    boost::mp11::mp_for_each<Members<T>>(
        [&](auto member) { object[member.name] = value_json(value.*member.pointer); });
    return object;
  } else {
    return json::value(value);
  }
}

struct TimeUnit {
  std::string_view word;
  std::int64_t seconds;
};
constexpr std::array<TimeUnit, 4> time_units{{{"s", 1}, {"min", 60}, {"h", 3'600}, {"d", 86'400}}};

/// Takes digits from the front.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > 1'000'000'000) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// "12h", "07:00"
std::optional<std::int64_t> seconds_of(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    const auto minutes = take_number(text);
    const bool is_of_day = minutes && text.empty() && *number <= 24 && *minutes < 60;
    return is_of_day ? std::optional(*number * 3'600 + *minutes * 60) : std::nullopt;
  }
  const auto unit = std::ranges::find(time_units, text, &TimeUnit::word);
  if (unit == time_units.end()) return std::nullopt;
  return *number * unit->seconds;
}

bool counts_minutes(std::string_view member) {
  return member.ends_with("_min") && member != "gpus_per_job_min";
}

/// A time in words as the member of that name counts it: nothing where it isn't one, or no whole
/// number of the unit.
std::optional<std::int64_t> count_of(std::string_view member, std::string_view text) {
  if (member.ends_with("_time_s")) {
    const auto moment = read_rfc3339(text);
    if (!moment) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(moment->time_since_epoch()).count();
  }
  const bool is_of_day = text.find(':') != std::string_view::npos;
  const auto seconds = seconds_of(text);
  if (!seconds || (is_of_day && !member.starts_with("quiet_"))) return std::nullopt;
  if (member.ends_with("_s")) return seconds;
  if (!counts_minutes(member) || *seconds % 60 != 0) return std::nullopt;
  return *seconds / 60;
}

class PolicyReader {
 public:
  std::vector<PolicyDocumentProblem> problems;

  template <class T>
  void read(const json::value& value, const std::string& place, std::string_view member, T& out) {
    if constexpr (is_list<T>)
      read_list(value, place, member, out);
    else if constexpr (std::is_same_v<T, bool>)
      read_boolean(value, place, out);
    else if constexpr (std::is_same_v<T, std::string>)
      read_text(value, place, out);
    else if constexpr (std::is_enum_v<T>)
      read_enum(value, place, out);
    else if constexpr (std::is_integral_v<T>)
      read_number(value, place, member, out);
    else
      read_object(value, place, out);
  }

 private:
  void refuse(const std::string& place, std::string message) {
    if (problems.size() < problems_max) problems.push_back({place, std::move(message)});
  }

  template <class T>
  void read_list(const json::value& value, const std::string& place, std::string_view member,
                 std::vector<T>& out) {
    if (!value.is_array() || value.get_array().size() > entries_max)
      return refuse(place, fmt::format("must be a list of {} at most", entries_max));
    for (const auto& each : value.get_array()) {
      const auto index = out.size();
      read(each, fmt::format("{}[{}]", place, index), member, out.emplace_back());
    }
  }

  void read_boolean(const json::value& value, const std::string& place, bool& out) {
    if (!value.is_bool()) return refuse(place, "must be true or false");
    out = value.get_bool();
  }

  void read_text(const json::value& value, const std::string& place, std::string& out) {
    if (!value.is_string() || value.get_string().size() > text_bytes_max)
      return refuse(place, fmt::format("must be a text of {} bytes at most", text_bytes_max));
    out = value.get_string();
  }

  template <class T>
  void read_enum(const json::value& value, const std::string& place, T& out) {
    if (value.is_string() &&
        boost::describe::enum_from_string(std::string(value.get_string()).c_str(), out))
      return;
    std::vector<std::string> names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto each) { names.emplace_back(each.name); });
    refuse(place, "must be one of " + boost::algorithm::join(names, ", "));
  }

  template <class T>
  void read_number(const json::value& value, const std::string& place, std::string_view member,
                   T& out) {
    std::optional<std::int64_t> number;
    if (value.is_int64()) number = value.get_int64();
    if (value.is_string())
      number = count_of(member, {value.get_string().data(), value.get_string().size()});
    if (!number || *number < std::int64_t{std::numeric_limits<T>::min()} ||
        *number > std::int64_t{std::numeric_limits<T>::max()})
      return refuse(place, wanted_number<T>(member));
    out = static_cast<T>(*number);
  }

  template <class T>
  static std::string wanted_number(std::string_view member) {
    if (member.ends_with("_time_s"))
      return "must be seconds since 1970, or a moment such as 2027-01-31T09:00:00+09:00";
    std::string_view words;
    if (member.starts_with("quiet_"))
      words = ", or such as \"07:00\"";
    else if (member.ends_with("_s"))
      words = ", or such as \"30s\"";
    else if (counts_minutes(member))
      words = ", or such as \"12h\"";
    return fmt::format("must be a number from {} to {}{}", std::numeric_limits<T>::min(),
                       std::numeric_limits<T>::max(), words);
  }

  template <class T>
  void read_object(const json::value& value, const std::string& place, T& out) {
    if (!value.is_object()) return refuse(place, "must be a table of members");
    const auto within = [&](std::string_view name) {
      return place.empty() ? std::string(name) : fmt::format("{}.{}", place, name);
    };
    for (const auto& [name, each] : value.get_object()) {
      const std::string key = name;
      bool is_known = false;
      boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        if (key != member.name) return;
        is_known = true;
        read(each, within(key), key, out.*member.pointer);
      });
      if (!is_known) refuse(within(key), "is unknown");
    }
  }
};

}  // namespace

std::string PolicyDocumentFailure::text() const {
  std::vector<std::string> lines;
  lines.reserve(problems.size());
  for (const auto& problem : problems)
    lines.push_back(problem.place.empty() ? problem.message
                                          : fmt::format("{} {}", problem.place, problem.message));
  return boost::algorithm::join(lines, "\n");
}

void throw_exception_from_error(const PolicyDocumentFailure& failure,
                                const boost::source_location&) {
  throw std::logic_error(failure.text());
}

json::object policy_json(const BatchPolicy& policy) { return value_json(policy).as_object(); }

boost::system::result<BatchPolicy, PolicyDocumentFailure> read_policy(const json::value& document) {
  PolicyReader reader;
  BatchPolicy policy;
  reader.read(document, "", "", policy);
  if (!reader.problems.empty()) return PolicyDocumentFailure{std::move(reader.problems)};
  return policy;
}

}  // namespace orrery::aicenter
