#include <fmt/format.h>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/operation_start.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_json.hpp"
#include "http/mkinf/vm_request.hpp"
#include "http/mkinf/vm_types.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/vms/vm_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::mkinf {

namespace {

/// What a create draws besides its operation's id, in the order in which a retry draws it again.
struct DrawnIds {
  std::string vm_id;
  VmIdentity identity;
};

DrawnIds draw_ids(IdSource& ids) {
  constexpr std::size_t serial_letters = 19;  // As in the document's example.
  DrawnIds drawn;
  drawn.vm_id = ids.uuid();
  drawn.identity.os_disk_id = ids.uuid();
  drawn.identity.os_disk_serial = ids.upper_hex(10).substr(0, serial_letters);
  drawn.identity.interface_id = ids.uuid();
  drawn.identity.mac_address = ids.mac_address();
  drawn.identity.public_ip_id = ids.uuid();
  return drawn;
}

void create(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto catalogue = context->catalogue->current();
  const auto words = read_vm_request(request.body, *catalogue);
  if (!words) return reply(bad_request(words.error().message));

  const auto& project_id = request.path_parameters[0];
  const auto subject = principal.account_id.empty() ? project_id : principal.account_id;
  auto credentials = context->subject_keys->seal(subject, credentials_text(*words));
  if (!credentials) return reply(unavailable());
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
  auto drawn = draw_ids(*starting.identity.ids);
  OperationStarted started{std::string(project_id), std::move(drawn.vm_id),
                           CreateVm{std::move(specification), std::move(drawn.identity)}};
  start_operation(context, request, principal, std::move(starting), std::move(started),
                  request_json(*words), reply);
}

void terminate(const Context& context, const Request& request, const Principal& principal,
               Starting starting, const Reply& reply) {
  const auto vm = context->vms->find(request.path_parameters[0], request.path_parameters[1]);
  if (!vm) return reply(not_found("vm"));
  OperationStarted started{vm->specification.project_id, vm->id, DeleteVm{}};
  start_operation(context, request, principal, std::move(starting), std::move(started),
                  boost::json::object(), reply);
}

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto answer =
      context->vms->prepared(request.path_parameters[0], request.path_parameters[1], render_vm);
  if (!answer || answer.body->empty()) return reply(not_found("vm"));
  reply(one_object(request, answer));
}

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
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
  reply(ok(render_list(*context, *query, page)));
}

}  // namespace

void add_vms(Routes& routes) {
  const auto& vms = routes.surface().vms;
  const auto one = fmt::format("{}/{{vm_id}}", vms);
  routes.add_start(Method::post, vms, create);
  routes.add(Method::get, vms, list);
  routes.add(Method::get, one, get);
  routes.add_start(Method::delete_, one, terminate);
}

}  // namespace orrery::mkinf
