#include "http/native/history_routes.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "actors/history/causal_tree.hpp"
#include "actors/history/history_diff.hpp"
#include "actors/history/resource_state.hpp"
#include "events/stream_name.hpp"
#include "http/json/moment.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

/// What one answer may cost: some tens of milliseconds of its thread. `orrery diff` has no limit.
constexpr Position diff_events_max = 100'000;
constexpr std::size_t diff_resources_max = 1'000;
constexpr std::size_t why_events_max = 1'000;

/// A refusal on its way out of a handler; its words live with it.
struct Refusal {
  std::string_view code;
  unsigned status = 400;
  std::string message;
};
template <class T>
using Wanted = boost::system::result<T, Refusal>;

Response response_of(const Refusal& refusal) {
  return problem({refusal.status, refusal.code, refusal.message});
}

Refusal damaged(const LogDamage& damage) {
  return {"log_damaged", 500,
          fmt::format("The log is damaged at position {}: {}", damage.position, damage.message)};
}

/// One request for a part of the history.
class HistoryCall {
 public:
  HistoryCall(const NativeContext& context, const Request& request)
      : log_(*context.log), head_(context.feed->told()), request_(request) {}

  const EventLog& log() const { return log_; }
  Position head() const { return head_; }

  /// "vm/<id>", from the path or `resource`.
  std::string resource() const {
    const auto& path = request_.path_parameters;
    return path.size() == 2 ? stream_name(path[0], path[1]) : request_.query_parameter("resource");
  }

  Wanted<Position> moment(std::string_view name) const {
    const auto text = request_.query_parameter(name);
    if (text.empty()) return head_;
    const auto position = position_of_moment(log_, text, head_, SystemClock().now());
    if (position) return *position;
    return Refusal{"invalid_moment", 400,
                   fmt::format("\"{}\": {}.", name, position.error().message)};
  }

  Wanted<std::uint64_t> number(std::string_view name, std::uint64_t otherwise,
                               std::uint64_t max) const {
    const auto text = request_.query_parameter(name);
    if (text.empty()) return otherwise;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value > 0 && value <= max)
      return value;
    return Refusal{"invalid_number", 400,
                   fmt::format("\"{}\" must be a number from 1 to {}.", name, max)};
  }

  Refusal absent(std::string_view resource) const {
    return {"resource_not_found", 404,
            fmt::format("There is no resource {} at this point of the history.", resource)};
  }

 private:
  const EventLog& log_;
  const Position head_;
  const Request& request_;
};

Wanted<boost::json::value> explain(const HistoryCall& call) {
  const auto to = call.moment("to");
  const auto event = call.number("event", 0, std::max<Position>(call.head(), 1));
  const auto limit = call.number("limit", 100, why_events_max);
  if (!to) return to.error();
  if (!event) return event.error();
  if (!limit) return limit.error();
  const WhyQuery query{call.resource(), *event, *to, *limit};
  if (query.stream.empty() && query.event == 0)
    return Refusal{"nothing_asked", 400, "Say \"resource\" (such as vm/<id>) or \"event\"."};
  if (query.event > *to || (query.event == 0 && call.log().version_of(query.stream) == 0))
    return call.absent(query.event != 0 ? fmt::format("event {}", query.event) : query.stream);
  const auto tree = why(call.log(), query);
  if (!tree) return damaged(tree.error());
  if (tree->nodes.empty()) return call.absent(query.stream);
  return {boost::system::in_place_value, causal_json(*tree, *to)};
}

Wanted<boost::json::value> resource_then(const HistoryCall& call) {
  const auto to = call.moment("to");
  if (!to) return to.error();
  const auto name = call.resource();
  const auto resource = resource_at(call.log(), name, *to);
  if (!resource) return damaged(resource.error());
  if (resource->version == 0) return call.absent(name);
  auto json = resource->json();
  json["resource"] = name;
  json["as_of"] = *to;
  return {boost::system::in_place_value, std::move(json)};
}

Wanted<boost::json::value> differences(const HistoryCall& call) {
  const auto from = call.moment("from");
  const auto to = call.moment("to");
  const auto limit = call.number("limit", 100, diff_resources_max);
  if (!from) return from.error();
  if (!to) return to.error();
  if (!limit) return limit.error();
  const DiffQuery query{*from, *to, call.resource(), *limit};
  if (*from > *to) return Refusal{"invalid_range", 400, "\"from\" comes after \"to\"."};
  const bool is_of_one = query.resource.find('/') != std::string::npos;
  if (!is_of_one && *to - *from > diff_events_max)
    return Refusal{
        "range_too_long", 400,
        fmt::format("There are {} events between these moments, and {} are compared here "
                    "at most: ask for one \"resource\", or use `orrery diff`.",
                    *to - *from, diff_events_max)};
  const auto diff = diff_history(call.log(), query);
  if (!diff) return damaged(diff.error());
  boost::json::array changes;
  for (const auto& change : diff->changes) changes.push_back(change_json(change));
  return {boost::system::in_place_value, boost::json::object{{"from", *from},
                                                             {"to", *to},
                                                             {"touched", diff->touched_count},
                                                             {"changes", std::move(changes)}}};
}

using Answer = Wanted<boost::json::value> (*)(const HistoryCall&);

Response respond(const NativeContext& context, const Request& request, Answer answer) {
  if (!context.is_operator || !context.is_operator(request)) {
    auto refusal = problem({401, "unauthorized", "This needs the operator's credential."});
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refusal;
  }
  const auto json = answer(HistoryCall(context, request));
  if (!json) return response_of(json.error());
  Response response;
  response.body = boost::json::serialize(*json);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_history_routes(Router& router, const std::shared_ptr<const NativeContext>& context) {
  const auto add = [&](std::string_view pattern, Answer answer) {
    router.add(Method::get, pattern,
               [context, answer](const Request& request, Responder responder) {
                 responder(respond(*context, request, answer));
               });
  };
  add("/orrery/v1/why", explain);
  add("/orrery/v1/why/{kind}/{id}", explain);
  add("/orrery/v1/resources/{kind}/{id}", resource_then);
  add("/orrery/v1/diff", differences);
}

}  // namespace orrery
