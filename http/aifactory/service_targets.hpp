#pragma once

#include <optional>

namespace orrery {

struct ServiceDetails;
/// http/upstream/upstream_target.hpp
struct UpstreamTarget;

/// Where services are reached, as the drivers know it that have started them. Thread-safe; doesn't
/// block.
class ServiceTargets {
 public:
  virtual ~ServiceTargets() = default;

  /// The address at which the model server of `service` answers, checked to be one that may be
  /// called: loopback only where a driver of this very server has started the service. Nothing
  /// where it can't be reached now.
  virtual std::optional<UpstreamTarget> target_of(const ServiceDetails& service) const = 0;
};

}  // namespace orrery
