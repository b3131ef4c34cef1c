#include "http/mkinf/operation_json.hpp"

#include <boost/json/serialize.hpp>

#include "events/stream_name.hpp"
#include "http/json/timestamp.hpp"
#include "http/mkinf/operation_goals.hpp"
#include "http/mkinf/operation_result.hpp"
#include "http/mkinf/vm_request.hpp"
#include "storage/event_log.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

/// What was sealed into the first event of the operation; empty where nothing was.
Sealed sealed_credentials(const EventLog& log, const std::string& operation_id) {
  Sealed sealed;
  const auto take = [&](const StoredEvent& stored) {
    const auto recorded = record(stored);
    const auto* started = std::get_if<OperationStarted>(&recorded.event);
    const auto* create = started ? std::get_if<CreateVm>(&started->goal) : nullptr;
    if (create != nullptr) sealed = create->specification.credentials;
    return false;
  };
  // Damage is found and reported elsewhere; here it means that there is nothing to show.
  (void)log.read_stream(stream_name("operation", operation_id), 1, take);
  return sealed;
}

}  // namespace

std::string_view state_name(OperationState state) {
  switch (state) {
    case OperationState::in_progress:
      return "IN_PROGRESS";
    case OperationState::succeeded:
      return "SUCCEEDED";
    case OperationState::failed:
      return "FAILED";
  }
  return "";
}

json::value request_of(const MkinfContext& context, const OperationDetails& operation) {
  const auto* create = std::get_if<CreateVm>(&operation.goal);
  if (create == nullptr) return request_json(operation.goal);
  auto request = request_behind(create->specification);
  const auto sealed = sealed_credentials(*context.log, operation.id);
  if (const auto text = context.subject_keys->open(sealed)) add_credentials(*text, request);
  return request_json(request);
}

json::object operation_json(const OperationDetails& operation, json::value request,
                            json::value result) {
  const auto names = names_of(operation.goal);
  json::object metadata{{"operation_name", names.operation_name},
                        {"id", operation.target_id},
                        {"type", names.type},
                        {"request", std::move(request)}};
  return {{"operation_id", operation.id},
          {"state", state_name(operation.state)},
          {"metadata", std::move(metadata)},
          {"result", std::move(result)},
          {"started_at", rfc3339_seconds(operation.started_at)},
          {"completed_at", operation.completed_at ? rfc3339_seconds(*operation.completed_at) : ""}};
}

std::string render_operation(const MkinfContext& context, const OperationDetails& operation) {
  return json::serialize(
      operation_json(operation, request_of(context, operation), result_json(context, operation)));
}

}  // namespace orrery::mkinf
