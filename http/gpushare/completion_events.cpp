#include "http/gpushare/completion_events.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "http/json/json_body.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

/// The value in a field; null where there is none, or no object.
const json::value* field(const json::value* value, std::string_view name) {
  const auto* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

bool is_there(const json::value* value) { return value != nullptr && !value->is_null(); }

const json::value* first_choice(const json::value& event) {
  const auto* choices = field(&event, "choices");
  const auto* array = choices == nullptr ? nullptr : choices->if_array();
  return array == nullptr || array->empty() ? nullptr : &array->front();
}

/// A chat's piece or a plain completion's; empty where the event has none.
std::string_view piece_of(const json::value* choice) {
  const auto* text = field(field(choice, "delta"), "content");
  if (!is_there(text)) text = field(choice, "text");
  const auto* string = text == nullptr ? nullptr : text->if_string();
  return string == nullptr ? std::string_view() : std::string_view(string->data(), string->size());
}

std::uint32_t count_in(const json::value* value) {
  const auto* count = value == nullptr ? nullptr : value->if_int64();
  if (count == nullptr || *count < 0) return 0;
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(*count, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

CompletionEvents::State CompletionEvents::put(std::string_view bytes) {
  while (!bytes.empty() && state_ == State::open) {
    if (std::exchange(after_return_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    put_line_bytes(bytes.substr(0, end));
    if (end == std::string_view::npos) break;
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (state_ == State::open) end_line();
  }
  return state_;
}

CompletionEvents::State CompletionEvents::put_end() {
  // What isn't ended by an empty line isn't an event, but some servers leave out the last one.
  if (state_ == State::open && !line_.empty()) end_line();
  if (state_ == State::open && has_data_) end_event();
  if (state_ == State::open) state_ = has_finished_ ? State::complete : State::broken;
  return state_;
}

void CompletionEvents::put_line_bytes(std::string_view bytes) {
  if (line_.size() + data_.size() + bytes.size() > event_bytes_max)
    state_ = State::broken;
  else
    line_.append(bytes);
}

void CompletionEvents::end_line() {
  const std::string_view line = line_;
  constexpr std::string_view data_field = "data:";
  if (line.empty()) {
    if (has_data_) end_event();
  } else if (line.starts_with(data_field)) {
    auto value = line.substr(data_field.size());
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += value;
  }
  line_.clear();
}

void CompletionEvents::end_event() {
  const auto data = std::exchange(data_, {});
  has_data_ = false;
  if (data == "[DONE]") {
    state_ = State::complete;
    return;
  }
  json::error_code problem;
  json::parse_options options;
  options.max_depth = json_depth_max;
  const auto event = json::parse(json::string_view(data), problem, {}, options);
  if (problem || !event.is_object() || is_there(field(&event, "error"))) {
    state_ = State::broken;
    return;
  }
  const auto* choice = first_choice(event);
  const auto piece = piece_of(choice);
  if (!piece.empty() && !take_(piece)) {
    state_ = State::complete;
    return;
  }
  if (is_there(field(choice, "finish_reason"))) has_finished_ = true;
  if (const auto count = count_in(field(field(&event, "usage"), "completion_tokens")); count != 0)
    token_count_ = count;
}

}  // namespace orrery::gpushare
