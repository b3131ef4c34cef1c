#include "http/gpushare/fields.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "http/gpushare/mail_address.hpp"
#include "http/gpushare/python_text.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

constexpr std::string_view whole_object = "non_field_errors";
constexpr std::size_t number_text_size_max = 1000;
constexpr std::size_t email_size_max = 254;
constexpr std::size_t username_size_max = 150;

json::string_view json_text(std::string_view text) { return {text.data(), text.size()}; }

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

/// Of the type that Python reads it as.
std::string_view python_type(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "NoneType";
    case json::kind::bool_:
      return "bool";
    case json::kind::int64:
    case json::kind::uint64:
      return "int";
    case json::kind::double_:
      return "float";
    case json::kind::string:
      return "str";
    case json::kind::array:
      return "list";
    case json::kind::object:
      break;
  }
  return "dict";
}

/// A string or number as Python's `str()` writes it; nothing for what is neither.
std::optional<std::string> written(const json::value& value) {
  switch (value.kind()) {
    case json::kind::int64:
      return fmt::format("{}", value.get_int64());
    case json::kind::uint64:
      return fmt::format("{}", value.get_uint64());
    case json::kind::double_:
      return float_text(value.get_double());
    case json::kind::string:
      return std::string(view_of(value.get_string()));
    default:
      return std::nullopt;
  }
}

/// "1.0" is an integer too.
std::string_view without_zero_fraction(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return text;
  const auto fraction = stripped(text.substr(dot + 1));
  return fraction.find_first_not_of('0') == std::string_view::npos ? text.substr(0, dot) : text;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 14> words_of_truth{
    "t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1"};
constexpr std::array<std::string_view, 14> words_of_falsehood{
    "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0"};
constexpr std::array<std::string_view, 4> words_of_nothing{"null", "Null", "NULL", ""};

std::optional<bool> truth_in(const json::value& value) {
  if (const auto* truth = value.if_bool()) return *truth;
  if (const auto* text = value.if_string()) {
    const auto word = view_of(*text);
    if (is_one_of(word, words_of_truth)) return true;
    if (is_one_of(word, words_of_falsehood)) return false;
    return std::nullopt;
  }
  if (value.is_number() && value.to_number<double>() == 0) return false;
  if (value.is_number() && value.to_number<double>() == 1) return true;
  return std::nullopt;
}

/// The fields of a form that belong to the object `name`.
json::object part_of(const json::object& form, std::string_view name) {
  json::object part;
  const auto prefix = fmt::format("{}.", name);
  for (const auto& [key, value] : form)
    if (const std::string_view whole(key.data(), key.size());
        whole.size() > prefix.size() && whole.starts_with(prefix))
      part[json_text(whole.substr(prefix.size()))] = value;
  return part;
}

}  // namespace

struct Fields::Found {
  /// A problem, or nothing to say about it.
  bool is_done = true;
  /// Where it is done: whether null was said.
  bool is_null = false;
  json::value value = {};
};

Fields::Fields(const Body& body, bool is_partial)
    : is_form_(body.is_form), is_partial_(is_partial), problems_(std::make_shared<json::object>()) {
  if (const auto* object = body.value.if_object()) {
    object_ = *object;
    return;
  }
  is_object_ = false;
  if (body.value.is_null()) {
    refuse(whole_object, "No data provided");
  } else {
    refuse(whole_object, fmt::format("Invalid data. Expected a dictionary, but got {}.",
                                     python_type(body.value)));
  }
}

Fields::Found Fields::find(std::string_view name, Need need, bool may_be_blank) {
  if (!is_object_) return {};
  const auto* value = object_.if_contains(json_text(name));
  // An empty field of a form stands for none, where it may.
  if (value && is_form_ && value->get_string().empty() && !may_be_blank) {
    if (need.may_be_null) return {true, true};
    if (!need.is_required) return {};
  }
  if (!value) {
    if (need.is_required && !is_partial_) refuse(name, field_is_required);
    return {};
  }
  if (!value->is_null()) return {false, false, *value};
  if (need.may_be_null) return {true, true};
  refuse(name, "This field may not be null.");
  return {};
}

std::optional<std::string> Fields::text_in(std::string_view name, const json::value& value,
                                           const TextRules& rules) {
  auto text = written(value);
  if (!text) {
    refuse(name, "Not a valid string.");
    return std::nullopt;
  }
  if (rules.is_trimmed) text = std::string(stripped(*text));
  if (text->empty()) {
    if (rules.may_be_blank) return text;
    refuse(name, field_may_not_be_blank);
    return std::nullopt;
  }
  const auto size = character_count(*text);
  if (size > rules.size_max)
    refuse(name, fmt::format("Ensure this field has no more than {} characters.", rules.size_max));
  if (size < rules.size_min)
    refuse(name, fmt::format("Ensure this field has at least {} characters.", rules.size_min));
  if (text->find('\0') != std::string::npos) refuse(name, "Null characters are not allowed.");
  return text;
}

Given<std::string> Fields::text(std::string_view name, Need need, const TextRules& rules) {
  const auto found = find(name, need, rules.may_be_blank);
  if (found.is_done) return {found.is_null};
  auto text = text_in(name, found.value, rules);
  return {text.has_value(), std::move(text)};
}

Given<std::string> Fields::email(std::string_view name, Need need) {
  constexpr std::string_view sentence = "Enter a valid email address.";
  const auto found = find(name, need);
  if (found.is_done) return {found.is_null};
  if (!written(found.value)) {
    refuse(name, sentence);
    return {};
  }
  auto text = text_in(name, found.value, {.size_max = email_size_max});
  if (text && !is_mail_address(*text)) refuse(name, sentence);
  return {text.has_value(), std::move(text)};
}

Given<std::string> Fields::username(std::string_view name, Need need) {
  const auto found = find(name, need);
  if (found.is_done) return {found.is_null};
  // The model's own rules come before the length.
  if (const auto word = written(found.value);
      word && !stripped(*word).empty() && !is_word(stripped(*word), ".@+-"))
    refuse(name,
           "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ "
           "characters.");
  auto text = text_in(name, found.value, {.size_max = username_size_max});
  return {text.has_value(), std::move(text)};
}

Given<std::int64_t> Fields::integer(std::string_view name, Need need, std::int64_t min,
                                    std::int64_t max) {
  const auto found = find(name, need);
  if (found.is_done) return {found.is_null};
  const auto word = written(found.value);
  if (found.value.is_string() && character_count(*word) > number_text_size_max) {
    refuse(name, "String value too large.");
    return {};
  }
  const auto number = word ? integer_of(without_zero_fraction(*word)) : std::nullopt;
  if (!number) {
    refuse(name, "A valid integer is required.");
    return {};
  }
  if (*number > max)
    refuse(name, fmt::format("Ensure this value is less than or equal to {}.", max));
  if (*number < min)
    refuse(name, fmt::format("Ensure this value is greater than or equal to {}.", min));
  return {true, number};
}

Given<bool> Fields::truth(std::string_view name, Need need) {
  const auto* raw = object_.if_contains(json_text(name));
  if (need.may_be_null && raw && raw->is_string() &&
      is_one_of(view_of(raw->get_string()), words_of_nothing))
    return {true};
  const auto found = find(name, need);
  if (found.is_done) return {found.is_null};
  const auto truth = truth_in(found.value);
  if (!truth) refuse(name, "Must be a valid boolean.");
  return {truth.has_value(), truth};
}

Given<std::string> Fields::choice(std::string_view name, std::span<const std::string_view> choices,
                                  Need need) {
  const auto found = find(name, need);
  if (found.is_done) return {found.is_null};
  auto word = written(found.value);
  if (word && std::find(choices.begin(), choices.end(), *word) != choices.end())
    return {true, std::move(word)};
  refuse(name,
         fmt::format("\"{}\" is not a valid choice.", word ? *word : python_type(found.value)));
  return {};
}

Given<std::string> Fields::row(std::string_view name,
                               const std::function<bool(std::string_view id)>& exists, Need need) {
  const auto found = find(name, need);
  if (found.is_done) return {found.is_null};
  const auto word = written(found.value);
  if (word && word->empty()) {
    refuse(name, "This field may not be null.");
    return {};
  }
  const bool is_fraction = found.value.is_double();
  const auto number =
      word ? integer_of(is_fraction ? without_zero_fraction(*word) : *word) : std::nullopt;
  if (!number) {
    refuse(name, fmt::format("Incorrect type. Expected pk value, received {}.",
                             python_type(found.value)));
    return {};
  }
  auto id = fmt::format("{}", *number);
  if (exists(id)) return {true, std::move(id)};
  refuse(name, invalid_pk(*word));
  return {};
}

std::optional<Fields> Fields::nested(std::string_view name, Need need) {
  Fields inner;
  inner.is_form_ = is_form_;
  inner.is_partial_ = is_partial_;
  inner.problems_ = problems_;
  inner.place_ = place_;
  inner.place_.emplace_back(name);
  if (is_form_) {
    inner.object_ = part_of(object_, name);
    if (!inner.object_.empty()) return inner;
    if (need.is_required && !is_partial_) refuse(name, field_is_required);
    return std::nullopt;
  }
  const auto found = find(name, need);
  if (found.is_done) return std::nullopt;
  if (const auto* object = found.value.if_object()) {
    inner.object_ = *object;
    return inner;
  }
  inner.refuse(whole_object, fmt::format("Invalid data. Expected a dictionary, but got {}.",
                                         python_type(found.value)));
  return std::nullopt;
}

void Fields::refuse(std::string_view name, std::string_view sentence) {
  auto* object = problems_.get();
  for (const auto& step : place_) {
    auto& inner = (*object)[step];
    if (!inner.is_object()) inner = json::object();
    object = &inner.get_object();
  }
  auto& sentences = (*object)[json_text(name)];
  if (!sentences.is_array()) sentences = json::array();
  sentences.get_array().emplace_back(json_text(sentence));
}

std::optional<Refusal> Fields::refusal() const {
  if (problems_->empty()) return std::nullopt;
  return Refusal{400, *problems_};
}

}  // namespace orrery::gpushare
