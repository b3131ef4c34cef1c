#include "http/history/past_edge.hpp"

#include <utility>

namespace orrery {

PastEdge::PastEdge(const EventLog& log, Position position, Time time, const AddPastRoutes& add,
                   std::shared_ptr<PastViews> views)
    : log_(log, position), clock_(time), views_(std::move(views)) {
  add(router_, {position, log_, clock_, *views_});
}

void PastEdge::answer(Request request, const Responder& respond) const {
  std::vector<std::string_view> parameters;
  const auto match = router_.match(request.method, request.path, parameters);
  if (match.handler == nullptr || match.status != 0)
    return respond(problem({500, "internal_error", "The request could not be answered."}));
  request.path_parameters = std::move(parameters);
  (*match.handler)(request, respond);
}

}  // namespace orrery
