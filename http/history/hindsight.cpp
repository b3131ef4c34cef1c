#include "http/history/hindsight.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/beast/core/string.hpp>

#include "http/auth/request_signature.hpp"
#include "http/history/stream_events.hpp"
#include "http/history/timeless_routes.hpp"
#include "http/json/moment.hpp"
#include "http/server/incoming_body.hpp"
#include "storage/position_at.hpp"

namespace orrery {
namespace {

constexpr std::size_t no_dialect = ~std::size_t{0};

/// A responder whose answer comes to `take`.
template <class Take>
Responder caught(const Responder& respond, Take take) {
  return Responder(std::make_shared<PendingAnswer>(PendingAnswer::Relay{
      .take = std::move(take), .is_wanted = [respond] { return respond.is_wanted(); }}));
}

/// The caller isn't let in, or not now: what the past was like is none of his business. A 500 may
/// be Slurm's way of saying that there is no such thing (any more).
bool is_closed(unsigned status) {
  return status == 401 || status == 403 || status == 429 || status == 503;
}

std::string_view credential_of(const Request& request) {
  for (const std::string_view name : {"authorization", "cookie", "x-slurm-user-token"})
    if (const auto value = request.header(name); !value.empty()) return value;
  return {};
}

/// Whose turn it is: the holder of a credential, else who sits at an address. Signatures are
/// another one each time, of the same key.
std::string asker_of(const Request& request) {
  const auto credential = credential_of(request);
  const auto bearer = credential.substr(credential.rfind(' ') + 1);
  if (const auto signature = read_signature(bearer)) return std::string(signature->key_id);
  return credential.empty() ? request.peer : std::string(credential);
}

/// The past doesn't change, but who may see it does, and who is erased is gone from it.
void set_caching(const Request& request, Response& response) {
  auto& headers = response.headers;
  const auto found = std::ranges::find_if(headers, [](const auto& header) {
    return boost::beast::iequals(header.first, "Cache-Control");
  });
  if (found != headers.end()) return;  // A page that must not be kept is opened by its URL.
  const bool immutable = response.status == 200 && credential_of(request).empty();
  headers.emplace_back("Cache-Control",
                       immutable ? "private, max-age=31536000, immutable" : "private, no-cache");
}

}  // namespace

/// One request on its way through the times.
struct Hindsight::Visit {
  Visit(std::size_t number, const Request& asked, AsOfQuery said, Responder responder)
      : route(number), query(std::move(said)), request(asked), respond(std::move(responder)) {
    request.headers.emplace_back(query_as_sent, asked.query);
    request.query = query.rest;
  }

  std::size_t route;
  AsOfQuery query;
  /// Its views lead into the memory of the request that came, which `respond` holds.
  Request request;
  Responder respond;
  /// What every view had applied before the live route was asked.
  Position applied_before = 0;
  Position position = 0;
  /// What counts as now.
  Time time{};
};

Hindsight::Hindsight(HindsightParts parts, PastEdgeLimits limits)
    : parts_(std::move(parts)), edges_(*parts_.log, limits) {}

Hindsight::~Hindsight() { readers_.join(); }

void Hindsight::add_dialect(const Router& live, AddPastRoutes routes) {
  if (!handlers_.empty()) throw std::logic_error("a dialect after the router was opened");
  dialect_of_.resize(live.routes().size(), edges_.add(std::move(routes)));
}

void Hindsight::add_timeless(const Router& live) {
  dialect_of_.resize(live.routes().size(), no_dialect);
}

void Hindsight::add_short_path(std::string_view pattern, Streams streams) {
  short_paths_.emplace(pattern, std::move(streams));
}

Router Hindsight::open(Router live) {
  if (!handlers_.empty()) throw std::logic_error("opened twice");
  live_ = std::move(live);
  const auto& routes = live_.routes();
  dialect_of_.resize(routes.size(), no_dialect);
  Router router;
  std::vector<std::string_view> parameters;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    // A pattern is a path, too, that its own route is responsible for.
    const auto match = live_.match(routes[i].method, routes[i].pattern, parameters);
    if (match.route != i) throw std::logic_error("hidden route: " + routes[i].pattern);
    handlers_.push_back(match.handler);
    router.add(routes[i].method, routes[i].pattern, wrapped(i), routes[i].patience);
  }
  router.fallback("", [self = shared_from_this()](const Request& request, Responder respond) {
    const auto* fallback = self->live_.fallback_of(request.path);
    fallback ? (*fallback)(request, std::move(respond)) : respond(problem(request.fault));
  });
  return router;
}

Handler Hindsight::wrapped(std::size_t route) {
  const auto& live = *handlers_[route];
  // Takes its body as it comes: what is sent there is no question about the past.
  if (live.target<StreamedHandler>() != nullptr) return live;
  return [self = shared_from_this(), &live, route](const Request& request, Responder respond) {
    if (!request.query.empty())
      if (auto as_of = take_as_of(request.query))
        return self->look_back(route, request, *std::move(as_of), std::move(respond));
    live(request, std::move(respond));
  };
}

void Hindsight::look_back(std::size_t route, const Request& request, AsOfQuery query,
                          Responder respond) {
  const auto visit = std::make_shared<Visit>(route, request, std::move(query), std::move(respond));
  const auto& [method, pattern, patience] = live_.routes()[route];
  if (method != Method::get)
    return refuse(visit, 400, "as_of is for reading: what is changed is changed now.");
  if (visit->query.count > 1) return refuse(visit, 400, "as_of may be said only once.");
  if (!read_moment(visit->query.moment))
    return refuse(visit, 400, fmt::format("as_of must be {}.", moment_wanted));
  if (const auto why = why_timeless(pattern); !why.empty())
    return refuse(visit, 400, std::string(why));
  if (dialect_of_[route] == no_dialect)
    return refuse(visit, 400, "What this shows is not kept in the log: ask without as_of.");
  visit->applied_before = parts_.applied();
  (*handlers_[route])(visit->request, caught(visit->respond, [self = shared_from_this(),
                                                              visit](GivenAnswer answer) {
                        self->take_live_answer(visit, std::move(answer));
                      }));
}

void Hindsight::take_live_answer(const SharedVisit& visit, GivenAnswer answer) {
  if (answer.dropped) return;
  if (answer.stream) return refuse(visit, 400, "A stream goes on: ask without as_of.");
  if (is_closed(answer.response.status)) return visit->respond(std::move(answer.response));
  const auto moment = read_moment(visit->query.moment);
  const auto* position = std::get_if<Position>(&*moment);
  // Nothing has happened since: it is now.
  if (position && *position == visit->applied_before && *position == parts_.applied()) {
    visit->position = *position;
    return finish(visit, std::move(answer));
  }
  boost::asio::post(readers_, [this, visit] { look_up(visit); });
}

/// Finds the moment, and what it is answered from. On the readers' thread.
void Hindsight::look_up(const SharedVisit& visit) {
  const auto& text = visit->query.moment;
  const auto position =
      position_of_moment(*parts_.log, text, parts_.applied(), parts_.clock->now());
  if (!position) {
    const bool is_damaged = position.error().kind == MomentFault::Kind::log_damaged;
    return refuse(visit, is_damaged ? 500 : 400,
                  fmt::format("as_of: {}.", position.error().message));
  }
  visit->position = *position;
  const auto moment = read_moment(text);
  if (const auto* time = std::get_if<Time>(&*moment)) {
    visit->time = *time;
  } else {
    const auto then = time_at(*parts_.log, std::max<Position>(*position, 1));
    if (!then) return refuse(visit, 500, "The log is damaged: run `orrery log verify`.");
    visit->time = *then;
  }
  const auto edge = short_path(*visit);
  if (!edge) return find_edge(visit);
  ++short_path_count_;
  answer_from(edge, visit);
}

/// An edge over views that hold this one resource, as it was. Null where the route has no short
/// path, its streams can't be told, or they are long.
std::shared_ptr<const PastEdge> Hindsight::short_path(const Visit& visit) const {
  const auto& log = *parts_.log;
  const auto path = short_paths_.find(live_.routes()[visit.route].pattern);
  if (path == short_paths_.end()) return nullptr;
  auto streams = path->second(visit.request);
  const auto events = streams ? events_of(log, *std::move(streams), visit.position) : std::nullopt;
  if (!events) return nullptr;
  const auto views = std::make_shared<PastViews>();
  auto edge = std::make_shared<const PastEdge>(log, visit.position, visit.time,
                                               edges_.routes_of(dialect_of_[visit.route]), views);
  views->close();
  for (View* view : views->all())
    for (const auto& event : *events) view->apply(event);
  return edge;
}

void Hindsight::find_edge(const SharedVisit& visit) {
  using Failure = PastEdges::Failure;
  edges_.find({dialect_of_[visit->route], visit->position, visit->time, asker_of(visit->request),
               [visit] { return visit->respond.is_wanted(); }},
              [this, visit](const std::shared_ptr<const PastEdge>& edge, Failure failure) {
                if (edge) return answer_from(edge, visit);
                if (failure == Failure::log_damaged)
                  return refuse(visit, 500, "The log is damaged: run `orrery log verify`.");
                refuse(visit, 503, "Too many look at the past now, try again later.");
              });
}

void Hindsight::answer_from(const std::shared_ptr<const PastEdge>& edge, const SharedVisit& visit) {
  try {
    // The edge stays until it has answered, be it later.
    edge->answer(visit->request, caught(visit->respond, [self = shared_from_this(), visit,
                                                         edge](GivenAnswer answer) {
                   self->finish(visit, std::move(answer));
                 }));
  } catch (const std::exception&) {
    // Its responder went away unanswered, which is a 500 as elsewhere.
  }
}

void Hindsight::finish(const SharedVisit& visit, GivenAnswer answer) const {
  if (answer.dropped) return;
  if (answer.stream) return refuse(visit, 400, "A stream goes on: ask without as_of.");
  auto& response = answer.response;
  response.headers.emplace_back(as_of_header, fmt::format("{}", visit->position));
  set_caching(visit->request, response);
  visit->respond(std::move(response));
}

void Hindsight::refuse(const SharedVisit& visit, unsigned status, std::string message) const {
  auto request = visit->request;
  request.fault = {status, status == 400 ? "bad_as_of" : "past_unavailable", message};
  const auto* fallback = live_.fallback_of(request.path);
  if (fallback != nullptr) return (*fallback)(request, visit->respond);
  auto response = problem(request.fault);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  visit->respond(std::move(response));
}

}  // namespace orrery
