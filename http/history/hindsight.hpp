#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "http/history/as_of_query.hpp"
#include "http/history/past_edges.hpp"
#include "http/server/pending_answer.hpp"
#include "http/server/router.hpp"
#include "storage/clock.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// What it reads. All of it outlives the router.
struct HindsightParts {
  const EventLog* log = nullptr;
  /// The present.
  const Clock* clock = nullptr;
  /// Last position that every view has applied.
  std::function<Position()> applied;
};

/// Response header that names the position an answer is as of.
inline constexpr std::string_view as_of_header = "Orrery-As-Of";

/// Answers `?as_of=POSITION|TIME` on every route of an edge (docs/adr/0030): the request goes to
/// the live route first, which decides whether the caller is let in, and then to the same route
/// over the views, log and clock of then. Routes are added to the live router, dialect by dialect;
/// then `open` makes the router that serves both.
class Hindsight : public std::enable_shared_from_this<Hindsight> {
 public:
  explicit Hindsight(HindsightParts parts, PastEdgeLimits limits = {});
  ~Hindsight();

  /// The routes that `live` has got since the last call are those of one dialect, which `routes`
  /// adds as of a moment; or they have no past.
  void add_dialect(const Router& live, AddPastRoutes routes);
  void add_timeless(const Router& live);

  /// What the GET route of this pattern answers follows from the events of a few streams: `streams`
  /// names them for a request, from the present; nothing where it can't.
  using Streams = std::function<std::optional<std::vector<std::string>>(const Request&)>;
  void add_short_path(std::string_view pattern, Streams streams);

  /// The same routes as `live` has, each of which takes `as_of`. The router keeps this alive. Once:
  /// its handlers lead into the live router, which is kept here.
  Router open(Router live);

  const PastEdges& edges() const { return edges_; }
  /// Answers that needed no views of the past, since the start.
  std::uint64_t short_path_count() const { return short_path_count_.load(); }

 private:
  struct Visit;
  using SharedVisit = std::shared_ptr<Visit>;

  Handler wrapped(std::size_t route);
  void look_back(std::size_t route, const Request& request, AsOfQuery query, Responder respond);
  void take_live_answer(const SharedVisit& visit, GivenAnswer answer);
  void look_up(const SharedVisit& visit);
  std::shared_ptr<const PastEdge> short_path(const Visit& visit) const;
  void find_edge(const SharedVisit& visit);
  void answer_from(const std::shared_ptr<const PastEdge>& edge, const SharedVisit& visit);
  void finish(const SharedVisit& visit, GivenAnswer answer) const;
  void refuse(const SharedVisit& visit, unsigned status, std::string message) const;

  const HindsightParts parts_;
  Router live_;
  /// Of each route: its handler in `live_`, and its dialect.
  std::vector<const Handler*> handlers_;
  std::vector<std::size_t> dialect_of_;
  std::map<std::string, Streams, std::less<>> short_paths_;
  std::atomic<std::uint64_t> short_path_count_{0};
  PastEdges edges_;
  /// Reads streams: not for the threads of sessions, and not behind what takes seconds.
  boost::asio::thread_pool readers_{1};
};

/// How a dialect's context is made as of a moment (http/history/past_contexts.hpp).
template <class Context>
using AsOf = Context (*)(std::shared_ptr<const Context>, const PastMoment&);

/// Adds a dialect's routes as of now, and says how they are made as of any moment.
template <class Context>
void add_dialect(Router& router, Hindsight& hindsight, void (*routes)(Router&, Context),
                 AsOf<Context> as_of, Context context) {
  const auto live = std::make_shared<const Context>(std::move(context));
  routes(router, *live);
  hindsight.add_dialect(
      router, [=](Router& past, const PastMoment& moment) { routes(past, as_of(live, moment)); });
}

}  // namespace orrery
