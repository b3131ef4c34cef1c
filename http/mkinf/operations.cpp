#include <fmt/format.h>

#include "http/json/timestamp.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/operation_json.hpp"
#include "http/mkinf/resources.hpp"
#include "projections/operations/operation_view.hpp"

namespace orrery::mkinf {

namespace {

std::optional<OperationState> read_state(std::string_view text) {
  for (const auto state :
       {OperationState::in_progress, OperationState::succeeded, OperationState::failed})
    if (text == state_name(state)) return state;
  return std::nullopt;
}

OperationView::Render renderer(const Context& context) {
  return [&context = *context](const OperationDetails& operation) {
    return render_operation(context, operation);
  };
}

/// What the query parameters ask for; the words must outlive the filter.
struct Words {
  std::string resource_id;
  std::string state;
  std::string lower_time_bound;
};

boost::system::result<OperationFilter, JsonProblem> read_filter(const Words& words,
                                                                OperationCollection collection) {
  OperationFilter filter;
  filter.collection = collection;
  if (!words.resource_id.empty()) filter.target_id = words.resource_id;
  if (!words.state.empty()) {
    filter.state = read_state(words.state);
    if (!filter.state) return JsonProblem{"state must be IN_PROGRESS, SUCCEEDED or FAILED"};
  }
  if (!words.lower_time_bound.empty()) {
    filter.started_from = read_rfc3339(words.lower_time_bound);
    if (!filter.started_from)
      return JsonProblem{"lower_time_bound must be a time such as 2024-06-16T15:52:41Z"};
  }
  return filter;
}

void list(const Context& context, const Request& request, OperationCollection collection,
          const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const Words words{request.query_parameter("resource_id"), request.query_parameter("state"),
                    request.query_parameter("lower_time_bound")};
  const auto filter = read_filter(words, collection);
  if (!filter) return reply(bad_request(filter.error().message));
  const auto page = context->operations->list(request.path_parameters[0], query->page, *filter,
                                              renderer(context));
  reply(ok(render_list(*context, *query, page)));
}

void get(const Context& context, const Request& request, OperationCollection collection,
         const Reply& reply) {
  const auto answer = context->operations->prepared(
      request.path_parameters[0], request.path_parameters[1], collection, renderer(context));
  if (!answer) return reply(not_found("operation"));
  reply(one_object(request, answer));
}

}  // namespace

void add_operations(Routes& routes) {
  const auto& surface = routes.surface();
  const auto add = [&](std::string_view path, OperationCollection collection) {
    routes.add(Method::get, fmt::format("{}/operations", path),
               [collection](const Context& context, const Request& request, const Principal&,
                            const Reply& reply) { list(context, request, collection, reply); });
    routes.add(Method::get, fmt::format("{}/operations/{{operation_id}}", path),
               [collection](const Context& context, const Request& request, const Principal&,
                            const Reply& reply) { get(context, request, collection, reply); });
  };
  add(surface.vms, OperationCollection::vm);
  add(surface.disks, OperationCollection::disk);
  add(surface.networks, OperationCollection::network);
  add(surface.subnets, OperationCollection::subnet);
  add(surface.firewall_rules, OperationCollection::firewall_rule);
}

}  // namespace orrery::mkinf
