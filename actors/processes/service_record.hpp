#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "actors/processes/failure.hpp"
#include "events/service_events.hpp"

namespace orrery {

/// The one command that a service is owed next.
enum class ServiceStep : std::uint8_t {
  nothing,
  request_lease,
  release_lease,
  place,
  report_failed,
  interrupt,
  cancel,
  stop_for_time,
  stop_for_gpu,
};

/// What the service process knows of one service, folded from the log.
struct ServiceRecord {
  enum class Phase : std::uint8_t {
    /// Something of it came late: it is forgotten already.
    unknown,
    /// Waits for its lease.
    pending,
    /// With its driver, running or not yet.
    placed,
    stopping,
    ended,
  };
  enum class LeasePhase : std::uint8_t { none, requested, granted, refused, ended };
  /// What befell the node or a GPU that its lease is on.
  enum class Trouble : std::uint8_t { none, node_lost, gpu_fault };

  Phase phase = Phase::unknown;
  LeasePhase lease = LeasePhase::none;
  Trouble trouble = Trouble::none;
  std::string cluster;
  ServiceResources resources;
  std::optional<ServiceReplica> replica;

  /// The grant; empty before.
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// Why the lease was refused or taken away.
  Failure lease_failure;
  /// When its time is over, while it is placed and its time is limited.
  std::optional<std::int64_t> deadline_s;

  /// The last event about it, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(ServiceRecord, (),
                       (phase, lease, trouble, cluster, resources, replica, node_id, gpu_indices,
                        fence, lease_failure, deadline_s, causation, correlation),
                       (), ())

  /// From here on nothing is saved: after a crash it is found out again.
  /// Its deadline has passed.
  bool is_over_time = false;
  /// Why the lease can't be asked for: it was refused.
  Failure obstacle;
  /// What was sent last: nothing is sent twice, but after a crash.
  ServiceStep asked = ServiceStep::nothing;
};

/// What the service process knows of one group.
struct ServiceGroupRecord {
  ServiceGroupRequested request;
  bool is_cancelled = false;
  /// A replica has ended before it had a lease, so the others can't have theirs together with it.
  bool is_incomplete = false;
  /// Indices of the replicas that exist, or existed.
  std::set<std::uint32_t> created;
  std::uint32_t ended_count = 0;

  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(ServiceGroupRecord, (),
                       (request, is_cancelled, is_incomplete, created, ended_count, causation,
                        correlation),
                       (), ())

  /// Not saved: these replicas were asked for; one of them can't be made; the group was told to end
  /// because of that.
  std::set<std::uint32_t> asked;
  bool is_hindered = false;
  bool asked_to_cancel = false;
};

/// A function of the records alone, and so the whole memory of the process: the life of a service,
/// phase by phase. `group` is null for one that stands alone.
ServiceStep owed_step(const ServiceRecord& service, const ServiceGroupRecord* group);

/// True where nothing is owed and nothing will be.
bool is_finished(const ServiceRecord& service);
bool is_finished(const ServiceGroupRecord& group);

/// Code and message for `ServiceStep::interrupt` and `report_failed`.
Failure failure_of(const ServiceRecord& service);

/// "service-<id>" is the lease of a service: it has one in its life.
std::string lease_of_service(std::string_view id);
/// Empty where it is not the lease of a service.
std::string_view service_of_lease(std::string_view lease_id);

}  // namespace orrery
