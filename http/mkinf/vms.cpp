#include <fmt/format.h>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_json.hpp"
#include "http/mkinf/vm_order.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

namespace {

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto answer =
      context->vms->prepared(request.path_parameters[0], request.path_parameters[1], render_vm);
  if (!answer || answer.body->empty()) return reply(not_found("vm"));
  reply(one_object(request, answer));
}

/// The VMs that a list's filters let through.
VmView::Filter filter_of(const Request& request) {
  return [ids = filter_words(request, "ids"), names = filter_words(request, "names"),
          types = filter_words(request, "types"), locations = filter_words(request, "locations"),
          states = filter_words(request, "states")](const VmSummary& vm) {
    return lets_through(ids, vm.id) && lets_through(names, vm.name) &&
           lets_through(types, vm.type) && lets_through(locations, vm.location) &&
           lets_through(states, state_name(vm.state));
  };
}

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto order = read_vm_order(request.query_parameter("sort"));
  if (!order) return reply(bad_request(order.error().message));
  const auto filter = filter_of(request);
  if (!order->is_default()) {
    auto page = render_ordered_list(*context, request, *order, filter);
    if (!page) return reply(bad_request(page.error().message));
    return reply(*std::move(page));
  }
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const auto page = context->vms->list(request.path_parameters[0], query->page, filter, render_vm);
  reply(ok(render_list(*context, *query, page)));
}

}  // namespace

void add_vms(Routes& routes) {
  const auto& vms = routes.surface().vms;
  routes.add(Method::get, vms, list);
  routes.add(Method::get, fmt::format("{}/{{vm_id}}", vms), get);
  add_vm_creation(routes);
  add_vm_changes(routes);
}

}  // namespace orrery::mkinf
