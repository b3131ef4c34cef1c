#include <algorithm>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "actors/network/network.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/detail_answers.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/network_json.hpp"
#include "http/mkinf/network_request.hpp"
#include "http/mkinf/operation_start.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

namespace {

/// Done when it is answered. The answer follows from the request alone, so that a retry gets the
/// same bytes, whatever became of the network since.
void create(const Context& context, const Request& request, const Principal& principal,
            RequestIdentity identity, const Reply& reply) {
  auto created = read_network_request(request.body);
  if (!created) return reply(bad_request(created.error().message));
  created->project_id = request.path_parameters[0];
  NetworkDetails network;
  network.id = identity.ids->uuid();
  network.name = created->name;
  network.cidr = created->cidr;
  CommandMessage<Network> command{network.id,
                                  Network::Create{*std::move(created)},
                                  Origin{principal.actor, 0, request.request_id},
                                  {}};
  context->gateway->submit<Network>(std::move(command), [network, reply](const auto& outcome) {
    if (!outcome) return reply(unavailable());
    if (outcome->rejection == Network::Rejection::network_is_deleted)
      return reply(conflict("The network has been created, and deleted since"));
    if (outcome->rejection) return reply(idempotency_key_reused());
    reply(ok(boost::json::object{{"network", network_json(network)}}));
  });
}

void rename(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  auto name = read_new_name(request.body);
  if (!name) return reply(bad_request(name.error().message));
  const auto network =
      context->networks->find_network(request.path_parameters[0], request.path_parameters[1]);
  if (!network) return reply(not_found("network"));
  OperationStarted started{network->project_id, network->id, RenameNetwork{*std::move(name)}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void remove(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto network =
      context->networks->find_network(request.path_parameters[0], request.path_parameters[1]);
  if (!network) return reply(not_found("network"));
  const auto has_vms = [&](const std::string& subnet_id) {
    return context->networks->vm_count(subnet_id) > 0;
  };
  if (std::ranges::any_of(network->subnet_ids, has_vms))
    return reply(conflict("VMs have addresses in the network, delete them first"));
  OperationStarted started{network->project_id, network->id, DeleteNetwork{}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto network =
      context->networks->find_network(request.path_parameters[0], request.path_parameters[1]);
  if (!network) return reply(not_found("network"));
  reply(one_object(request, answer_of(*network, render_network)));
}

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const auto ids = filter_words(request, "ids");
  const auto names = filter_words(request, "names");
  const auto filter = [&](const NetworkDetails& network) {
    return lets_through(ids, network.id) && lets_through(names, network.name);
  };
  const auto page =
      context->networks->list_networks(request.path_parameters[0], query->page, filter);
  reply(ok(render_list(*context, *query, answers_of(page, render_network))));
}

}  // namespace

void add_networks(Routes& routes) {
  const auto& networks = routes.surface().networks;
  const auto one = fmt::format("{}/{{network_id}}", networks);
  routes.add_change(Method::post, networks, create);
  routes.add(Method::get, networks, list);
  routes.add(Method::get, one, get);
  routes.add_start(Method::patch, one, rename);
  routes.add_start(Method::delete_, one, remove);
}

}  // namespace orrery::mkinf
