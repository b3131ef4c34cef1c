#include "http/gpushare/agent_routes.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "actors/shared_node/shared_node.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "http/auth/credential.hpp"
#include "http/gpushare/agents.hpp"
#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"
#include "http/server/router.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/sharing/sharing_view.hpp"

namespace orrery {

namespace {

using gpushare::Agents;
using gpushare::ModelProblem;
using SpeakingNode = SharingView::Node;
using Context = std::shared_ptr<const GpushareContext>;

constexpr Fault no_node{401, "bad_node_token",
                        "This needs the token of a node: Authorization: "
                        "Bearer <node_token>."};
constexpr Fault has_endpoint{409, "node_has_endpoint",
                             "This node is asked at its endpoint, so no agent may work for it."};
constexpr Fault no_work{404, "work_not_found", "Nobody waits for this work."};
constexpr Fault pieces_missing{409, "pieces_missing",
                               "Pieces before the first of these are missing."};

constexpr std::size_t gpu_count_max = 64;
constexpr std::int64_t telemetry_max = 1 << 30;

Response refusal(const Fault& fault) {
  auto response = problem(fault);
  if (fault.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Response bad_body(const std::string& message) { return problem({400, "bad_request", message}); }

/// The node whose token the request carries, which has spoken with it; null where that is none.
SpeakingNode speaking_node(const GpushareContext& context, const Request& request) {
  const auto token = bearer_credential(request.header("authorization"));
  if (token.empty()) return nullptr;
  return context.sharing->node_of_token(credential_digest(token));
}

/// It may be withdrawn at the same time, and mustn't be remembered then.
void beat(const GpushareContext& context, const SpeakingNode& node,
          std::vector<GpuTelemetry> gpus = {}) {
  context.heartbeats->beat(node_id_of_shared(node->id), std::move(gpus));
  if (!context.sharing->node(node->id)) context.heartbeats->forget(node_id_of_shared(node->id));
}

std::vector<GpuTelemetry> read_gpus(JsonFields& fields) {
  std::vector<GpuTelemetry> gpus;
  auto given = fields.optional_objects("gpus", gpu_count_max);
  if (!given) return gpus;
  for (auto& gpu : *given) {
    const auto number = [&](std::string_view name, std::int64_t max) {
      return static_cast<std::uint32_t>(gpu.optional_integer(name, 0, max).value_or(0));
    };
    gpus.push_back({number("utilization_percent", 100), number("memory_used_mib", telemetry_max),
                    number("memory_total_mib", telemetry_max), number("temperature_c", 1'000)});
  }
  return gpus;
}

Agents::Delivery read_delivery(JsonFields& fields, std::size_t body_bytes) {
  Agents::Delivery delivery;
  delivery.first =
      static_cast<std::uint64_t>(fields.optional_integer("first", 0, 1ll << 40).value_or(0));
  if (const auto pieces = fields.optional_strings("pieces", body_bytes, body_bytes))
    delivery.pieces.assign(pieces->begin(), pieces->end());
  if (auto end = fields.optional_object("end"))
    delivery.end_token_count =
        static_cast<std::uint32_t>(end->optional_integer("tokens", 0, 1 << 30).value_or(0));
  if (const auto error = fields.optional_string("error", 16)) {
    if (*error != "failed" && *error != "refused")
      fields.refuse("error", "must be failed or refused");
    delivery.problem = *error == "refused" ? ModelProblem::refused : ModelProblem::node_failed;
  }
  return delivery;
}

/// How often it should be heard: two may get lost.
std::int64_t heartbeat_s(const GpushareContext& context) {
  const auto lost_after =
      std::chrono::duration_cast<std::chrono::seconds>(context.heartbeats->timing().lost_after);
  return std::max<std::int64_t>(1, lost_after.count() / 3);
}

Response heartbeat(const GpushareContext& context, const SpeakingNode& node,
                   const Request& request) {
  bool is_draining = false;
  std::vector<GpuTelemetry> gpus;
  if (!request.body.empty()) {
    const auto body = parse_json_object(request.body);
    if (!body) return bad_body(body.error().message);
    JsonFields fields(*body);
    gpus = read_gpus(fields);
    is_draining = fields.optional_boolean("draining").value_or(false);
    if (fields.problem()) return bad_body(*fields.problem());
  }
  beat(context, node, std::move(gpus));
  if (is_draining) context.agents->drain(node->id);
  const auto owner = context.clients->find(node->offer.client_id);
  Response response;
  response.body =
      boost::json::serialize(boost::json::object{{"status", "ok"},
                                                 {"node_id", node->id},
                                                 {"model", node->offer.model},
                                                 {"approved", owner && owner->is_provider_approved},
                                                 {"ready", node->is_ready},
                                                 {"heartbeat_s", heartbeat_s(context)}});
  return response;
}

Response deliver(const GpushareContext& context, const SpeakingNode& node, const Request& request) {
  const auto body = parse_json_object(request.body);
  if (!body) return bad_body(body.error().message);
  JsonFields fields(*body);
  auto delivery = read_delivery(fields, request.body.size());
  if (fields.problem()) return bad_body(*fields.problem());
  beat(context, node);
  switch (context.agents->deliver(node->id, request.path_parameters[0], std::move(delivery))) {
    case Agents::Taken::gap:
      return refusal(pieces_missing);
    case Agents::Taken::unknown:
      return refusal(no_work);
    case Agents::Taken::yes:
      break;
  }
  Response taken;
  taken.status = 204;
  return taken;
}

void open_work(const GpushareContext& context, const SpeakingNode& node, const Responder& respond) {
  beat(context, node);
  Response head;
  head.content_type = "application/x-ndjson";
  head.headers.emplace_back("Cache-Control", "no-store");
  auto stream = context.agents->open(node->id);
  if (!context.sharing->node(node->id)) context.agents->withdraw(node->id);
  respond(std::move(head), std::move(stream));
}

}  // namespace

void add_agent_routes(Router& router, GpushareContext given) {
  const auto context = std::make_shared<const GpushareContext>(std::move(given));
  const auto add = [&](Method method, std::string_view path, const auto& answer) {
    router.add(method, path, [context, answer](const Request& request, const Responder& respond) {
      const auto node = speaking_node(*context, request);
      if (!node) return respond(refusal(no_node));
      if (node->offer.reach != NodeReach::agent) return respond(refusal(has_endpoint));
      answer(*context, node, request, respond);
    });
  };
  add(Method::get, "/orrery/v1/agent/work",
      [](const GpushareContext& here, const SpeakingNode& node, const Request&,
         const Responder& respond) { open_work(here, node, respond); });
  add(Method::post, "/orrery/v1/agent/work/{work_id}",
      [](const GpushareContext& here, const SpeakingNode& node, const Request& request,
         const Responder& respond) { respond(deliver(here, node, request)); });
  add(Method::post, "/orrery/v1/agent/heartbeat",
      [](const GpushareContext& here, const SpeakingNode& node, const Request& request,
         const Responder& respond) { respond(heartbeat(here, node, request)); });
}

}  // namespace orrery
