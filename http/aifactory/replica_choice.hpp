#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/aifactory/context.hpp"
#include "http/upstream/upstream_message.hpp"
#include "http/upstream/upstream_target.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::aifactory {

/// A service that serves, and where.
struct ReadyReplica {
  ServiceView::Service service;
  UpstreamTarget target;
};

/// Whom a request to an id may go to.
struct ModelServers {
  /// The service, or all replicas of the group. Empty: there is no such id.
  std::vector<ServiceView::Service> services;
  /// Empty where the id is a service's.
  std::string group_id;
  /// Those that may be asked, in the order in which to ask them: round robin, but those that
  /// couldn't be reached lately come last.
  std::vector<ReadyReplica> ready;
};

/// Takes a turn of the group.
ModelServers model_servers(const AifactoryContext& context, std::string_view id);

/// Whether the next replica should be asked instead: nothing of the answer has come.
bool is_replicas_fault(UpstreamProblem problem);
/// The same of a status: a gateway's word that what is behind it doesn't work.
bool is_replicas_fault(unsigned status);

/// Whether all that is said about the service says that it serves a language model with OpenAI's
/// API: "vllm" occurs, or its recipe is one for inference.
bool is_model_service(const ServiceDetails& service);

/// Whether it is on its way to serving.
bool is_coming_up(const ServiceDetails& service);

}  // namespace orrery::aifactory
