#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/shared_node/shared_node.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "http/auth/credential.hpp"
#include "http/gpushare/agents.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/fields.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/rows.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/sharing/sharing_view.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

struct ModelOffers {
  std::size_t node_count = 0;
  bool is_available = false;
};

json::object model_json(const std::string& model, const ModelOffers& offers) {
  return {{"model_id", model},
          {"name", model},
          {"description", fmt::format("Offered by {} node{}.", offers.node_count,
                                      offers.node_count == 1 ? "" : "s")},
          {"min_gpu_memory", nullptr},
          {"is_available", offers.is_available}};
}

/// Every model that an approved provider offers, and whether it could be asked now.
void list_models(const Context& context, const Request&, const Caller&, const Reply& reply) {
  std::map<std::string, ModelOffers> models;
  for (const auto& node : context->sharing->nodes()) {
    const auto owner = context->clients->find(node->offer.client_id);
    if (!owner || !owner->is_provider_approved) continue;
    auto& offers = models[node->offer.model];
    ++offers.node_count;
    offers.is_available = offers.is_available || context->dispatcher->is_live(*node);
  }
  json::array shown;
  for (const auto& [model, offers] : models) shown.emplace_back(model_json(model, offers));
  reply(answer(200, shown));
}

/// The node whose token the body has. What for, is for the sentence where it has none.
boost::system::result<SharingView::Node, Refusal> speaking_node(const GpushareContext& context,
                                                                const Request& request,
                                                                std::string_view purpose) {
  const auto body = body_of(request);
  if (!body) return body.error();
  const auto* object = body->value.if_object();
  const auto* token = object == nullptr ? nullptr : object->if_contains("node_token");
  const auto* text = token == nullptr ? nullptr : token->if_string();
  if (text == nullptr || text->empty())
    return error(400, fmt::format("node_token is required for {}.", purpose));
  auto node = context.sharing->node_of_token(credential_digest({text->data(), text->size()}));
  if (!node) return error(404, "No node has this node_token.");
  return node;
}

void take_heartbeat(const Context& context, const Request& request, const Caller&,
                    const Reply& reply) {
  const auto node = speaking_node(*context, request, "a heartbeat");
  if (!node) return reply(node.error());
  context->heartbeats->beat(node_id_of_shared((*node)->id));
  reply(answer(200, json::object{{"status", "ok"}, {"node_id", number_json((*node)->id)}}));
}

void deregister(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto node = speaking_node(*context, request, "de-registration");
  if (!node) return reply(node.error());
  const auto id = (*node)->id;
  const auto actor = "client/" + (*node)->offer.client_id;
  context->gateway->submit<SharedNode>(
      {id, SharedNode::Withdraw{"deregistered"}, Origin{actor, 0, request.request_id}, {}},
      [context, id, reply](const auto& outcome) {
        if (!outcome) return reply(unavailable());
        context->agents->withdraw(id);
        context->heartbeats->forget(node_id_of_shared(id));
        Response gone;
        gone.status = 204;
        reply(std::move(gone));
      });
}

}  // namespace

void add_llm_models(Routes& routes) {
  routes.add(Operation::all_models, list_models);
  routes.add(Operation::node_heartbeat, take_heartbeat);
  routes.add(Operation::node_deregister, deregister);
}

}  // namespace orrery::gpushare
