#include "actors/node/node.hpp"

#include <fmt/format.h>

#include "events/folds/simulated_nodes.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/simulated_clusters/simulated_cluster_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object cordon_json(const NodeCordonDetails& cordon) {
  return {{"owner", text_json(cordon.owner)}, {"reason", cordon.reason}};
}

boost::json::object node_json(const NodeDetails& node) {
  boost::json::array cordons;
  for (const auto& cordon : node.cordons) cordons.push_back(cordon_json(cordon));
  return {{"id", node.id},
          {"cluster", node.description.cluster},
          {"gpu_model", node.description.gpu_model},
          {"gpu_count", node.description.gpu_count},
          {"cpu_count", node.description.cpu_count},
          {"memory_mib", node.description.memory_mib},
          {"driver", boost::describe::enum_to_string(node.description.driver, "unknown")},
          {"ready", node.ready},
          {"cordoned", node.is_cordoned()},
          {"cordons", std::move(cordons)},
          {"reason", node.reason},
          {"since", rfc3339_seconds(node.since)}};
}

void list(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  const auto nodes = call->context().nodes->list(call->request().query_parameter("cluster"),
                                                 call->request().query_parameter("after"), *limit);
  auto json = listed(nodes, node_json);
  if (nodes.size() == *limit) json["next"] = nodes.back().id;
  call->answer(json);
}

void show(const Call& call, const std::string& id, unsigned status) {
  const auto node = call->context().nodes->find(id);
  if (!node) return call->not_found("node");
  call->answer(node_json(*node), status);
}

/// Far beyond any machine.
constexpr std::int64_t cpu_count_max = 65'536;
constexpr std::int64_t memory_mib_max = 1 << 30;

struct Registration {
  std::string id;
  NodeRegistered description;
};

/// An id stands in paths and in the names of GPUs ("<node id>:<index>").
bool is_node_id(std::string_view id) {
  return id.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
         std::string_view::npos;
}

Registration read_registration(JsonFields& fields) {
  Registration node;
  node.id = fields.required_string("id", 100);
  if (!is_node_id(node.id)) fields.refuse("id", "may have letters, digits, '-', '_' and '.'");
  node.description.cluster = fields.required_string("cluster", name_bytes_max);
  const auto count = [&](std::string_view name, std::int64_t max) {
    return static_cast<std::uint32_t>(fields.optional_integer(name, 0, max).value_or(0));
  };
  auto& description = node.description;
  description.gpu_model = fields.optional_string("gpu_model", name_bytes_max).value_or("");
  description.gpu_count = count("gpu_count", Node::gpu_count_max);
  description.cpu_count = count("cpu_count", cpu_count_max);
  description.memory_mib = count("memory_mib", memory_mib_max);
  if ((description.gpu_count != 0) != !description.gpu_model.empty())
    fields.refuse("gpu_model", "goes with gpu_count");
  if (description.gpu_count == 0 && description.cpu_count == 0)
    fields.refuse("cpu_count", "is required of a node without GPUs");
  return node;
}

/// A simulated cluster counts its nodes by name; one of another making would never be replaced.
bool belongs_to_a_simulation(const AdminContext& context, std::string_view id) {
  const auto cluster = cluster_of_simulated_node(id);
  return !cluster.empty() && context.simulated_clusters->find(cluster).has_value();
}

void register_node(const Call& call) {
  with_body(call, read_registration, [&](Registration node) {
    if (belongs_to_a_simulation(call->context(), node.id))
      return call->refuse(409, "node_is_simulated",
                          "A simulated cluster names its nodes so: ask for more of its "
                          "(orrery sim up), or take another id.");
    order<Node>(call, node.id, Node::Register{std::move(node.description)},
                [call, id = node.id] { show(call, id, 201); });
  });
}

void cordon(const Call& call) {
  const auto read = [](JsonFields& fields) {
    return std::string(fields.optional_string("reason", reason_bytes_max).value_or(""));
  };
  const auto go_on = [&](std::string reason) {
    const auto id = call->parameter(0);
    if (reason.empty()) reason = "cordoned by " + call->principal().actor;
    order<Node>(call, id, Node::Cordon{std::move(reason)}, [=] { show(call, id, 200); });
  };
  if (call->request().body.empty()) return go_on({});
  with_body(call, read, go_on);
}

/// Operators lift what operators said. What somebody else said is his to lift, or to be overruled
/// by name.
void refuse_uncordon(const Call& call, const std::string& id) {
  std::string owners;
  if (const auto node = call->context().nodes->find(id))
    for (const auto& [owner, reason] : node->cordons)
      owners += fmt::format("{}{} ({})", owners.empty() ? "" : ", ", owner, reason);
  call->refuse(409, "cordon_has_another_owner",
               fmt::format("No operator has cordoned the node, but {}, who lifts that alone. To "
                           "lift all cordons, say {{\"all\":true}} (orrery admin node uncordon {} "
                           "--all).",
                           owners, id));
}

void uncordon(const Call& call) {
  const auto read = [](JsonFields& fields) {
    return fields.optional_boolean("all").value_or(false);
  };
  const auto go_on = [&](bool all) {
    const auto id = call->parameter(0);
    using Rejection = std::optional<Node::Rejection>;
    order<Node>(call, id, Node::Uncordon{{}, all}, [=](const Rejection& rejection) {
      if (rejection == Node::Rejection::cordon_has_another_owner) return refuse_uncordon(call, id);
      if (rejection) return call->not_found("node");
      show(call, id, 200);
    });
  };
  if (call->request().body.empty()) return go_on(false);
  with_body(call, read, go_on);
}

}  // namespace

void add_nodes(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/nodes", AdminAction::see_fleet, list);
  routes.add(Method::post, "/orrery/v1/nodes", AdminAction::change_fleet, register_node);
  routes.add(Method::get, "/orrery/v1/nodes/{node_id}", AdminAction::see_fleet,
             [](const Call& call) { show(call, call->parameter(0), 200); });
  routes.add(Method::post, "/orrery/v1/nodes/{node_id}/cordon", AdminAction::change_fleet, cordon);
  routes.add(Method::post, "/orrery/v1/nodes/{node_id}/uncordon", AdminAction::change_fleet,
             uncordon);
}

}  // namespace orrery::admin
