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

/// Why the network doesn't take the subnet, in the words of its fields.
Refusal refusal_of(Network::Rejection rejection, const NetworkDetails& network) {
  switch (rejection) {
    case Network::Rejection::subnet_lies_outside_the_network:
      return bad_request(fmt::format("cidr must lie within the network's {}", network.cidr));
    case Network::Rejection::subnet_overlaps_with_another:
      return bad_request("cidr overlaps with another subnet of the network");
    case Network::Rejection::too_many_subnets:
      return conflict(fmt::format("The network has {} subnets, more are not allowed",
                                  Network::subnet_count_max));
    case Network::Rejection::network_is_deleted:
      return conflict("The network is deleted");
    case Network::Rejection::subnet_is_removed:
      return conflict("The subnet has been created, and deleted since");
    default:
      return idempotency_key_reused();
  }
}

/// Done when it is answered. The answer follows from the request alone, so that a retry gets the
/// same bytes, whatever became of the subnet since.
void create(const Context& context, const Request& request, const Principal& principal,
            RequestIdentity identity, const Reply& reply) {
  auto words = read_subnet_request(request.body, *context->catalogue->current());
  if (!words) return reply(bad_request(words.error().message));
  const auto network =
      context->networks->find_network(request.path_parameters[0], words->network_id);
  if (!network)
    return reply(bad_request(
        fmt::format("vpc_network_id \"{}\" is no network of the project", words->network_id)));
  words->subnet.subnet_id = identity.ids->uuid();
  // The key alone draws the id, and each network knows its own subnets only.
  const auto known = context->networks->find_subnet_with_deleted(words->subnet.subnet_id);
  if (known && known->network_id != network->id) return reply(idempotency_key_reused());
  SubnetDetails subnet;
  subnet.id = words->subnet.subnet_id;
  subnet.network_id = network->id;
  subnet.name = words->subnet.name;
  subnet.cidr = words->subnet.cidr;
  subnet.location = words->subnet.location;
  CommandMessage<Network> command{network->id,
                                  Network::AddSubnet{std::move(words->subnet)},
                                  Origin{principal.actor, 0, request.request_id},
                                  {}};
  context->gateway->submit<Network>(
      std::move(command), [network = *network, subnet, reply](const auto& outcome) {
        if (!outcome) return reply(unavailable());
        if (outcome->rejection) return reply(refusal_of(*outcome->rejection, network));
        reply(ok(boost::json::object{{"subnet", subnet_json(subnet)}}));
      });
}

void rename(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  auto name = read_new_name(request.body);
  if (!name) return reply(bad_request(name.error().message));
  const auto subnet =
      context->networks->find_subnet(request.path_parameters[0], request.path_parameters[1]);
  if (!subnet) return reply(not_found("subnet"));
  OperationStarted started{subnet->project_id, subnet->id,
                           RenameSubnet{subnet->network_id, *std::move(name)}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void remove(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto subnet =
      context->networks->find_subnet(request.path_parameters[0], request.path_parameters[1]);
  if (!subnet) return reply(not_found("subnet"));
  if (context->networks->vm_count(subnet->id) > 0)
    return reply(conflict("VMs have addresses in the subnet, delete them first"));
  OperationStarted started{subnet->project_id, subnet->id, DeleteSubnet{subnet->network_id}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto subnet =
      context->networks->find_subnet(request.path_parameters[0], request.path_parameters[1]);
  if (!subnet) return reply(not_found("subnet"));
  reply(one_object(request, answer_of(*subnet, render_subnet)));
}

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const auto ids = filter_words(request, "ids");
  const auto names = filter_words(request, "names");
  const auto locations = filter_words(request, "locations");
  const auto network_ids = filter_words(request, "network_ids");
  const auto filter = [&](const SubnetDetails& subnet) {
    return lets_through(ids, subnet.id) && lets_through(names, subnet.name) &&
           lets_through(locations, subnet.location) && lets_through(network_ids, subnet.network_id);
  };
  const auto page =
      context->networks->list_subnets(request.path_parameters[0], query->page, filter);
  reply(ok(render_list(*context, *query, answers_of(page, render_subnet))));
}

}  // namespace

void add_subnets(Routes& routes) {
  const auto& subnets = routes.surface().subnets;
  const auto one = fmt::format("{}/{{subnet_id}}", subnets);
  routes.add_change(Method::post, subnets, create);
  routes.add(Method::get, subnets, list);
  routes.add(Method::get, one, get);
  routes.add_start(Method::patch, one, rename);
  routes.add_start(Method::delete_, one, remove);
}

}  // namespace orrery::mkinf
