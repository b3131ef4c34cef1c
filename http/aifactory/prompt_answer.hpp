#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "http/upstream/model_answer.hpp"
#include "http/upstream/upstream_message.hpp"
#include "projections/services/service_details.hpp"

namespace orrery::aifactory {

// What a prompt is answered with. All of it is 200: the service is there, and says how it is.

/// The model has answered. `completion` has a text.
boost::json::object prompt_success(const ServiceDetails& service, const Completion& completion,
                                   CompletionForm form);

/// The service is on its way; the reason says for what it waits.
boost::json::object prompt_not_ready(const ServiceDetails& service);

/// The service is over, or takes no connections; `details` says why.
boost::json::object prompt_not_available(const ServiceDetails& service, std::string_view details);

boost::json::object prompt_fault(const ServiceDetails& service, const UpstreamFault& fault);

/// The model server has refused.
boost::json::object prompt_refused(const ServiceDetails& service, const UpstreamAnswer& answer,
                                   CompletionForm form);

/// The model server's answer has no choices in it.
boost::json::object prompt_without_choices(const ServiceDetails& service, std::string_view body,
                                           CompletionForm form);

/// What became of one replica that was asked.
struct ReplicaAttempt {
  std::string service_id;
  std::string problem;
};

boost::json::object prompt_all_failed(
    std::string_view group_id, const std::vector<std::shared_ptr<const ServiceDetails>>& replicas,
    const std::vector<ReplicaAttempt>& attempts);

}  // namespace orrery::aifactory
