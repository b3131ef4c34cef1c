#include <algorithm>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/cluster/cluster_answers.hpp"
#include "http/aicenter/cluster/cluster_json.hpp"
#include "http/aicenter/resources.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

using Changes = std::shared_ptr<ClusterChanges>;
using When = std::int64_t (ClusterChanges::*)(const AicenterContext&);
using Items = json::array (*)(const AicenterContext&);

constexpr std::string_view nodes = "nodes";
constexpr std::string_view partitions = "partitions";
constexpr std::string_view reservations = "reservations";

json::array all_nodes(const AicenterContext& context) {
  json::array items;
  for (const auto& node : cluster_nodes(context)) items.push_back(node_json(context, node));
  return items;
}

json::array all_partitions(const AicenterContext& context) {
  const auto policy = policy_of(context);
  const auto known = cluster_nodes(context);
  json::array items;
  for (const auto& partition : policy->partitions)
    items.push_back(partition_json(*policy, partition, known));
  return items;
}

/// Those that are over are gone, as in Slurm.
json::array all_reservations(const AicenterContext& context) {
  const auto policy = policy_of(context);
  const auto known = cluster_nodes(context);
  const auto now_s = seconds_of(context.clock->now());
  json::array items;
  for (const auto& reservation : policy->reservations)
    if (reservation.end_time_s > now_s) items.push_back(reservation_json(reservation, known));
  return items;
}

/// What a resource is called, how to list it, when it changed, and what is said of a name that
/// nothing has.
struct Resource {
  std::string_view member;
  Items items;
  When changed_s;
  int unknown;
};
constexpr Resource node_resource{nodes, all_nodes, &ClusterChanges::nodes_changed_s,
                                 slurm_errno::invalid_node_name};
constexpr Resource partition_resource{partitions, all_partitions, &ClusterChanges::policy_changed_s,
                                      slurm_errno::invalid_partition_name};
constexpr Resource reservation_resource{reservations, all_reservations,
                                        &ClusterChanges::policy_changed_s,
                                        slurm_errno::reservation_invalid};

Handler list_of(const Resource& resource, const Changes& changes) {
  return [=](const Context& context, const Request& request, const Caller&, const Reply& reply) {
    const auto since = update_time_of(request);
    if (!since) return reply(wrong_query(resource.member));
    if (*since > 0 && *since >= ((*changes).*resource.changed_s)(*context))
      return reply(not_modified());
    reply(answered(Face::slurm, resource.member, json::serialize(resource.items(*context))));
  };
}

Handler one_of(const Resource& resource) {
  return [=](const Context& context, const Request& request, const Caller&, const Reply& reply) {
    const auto name = request.path_parameters[0];
    for (const auto& item : resource.items(*context))
      if (item.at("name").as_string() == name)
        return reply(answered(Face::slurm, resource.member, json::serialize(json::array{item})));
    reply(nothing_named(resource.unknown, resource.member));
  };
}

}  // namespace

void add_cluster(Routes& routes) {
  const auto changes = std::make_shared<ClusterChanges>();
  const auto path = [](std::string_view rest) { return std::string(slurm_root).append(rest); };
  routes.add(Method::get, path("/nodes"), list_of(node_resource, changes));
  routes.add(Method::get, path("/node/{node_name}"), one_of(node_resource));
  routes.add(Method::get, path("/partitions"), list_of(partition_resource, changes));
  routes.add(Method::get, path("/partition/{partition_name}"), one_of(partition_resource));
  routes.add(Method::get, path("/reservations"), list_of(reservation_resource, changes));
  routes.add(Method::get, path("/reservation/{reservation_name}"), one_of(reservation_resource));
  add_controller(routes);
}

}  // namespace orrery::aicenter
