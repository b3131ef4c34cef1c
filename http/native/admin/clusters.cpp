#include "actors/cluster/cluster.hpp"

#include <boost/describe/enum_from_string.hpp>

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object cluster_json(const ClusterEntry& cluster) {
  const auto& policy = cluster.policy;
  return {{"name", cluster.name},
          {"location", policy.location},
          {"when_full", boost::describe::enum_to_string(policy.when_full, "")},
          {"strategy", boost::describe::enum_to_string(policy.strategy, "")},
          {"gpu_models", boost::json::array(cluster.gpu_models.begin(), cluster.gpu_models.end())}};
}

void list(const Call& call) {
  call->answer(listed(call->context().catalogue->current()->clusters, cluster_json));
}

/// One of the words of an enumeration; the first one where it is absent.
template <class Enumeration>
Enumeration read_word(JsonFields& fields, std::string_view name, std::string_view problem) {
  auto value = Enumeration{};
  const auto word = fields.optional_string(name, 32);
  if (word && !boost::describe::enum_from_string(std::string(*word).c_str(), value))
    fields.refuse(name, problem);
  return value;
}

ClusterDeclared read_cluster(JsonFields& fields) {
  return {std::string(fields.optional_string("location", name_bytes_max).value_or("")),
          read_word<WhenFull>(fields, "when_full", R"(must be "refuse" or "queue")"),
          read_word<PlacementStrategy>(fields, "strategy", R"(must be "pack" or "spread")")};
}

/// Machines don't move with a word: their VMs, addresses and subnets are of the place they are in.
bool would_move(const Call& call, const std::string& name, const ClusterDeclared& policy) {
  const auto catalogue = call->context().catalogue->current();
  const auto* known = catalogue->cluster(name);
  return known && !known->gpu_models.empty() && known->policy.location != policy.location;
}

void declare(const Call& call) {
  with_body(call, read_cluster, [&](ClusterDeclared policy) {
    const std::string name(call->parameter(0));
    if (would_move(call, name, policy))
      return call->refuse(409, "cluster_has_nodes",
                          "The cluster has nodes, so its location stays: declare another one.");
    order<Cluster>(call, name, Cluster::Declare{std::move(policy)}, [=] {
      call->answer(cluster_json(*call->context().catalogue->current()->cluster(name)));
    });
  });
}

}  // namespace

void add_clusters(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/clusters", AdminAction::see_fleet, list);
  routes.add(Method::put, "/orrery/v1/clusters/{cluster}", AdminAction::change_fleet, declare);
}

}  // namespace orrery::admin
