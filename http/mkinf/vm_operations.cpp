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

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const auto resource_id = request.query_parameter("resource_id");
  const auto state = request.query_parameter("state");
  const auto lower_time_bound = request.query_parameter("lower_time_bound");
  OperationFilter filter;
  if (!resource_id.empty()) filter.target_id = resource_id;
  if (!state.empty()) {
    filter.state = read_state(state);
    if (!filter.state) return reply(bad_request("state must be IN_PROGRESS, SUCCEEDED or FAILED"));
  }
  if (!lower_time_bound.empty()) {
    filter.started_from = read_rfc3339(lower_time_bound);
    if (!filter.started_from)
      return reply(bad_request("lower_time_bound must be a time such as 2024-06-16T15:52:41Z"));
  }
  const auto page =
      context->operations->list(request.path_parameters[0], query->page, filter, renderer(context));
  reply(ok(render_list(*context, *query, page)));
}

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto answer = context->operations->prepared(request.path_parameters[0],
                                                    request.path_parameters[1], renderer(context));
  if (!answer) return reply(not_found("operation"));
  reply(one_object(request, answer));
}

}  // namespace

void add_vm_operations(Routes& routes) {
  const auto& vms = routes.surface().vms;
  routes.add(Method::get, fmt::format("{}/operations", vms), list);
  routes.add(Method::get, fmt::format("{}/operations/{{operation_id}}", vms), get);
}

}  // namespace orrery::mkinf
