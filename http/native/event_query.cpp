#include "http/native/event_query.hpp"

#include <algorithm>
#include <charconv>

namespace orrery {

namespace {

/// A decimal number and nothing else, small enough to count on from.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || value >> 63 != 0)
    return std::nullopt;
  return value;
}

constexpr Fault bad_from{400, "invalid_from", "\"from\" must be a position from 1, or \"now\"."};
constexpr Fault bad_limit{400, "invalid_limit", "\"limit\" must be a number from 1 to 1000."};
constexpr Fault bad_type{400, "invalid_type", "\"type\" must be the name of an event type."};
constexpr Fault bad_last_id{400, "invalid_last_event_id", "Last-Event-ID must be a position."};
constexpr Fault beyond_the_head{
    409, "cursor_beyond_head",
    "The log ends before this position: it was recovered with a loss, or the cursor is another "
    "log's."};

}  // namespace

std::optional<Fault> read_event_query(const Request& request, Position head, EventQuery& query) {
  if (const auto from = request.query_parameter("from"); from == "now") {
    query.from = head + 1;
  } else if (!from.empty()) {
    const auto position = number(from);
    if (!position || *position == 0) return bad_from;
    query.from = *position;
  }
  if (const auto limit = request.query_parameter("limit"); !limit.empty()) {
    const auto count = number(limit);
    if (!count || *count == 0 || *count > event_page_count_max) return bad_limit;
    query.limit = *count;
  }
  query.filter.stream = request.query_parameter("stream");
  query.filter.type = request.query_parameter("type");
  const auto& names = Events::names;
  if (!query.filter.type.empty() &&
      std::find(names.begin(), names.end(), query.filter.type) == names.end())
    return bad_type;
  query.live = request.header("accept").find("text/event-stream") != std::string_view::npos;
  if (const auto last = request.header("last-event-id"); query.live && !last.empty()) {
    const auto position = number(last);
    if (!position) return bad_last_id;
    query.from = *position + 1;
  }
  if (query.from > head + 1) return beyond_the_head;
  return std::nullopt;
}

}  // namespace orrery
