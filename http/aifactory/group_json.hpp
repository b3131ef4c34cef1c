#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {
struct ServiceDetails;
struct ServiceGroupDetails;
}  // namespace orrery

namespace orrery::aifactory {

using Replicas = std::vector<std::shared_ptr<const ServiceDetails>>;

/// How many replicas are how; each is counted once.
struct GroupHealth {
  std::size_t total = 0;
  std::size_t healthy = 0;
  /// Building ones too.
  std::size_t starting = 0;
  std::size_t pending = 0;
  /// Whatever is over, however it ended.
  std::size_t failed = 0;
};
GroupHealth health_of(const Replicas& replicas);

/// "healthy": all run; "partial": some run and the others are coming; "degraded": some run and
/// others are over; "starting": none runs yet; "failed": none runs, nor will.
std::string_view overall_status(const GroupHealth& health);

/// The group's in the words of a service's: that of the replica which is furthest of those that are
/// not over; else "cancelled" where somebody wanted that, "completed" where all are, or "failed".
std::string_view group_status(const ServiceGroupDetails& group, const Replicas& replicas);

/// The group of the API as JSON text.
std::string group_text(const ServiceGroupDetails& group, const Replicas& replicas);

/// The group as a service: how its create is answered, and what is found at its id among services.
std::string group_service_text(const ServiceGroupDetails& group, const Replicas& replicas);

/// The same as it was when it was created.
std::string created_group_text(const ServiceGroupDetails& group);

}  // namespace orrery::aifactory
