#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/errors.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/operation_json.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_json.hpp"
#include "http/mkinf/vm_request.hpp"
#include "http/mkinf/vm_types.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/vms/vm_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::mkinf {

namespace {

namespace json = boost::json;

/// Everything that a create needs drawn, in the order in which a retry draws it again.
struct DrawnIds {
  std::string operation_id;
  std::string vm_id;
  VmIdentity identity;
};

DrawnIds draw_ids(IdSource& ids) {
  constexpr std::size_t serial_letters = 19;  // As in the document's example.
  DrawnIds drawn;
  drawn.operation_id = ids.uuid();
  drawn.vm_id = ids.uuid();
  drawn.identity.os_disk_id = ids.uuid();
  drawn.identity.os_disk_serial = ids.upper_hex(10).substr(0, serial_letters);
  drawn.identity.interface_id = ids.uuid();
  drawn.identity.mac_address = ids.mac_address();
  drawn.identity.public_ip_id = ids.uuid();
  return drawn;
}

/// With an idempotency key the ids follow from who asks and the key, so the retry of a request is
/// the same command, and another request under the same key is one that its operation refuses.
DrawnIds draw_ids(const MkinfContext& context, const Principal& principal, std::string_view key) {
  if (key.empty()) return draw_ids(*context.ids);
  SeededIdSource seeded(context.secret.seed_of("vm.create", principal.actor, key));
  return draw_ids(seeded);
}

/// The answer to an accepted request, which a retry gets again byte for byte: the operation as it
/// started.
std::string started_answer(OperationDetails operation, json::value request) {
  operation.state = OperationState::in_progress;
  operation.completed_at.reset();
  return json::serialize(
      json::object{{"operation", operation_json(operation, std::move(request), nullptr)}});
}

/// Starts an operation and answers with it. `shown_request` is its `metadata.request`.
void start(const Context& context, const Request& request, const Principal& principal,
           std::string operation_id, OperationStarted started, json::value shown_request,
           Responder respond) {
  auto reply = [context, project_id = started.project_id, operation_id,
                shown_request = std::move(shown_request), respond](const auto& outcome) mutable {
    if (!outcome) return respond(unavailable());
    if (outcome->rejection)
      return respond(error(422, "idempotency_key_reused",
                           "Idempotency-Key was used for another request before"));
    auto operation = context->operations->find(project_id, operation_id);
    if (!operation) return respond(unavailable());
    respond(ok(started_answer(*std::move(operation), std::move(shown_request))));
  };
  CommandMessage<Operation> command{std::move(operation_id),
                                    Operation::Start{std::move(started)},
                                    Origin{principal.actor, 0, request.request_id},
                                    {}};
  context->gateway->submit<Operation>(std::move(command), std::move(reply));
}

void create(const Context& context, const Request& request, const Principal& principal,
            Responder respond) {
  const auto key = idempotency_key(request);
  if (!key.valid) return respond(bad_request(idempotency_key_problem));
  const auto catalogue = context->catalogue->current();
  const auto words = read_vm_request(request.body, *catalogue);
  if (!words) return respond(bad_request(words.error().message));

  const auto& project_id = request.path_parameters[0];
  const auto subject = principal.account_id.empty() ? project_id : principal.account_id;
  auto credentials = context->subject_keys->seal(subject, credentials_text(*words));
  if (!credentials) return respond(unavailable());
  const auto* type = vm_type(words->type);
  VmSpecification specification{std::string(project_id),
                                words->name,
                                words->type,
                                words->location,
                                words->image,
                                catalogue->cluster_at(words->location)->name,
                                std::string(type->gpu_model),
                                type->gpu_count,
                                std::move(*credentials)};
  auto drawn = draw_ids(*context, principal, key.text);
  OperationStarted started{std::string(project_id), std::move(drawn.vm_id),
                           CreateVm{std::move(specification), std::move(drawn.identity)}};
  start(context, request, principal, std::move(drawn.operation_id), std::move(started),
        request_json(*words), std::move(respond));
}

void terminate(const Context& context, const Request& request, const Principal& principal,
               Responder respond) {
  const auto vm = context->vms->find(request.path_parameters[0], request.path_parameters[1]);
  if (!vm) return respond(not_found("vm"));
  OperationStarted started{vm->specification.project_id, vm->id, DeleteVm{}};
  start(context, request, principal, context->ids->uuid(), std::move(started), json::object(),
        std::move(respond));
}

void get(const Context& context, const Request& request, Responder respond) {
  const auto answer =
      context->vms->prepared(request.path_parameters[0], request.path_parameters[1], render_vm);
  if (!answer || answer.body->empty()) return respond(not_found("vm"));
  respond(one_object(request, answer));
}

void list(const Context& context, const Request& request, Responder respond) {
  const auto query = read_list_query(request);
  if (!query) return respond(bad_request(query.error().message));
  const auto ids = filter_words(request, "ids");
  const auto names = filter_words(request, "names");
  const auto types = filter_words(request, "types");
  const auto locations = filter_words(request, "locations");
  const auto states = filter_words(request, "states");
  const auto filter = [&](const VmSummary& vm) {
    return lets_through(ids, vm.id) && lets_through(names, vm.name) &&
           lets_through(types, vm.type) && lets_through(locations, vm.location) &&
           lets_through(states, state_name(vm.state));
  };
  const auto page = context->vms->list(request.path_parameters[0], query->page, filter, render_vm);
  respond(ok(render_list(*query, page)));
}

}  // namespace

void add_vms(Router& router, const Context& context) {
  const auto reading = [context](auto handler) {
    return in_project(
        context, [context, handler](const Request& request, const Principal&, Responder respond) {
          handler(context, request, std::move(respond));
        });
  };
  const auto writing = [context](auto handler) {
    return in_project(context, [context, handler](const Request& request,
                                                  const Principal& principal, Responder respond) {
      handler(context, request, principal, std::move(respond));
    });
  };
  router.add(Method::post, "/v0.1/projects/{project_id}/vms", writing(create));
  router.add(Method::get, "/v0.1/projects/{project_id}/vms", reading(list));
  router.add(Method::get, "/v0.1/projects/{project_id}/vms/{vm_id}", reading(get));
  router.add(Method::delete_, "/v0.1/projects/{project_id}/vms/{vm_id}", writing(terminate));
}

}  // namespace orrery::mkinf
