#include "http/native/routes.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "http/native/documents.hpp"
#include "http/native/event_page.hpp"
#include "http/native/history_routes.hpp"
#include "http/native/metrics_text.hpp"
#include "http/webhooks/cloud_event.hpp"

namespace orrery {

namespace {

/// How far the views may be behind the log while the server calls itself ready. Commits in flight
/// are far below; a view that hangs is soon above.
constexpr Position views_lag_max = 100'000;

constexpr Fault no_operator{401, "unauthorized", "This needs the operator's credential."};
constexpr Fault no_document{404, "document_not_found", "There is no API of this name."};

Response json(const boost::json::value& value, unsigned status = 200) {
  Response response;
  response.status = status;
  response.body = boost::json::serialize(value);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response readiness(const NativeContext& context) {
  const auto head = context.log->head();
  const auto applied = context.applied ? context.applied() : head;
  std::string reason;
  if (!context.log->writable())
    reason = "The log takes no writes.";
  else if (applied + views_lag_max < head)
    reason = fmt::format("The views are {} events behind the log.", head - applied);
  if (reason.empty())
    return json({{"status", "ready"}, {"log_head", head}, {"views_applied", applied}});
  return json({{"status", "unavailable"},
               {"reason", reason},
               {"log_head", head},
               {"views_applied", applied}},
              503);
}

Response page_of(EventPage& page, Position head) {
  return json({{"items", std::move(page.items)}, {"next", page.next}, {"head", head}});
}

/// The standard's list has no room for where to go on: a header says it.
Response list_of_cloud_events(EventPage& page) {
  auto response = json(std::move(page.items));
  response.content_type = cloud_event_batch_type;
  response.headers.emplace_back("Orrery-Next", std::to_string(page.next));
  return response;
}

void answer_events(const NativeContext& context, const Request& request, Responder answer) {
  if (!context.is_operator || !context.is_operator(request)) {
    auto refusal = problem(no_operator);
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer(std::move(refusal));
  }
  EventQuery query;
  // The log ends before what the feed tells where it is one as of a past moment.
  const auto head = std::min(context.feed->told(), context.log->head());
  if (const auto fault = read_event_query(request, head, query)) return answer(problem(*fault));
  if (query.live) {
    Response start;
    start.content_type = "text/event-stream";
    start.headers.emplace_back("Cache-Control", "no-store");
    return answer(std::move(start), context.feed->open(query.from - 1, std::move(query.filter)));
  }
  auto page =
      event_page(*context.log, query, context.feed->select(query.filter), context.events_url, head);
  if (!page) {
    const auto message = fmt::format("The log is damaged at position {}: {}", page.error().position,
                                     page.error().message);
    return answer(problem({500, "log_damaged", message}));
  }
  answer(query.as_cloud_events ? list_of_cloud_events(*page) : page_of(*page, head));
}

Response document(std::string_view name) {
  for (const auto& known : openapi_documents())
    if (known.name == name) {
      Response response;
      response.body = std::string(known.json);
      return response;
    }
  return problem(no_document);
}

Response metrics(const NativeContext& context, const std::vector<Router::Route>& routes,
                 const Request& request) {
  const bool for_operator = context.is_operator && context.is_operator(request);
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_text(context, routes, for_operator);
  return response;
}

}  // namespace

void add_native_routes(Router& router, NativeContext context) {
  auto routes = std::make_shared<std::vector<Router::Route>>();
  const auto shared = std::make_shared<const NativeContext>(std::move(context));
  router.add(Method::get, "/healthz", [](const Request&, Responder answer) {
    answer(json({{"status", "ok"}}));
  });
  router.add(Method::get, "/readyz",
             [shared](const Request&, Responder answer) { answer(readiness(*shared)); });
  router.add(Method::get, "/version", [shared](const Request&, Responder answer) {
    answer(json({{"name", "orrery"}, {"version", shared->version}}));
  });
  router.add(Method::get, "/metrics", [shared, routes](const Request& request, Responder answer) {
    answer(metrics(*shared, *routes, request));
  });
  router.add(Method::get, "/orrery/v1/events", [shared](const Request& request, Responder answer) {
    answer_events(*shared, request, std::move(answer));
  });
  add_history_routes(router, shared);
  router.add(Method::get, "/openapi/{dialect}.json", [](const Request& request, Responder answer) {
    answer(document(request.path_parameters[0]));
  });
  *routes = router.routes();
}

}  // namespace orrery
