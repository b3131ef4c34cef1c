#include "http/history/short_paths.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/stream_name.hpp"
#include "http/aicenter/jobs/job_reference.hpp"
#include "http/gpushare/rows.hpp"
#include "projections/jobs/job_view.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/services/service_view.hpp"

namespace orrery {
namespace {

using Streams = std::optional<std::vector<std::string>>;

/// What is sold, and by whom: an instance shows the words of its region and SKU.
void add_offers(const Offers& offers, std::vector<std::string>& streams) {
  for (const auto& region : offers.regions) streams.push_back(stream_name("region", region.id));
  for (const auto& sku : offers.skus) streams.push_back(stream_name("sku", sku.id));
}

/// Its orders are its namespace's; the header names the caller's own, or the route says that it
/// doesn't.
Streams of_instance(const NeolinkContext& live, const Request& request) {
  std::vector streams{stream_name("instance", request.path_parameters[1]),
                      stream_name("wallet", request.header("namespace"))};
  add_offers(*live.offers->current(), streams);
  return streams;
}

/// A replica is known from its group's request on; its lease says that it waits.
Streams of_service(const AifactoryContext& live, const Request& request) {
  const auto now = live.services->find(request.path_parameters[0]);
  if (!now) return std::nullopt;
  std::vector streams{stream_name("service", now->id), stream_name("lease", "service-" + now->id)};
  if (const auto& replica = now->request->replica)
    streams.push_back(stream_name("service_group", replica->group_id));
  return streams;
}

/// Who has ever owned a thing of the marketplace: with him it is erased.
std::set<std::string> owners_of(const EventLog& log, std::string_view stream) {
  std::set<std::string> owners;
  (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    std::visit(
        [&](const auto& event) {
          if constexpr (requires { owners.insert(event.client_id); })
            owners.insert(event.client_id);
        },
        record(stored).event);
    return true;
  });
  return owners;
}

Streams of_owned(const EventLog& log, std::string_view aggregate, const Request& request) {
  const auto id = gpushare::row_id(request.path_parameters[0]);
  if (id.empty()) return std::nullopt;
  const auto stream = stream_name(aggregate, id);
  std::vector streams{stream};
  for (const auto& owner : owners_of(log, stream)) streams.push_back(stream_name("client", owner));
  return streams;
}

/// The number of its user, and the policy that ranks it, are the center's.
Streams of_job(const AicenterContext& live, const Request& request) {
  auto problem = aicenter::ReferenceProblem::absent;
  const auto now = aicenter::find_job(*live.jobs, request.path_parameters[0], problem);
  if (!now || now->jobs.size() != 1 || now->jobs.front().task) return std::nullopt;
  const auto& job = now->jobs.front();
  return std::vector{stream_name("job", std::to_string(job.id)),
                     stream_name("center_user", job.facts->user),
                     stream_name("batch_policy", live.cluster)};
}

}  // namespace

void add_neolink_short_paths(Hindsight& hindsight, std::shared_ptr<const NeolinkContext> live) {
  hindsight.add_short_path("/mdc/api/v1/clusters/{cluster}/instances/{name}",
                           [live](const Request& request) { return of_instance(*live, request); });
}

void add_aifactory_short_paths(Hindsight& hindsight, std::shared_ptr<const AifactoryContext> live) {
  for (const auto* pattern :
       {"/api/v1/services/{service_id}", "/api/v1/services/{service_id}/status"})
    hindsight.add_short_path(pattern,
                             [live](const Request& request) { return of_service(*live, request); });
}

void add_gpushare_short_paths(Hindsight& hindsight, const EventLog& log) {
  constexpr std::pair<const char*, const char*> owned[]{{"/gpu/list/{id}/", "gpu_record"},
                                                        {"/inference/{id}/", "inference"}};
  for (const auto& [pattern, aggregate] : owned)
    hindsight.add_short_path(pattern, [&log, name = aggregate](const Request& request) {
      return of_owned(log, name, request);
    });
  hindsight.add_short_path("/client/list/{id}/", [](const Request& request) {
    return Streams({stream_name("client", gpushare::row_id(request.path_parameters[0]))});
  });
}

void add_aicenter_short_paths(Hindsight& hindsight, std::shared_ptr<const AicenterContext> live) {
  hindsight.add_short_path("/slurm/v0.0.38/job/{job_id}",
                           [live](const Request& request) { return of_job(*live, request); });
}

void add_admin_short_paths(Hindsight& hindsight) {
  constexpr std::pair<const char*, const char*> own[]{
      {"/orrery/v1/nodes/{node_id}", "node"},
      {"/orrery/v1/organizations/{organization_id}", "organization"},
      {"/orrery/v1/projects/{project_id}", "project"}};
  for (const auto& [pattern, aggregate] : own)
    hindsight.add_short_path(pattern, [name = aggregate](const Request& request) {
      return Streams({stream_name(name, request.path_parameters[0])});
    });
}

}  // namespace orrery
