#pragma once

#include <string>

#include "tests/projections/random_commerce.hpp"

namespace orrery {

/// The part of the AI factory's dialect: services and groups of them.
class RandomServices : public RandomCommerce {
 protected:
  using RandomCommerce::RandomCommerce;

  ServiceSpecification service(const std::string& name) {
    ServiceSpecification specification;
    specification.recipe_name = specification.recipe = "inference/vllm";
    specification.name = name;
    specification.cluster = cluster();
    specification.resources.cpu_count = static_cast<std::uint32_t>(below(8));
    specification.resources.gpu_count = static_cast<std::uint32_t>(below(3));
    specification.config = "{}";
    return specification;
  }

  void service_event() {
    const auto id = one_of("", 12);
    const auto stream = "service/" + id;
    if (begins(stream)) {
      happened(stream,
               ServiceRequested{
                   service("vllm-" + id), {}, fresh("request"), below(2) == 0 ? digest() : ""});
      return;
    }
    switch (below(10)) {
      case 0:
        happened(stream, ServicePlaced{"service-" + id, node(), {0}, below(9)});
        break;
      case 1:
        happened(stream, ServiceBuildBegan{});
        break;
      case 2:
        happened(stream, ServiceLaunched{node(), 8'001});
        break;
      case 3:
        happened(stream, ServiceBecameReady{});
        break;
      case 4:
        happened(stream, ServiceStopRequested{static_cast<ServiceStopReason>(below(3))});
        break;
      case 5:
        happened(stream, ServiceEnded{static_cast<ServiceOutcome>(below(3)),
                                      "exited",
                                      "message",
                                      static_cast<std::uint32_t>(below(3)),
                                      {},
                                      below(2) == 0});
        break;
      case 6:
        happened("lease/service-" + id, LeaseQueued{});
        break;
      default:
        group_event();
    }
  }

 private:
  void group_event() {
    const auto first = below(9);
    const auto stream = "service_group/sg-" + std::to_string(first);
    if (!begins(stream)) return void(happened(stream, ServiceGroupCancelled{}));
    ServiceGroupRequested request;
    request.specification = service("vllm");
    request.node_count = 1;
    request.replica_count = 3;
    for (std::uint64_t i = 0; i < 3; ++i) request.service_ids.push_back(std::to_string(first + i));
    request.request_digest = digest();
    happened(stream, request);
  }
};

}  // namespace orrery
