#include "http/native/event_query.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/url/parse_query.hpp>

#include "http/native/event_selection.hpp"
#include "http/webhooks/cloud_event.hpp"

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
constexpr Fault bad_stream{
    400, "invalid_stream",
    "\"stream\" must be the name of a stream such as vm/<id>, or of all of a kind such as vm/; at "
    "most 100 of them."};
constexpr Fault bad_type{
    400, "invalid_type",
    "\"type\" must be the name of an event type such as vm.started, or of all of a kind such as "
    "vm.; at most 100 of them."};
constexpr Fault bad_tenant{
    400, "invalid_tenant",
    "\"tenant\" must be the id of a project, namespace, client or center user, or with its kind "
    "such as project/<id>; at most 100 of them."};
constexpr Fault bad_last_id{400, "invalid_last_event_id", "Last-Event-ID must be a position."};
constexpr Fault beyond_the_head{
    409, "cursor_beyond_head",
    "The log ends before this position: it was recovered with a loss, or the cursor is another "
    "log's."};

/// All values of a parameter that may be repeated.
std::vector<std::string> values_of(const Request& request, std::string_view name) {
  std::vector<std::string> values;
  // Boost.URL 1.81 reads an empty query as one parameter, and beyond its end.
  if (request.query.empty()) return values;
  // Boost.URL 1.81 takes what stands behind a view for a part of its last parameter.
  const std::string query(request.query);
  const auto parameters = boost::urls::parse_query(query);
  if (!parameters) return values;
  boost::urls::encoding_opts form;
  form.space_as_plus = true;
  for (const auto& parameter : *parameters)
    if (parameter.key.decode(form) == name) values.push_back(parameter.value.decode(form));
  return values;
}

/// Empty values are as good as none, as everywhere.
std::vector<std::string> words_of(const Request& request, std::string_view name) {
  auto values = values_of(request, name);
  std::erase(values, "");
  return values;
}

std::optional<Fault> read_filter(const Request& request, WebhookFilter& filter) {
  filter = {words_of(request, "stream"), words_of(request, "type"), words_of(request, "tenant")};
  if (problem_of(WebhookFilter{filter.streams, {}, {}})) return bad_stream;
  if (problem_of(WebhookFilter{{}, filter.types, {}})) return bad_type;
  if (problem_of(WebhookFilter{{}, {}, filter.tenants})) return bad_tenant;
  return std::nullopt;
}

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
  if (const auto fault = read_filter(request, query.filter)) return fault;
  query.as_cloud_events =
      request.header("accept").find(cloud_event_batch_type) != std::string_view::npos;
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
