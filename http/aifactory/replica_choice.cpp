#include "http/aifactory/replica_choice.hpp"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>

#include "http/aifactory/model_traffic.hpp"
#include "http/aifactory/service_targets.hpp"
#include "storage/clock.hpp"

namespace orrery::aifactory {

namespace {

std::vector<ReadyReplica> ready_of(const AifactoryContext& context,
                                   const std::vector<ServiceView::Service>& services) {
  std::vector<ReadyReplica> ready;
  if (context.targets == nullptr) return ready;
  for (const auto& service : services) {
    if (service->status != ServiceStatus::running) continue;
    if (auto target = context.targets->target_of(*service))
      ready.push_back({service, *std::move(target)});
  }
  return ready;
}

void put_in_order(const AifactoryContext& context, ModelServers& servers) {
  auto& ready = servers.ready;
  if (ready.size() < 2) return;
  auto& traffic = *context.traffic;
  const auto turn = traffic.next_turn(servers.group_id) % ready.size();
  std::rotate(ready.begin(), ready.begin() + static_cast<std::ptrdiff_t>(turn), ready.end());
  std::stable_partition(ready.begin(), ready.end(),
                        [&, now = context.clock->now()](const ReadyReplica& replica) {
                          return !traffic.is_suspect(replica.service->id, now);
                        });
}

bool says_vllm(std::string_view text) {
  constexpr std::string_view vllm = "vllm";
  return boost::algorithm::icontains(text, vllm);
}

}  // namespace

ModelServers model_servers(const AifactoryContext& context, std::string_view id) {
  ModelServers servers;
  if (auto service = context.services->find(id)) {
    servers.services.push_back(std::move(service));
  } else if (const auto group = context.services->find_group(id)) {
    servers.group_id = group->id;
    servers.services = context.services->replicas(id);
  }
  servers.ready = ready_of(context, servers.services);
  put_in_order(context, servers);
  return servers;
}

bool is_replicas_fault(UpstreamProblem problem) {
  switch (problem) {
    case UpstreamProblem::address_refused:
    case UpstreamProblem::connection_refused:
    case UpstreamProblem::connection_broken:
    case UpstreamProblem::malformed:
      return true;
    case UpstreamProblem::timed_out:   // Another would take as long.
    case UpstreamProblem::too_large:   // The question's doing.
    case UpstreamProblem::overloaded:  // Ours.
    case UpstreamProblem::cancelled:
      break;
  }
  return false;
}

bool is_replicas_fault(unsigned status) { return status >= 502 && status <= 504; }

bool is_model_service(const ServiceDetails& service) {
  const auto& specification = service.specification();
  const auto& launch = specification.launch;
  if (specification.recipe.starts_with("inference/")) return true;
  for (const auto* text : {&specification.name, &specification.recipe_name, &specification.recipe,
                           &launch.image, &specification.config})
    if (says_vllm(*text)) return true;
  const auto& environment = launch.environment;
  return std::any_of(launch.command.begin(), launch.command.end(), says_vllm) ||
         std::any_of(environment.begin(), environment.end(), [](const auto& variable) {
           return says_vllm(variable.name) || says_vllm(variable.value);
         });
}

bool is_coming_up(const ServiceDetails& service) {
  return service.status == ServiceStatus::pending || service.status == ServiceStatus::building ||
         service.status == ServiceStatus::starting;
}

}  // namespace orrery::aifactory
