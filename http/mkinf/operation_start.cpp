#include "http/mkinf/operation_start.hpp"

#include <boost/json/object.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/operation_goals.hpp"
#include "http/mkinf/operation_json.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

json::object as_started(OperationDetails operation, json::value request) {
  operation.state = OperationState::in_progress;
  operation.completed_at.reset();
  return operation_json(operation, std::move(request), nullptr);
}

Response answer_of(json::object operation) {
  return ok(json::object{{"operation", std::move(operation)}});
}

}  // namespace

json::object started_json(const MkinfContext& context, OperationDetails operation) {
  auto request = request_of(context, operation);
  return as_started(std::move(operation), std::move(request));
}

Response started_answer(const MkinfContext& context, OperationDetails operation) {
  return answer_of(started_json(context, std::move(operation)));
}

void start_operation(const Context& context, const Request& request, const Principal& principal,
                     Starting starting, OperationStarted started, json::value shown_request,
                     Reply reply) {
  auto answer = [context, project_id = started.project_id, operation_id = starting.operation_id,
                 shown_request = std::move(shown_request), reply](const auto& outcome) mutable {
    if (!outcome) return reply(unavailable());
    if (outcome->rejection) return reply(idempotency_key_reused());
    auto operation = context->operations->find(project_id, operation_id);
    if (!operation) return reply(unavailable());
    reply(answer_of(as_started(*std::move(operation), std::move(shown_request))));
  };
  started.request_digest = std::move(starting.identity.digest);
  CommandMessage<Operation> command{std::move(starting.operation_id),
                                    Operation::Start{std::move(started)},
                                    Origin{principal.actor, 0, request.request_id},
                                    {}};
  context->gateway->submit<Operation>(std::move(command), std::move(answer));
}

void start_operation(const Context& context, const Request& request, const Principal& principal,
                     Starting starting, OperationStarted started, Reply reply) {
  auto shown_request = request_json(started.goal);
  start_operation(context, request, principal, std::move(starting), std::move(started),
                  std::move(shown_request), std::move(reply));
}

}  // namespace orrery::mkinf
