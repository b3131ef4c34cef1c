#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// What a service may use. 0 and empty where the recipe doesn't say.
struct ServiceResources {
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  std::uint32_t gpu_count = 0;
  /// Empty: any model.
  std::string gpu_model;
  /// Counted from its placement on; 0 for none.
  std::uint32_t time_limit_min = 0;

  bool operator==(const ServiceResources&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceResources, (),
                       (cpu_count, memory_mib, gpu_count, gpu_model, time_limit_min), (), ())
};

struct EnvironmentVariable {
  std::string name;
  std::string value;

  bool operator==(const EnvironmentVariable&) const = default;
  BOOST_DESCRIBE_CLASS(EnvironmentVariable, (), (name, value), (), ())
};

/// What a line of a service's output says about its life.
BOOST_DEFINE_FIXED_ENUM_CLASS(ServiceStage, std::uint8_t,
                              /// Its image is being built or fetched.
                              building,
                              /// Its process runs and gets ready.
                              starting,
                              /// It serves.
                              running)

/// A line that contains the text means that the service has come to the stage.
struct LogPattern {
  std::string text;
  ServiceStage stage = ServiceStage::running;

  bool operator==(const LogPattern&) const = default;
  BOOST_DESCRIBE_CLASS(LogPattern, (), (text, stage), (), ())
};

/// What a driver starts, and how it sees that it is ready. Placeholders such as "${PORT}" in
/// `command` and in the values of `environment` are the driver's to fill in (docs/recipes.md).
struct ServiceLaunch {
  /// Program and arguments; empty where only `image` says what to run.
  std::vector<std::string> command;
  std::string image;
  /// Sorted by name, each once.
  std::vector<EnvironmentVariable> environment;
  /// Where the recipe says that it listens; the first one is served to clients. A driver with a
  /// pool of ports gives others.
  std::vector<std::uint16_t> ports;
  /// Ready once a GET of this path answers 2xx; empty: once a pattern says so; without either, once
  /// it is started.
  std::string probe_path;
  std::uint32_t probe_interval_ms = 0;
  /// It has failed where it isn't ready by then; 0: it may take as long as it likes.
  std::uint32_t start_timeout_s = 0;
  /// Between being told to end and being killed.
  std::uint32_t grace_period_s = 0;
  std::vector<LogPattern> log_patterns;

  bool operator==(const ServiceLaunch&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceLaunch, (),
                       (command, image, environment, ports, probe_path, probe_interval_ms,
                        start_timeout_s, grace_period_s, log_patterns),
                       (), ())
};

/// What somebody asked for, with the recipe resolved as it stood then.
struct ServiceSpecification {
  /// As in the request: "inference/vllm" or "vllm".
  std::string recipe_name;
  /// "<category>/<name>" of the file.
  std::string recipe;
  std::string recipe_version;
  /// "<the recipe's own name>-<id>".
  std::string name;
  std::string cluster;
  ServiceResources resources;
  ServiceLaunch launch;
  /// The request's `config` as JSON text, as it is shown again.
  std::string config;

  bool operator==(const ServiceSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceSpecification, (),
                       (recipe_name, recipe, recipe_version, name, cluster, resources, launch,
                        config),
                       (), ())
};

/// Which replica of a group a service is.
struct ServiceReplica {
  /// Stream: service_group/<id>, such as "sg-17".
  std::string group_id;
  /// From 0, in the group.
  std::uint32_t index = 0;
  /// Replicas of one node index share a node.
  std::uint32_t node_index = 0;
  /// Of the group.
  std::uint32_t replica_count = 0;

  bool operator==(const ServiceReplica&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceReplica, (), (group_id, index, node_index, replica_count), (), ())
};

/// A service exists and waits for what it runs on. Stream: service/<id>; the id is the decimal
/// number of its job.
struct ServiceRequested {
  ServiceSpecification specification;
  /// Absent where it stands alone.
  std::optional<ServiceReplica> replica;
  /// Names the request, so that one that is sent again makes no second service.
  std::string request_id;
  /// Of the request (a keyed digest); empty where it can't come again.
  std::string request_digest;

  bool operator==(const ServiceRequested&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceRequested, (), (specification, replica, request_id, request_digest),
                       (), ())
};

/// Its lease is granted; the driver of the node starts it.
struct ServicePlaced {
  std::string lease_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;

  bool operator==(const ServicePlaced&) const = default;
  BOOST_DESCRIBE_CLASS(ServicePlaced, (), (lease_id, node_id, gpu_indices, fence), (), ())
};

/// Its image is being built or fetched.
struct ServiceBuildBegan {
  bool operator==(const ServiceBuildBegan&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceBuildBegan, (), (), (), ())
};

/// Its process runs; it doesn't serve yet.
struct ServiceLaunched {
  /// Where it will be reached: a host name or an address.
  std::string host;
  /// 0 where it listens nowhere.
  std::uint16_t port = 0;

  bool operator==(const ServiceLaunched&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceLaunched, (), (host, port), (), ())
};

/// Its readiness probe has succeeded: it serves.
struct ServiceBecameReady {
  bool operator==(const ServiceBecameReady&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceBecameReady, (), (), (), ())
};

/// Why a service is to end.
BOOST_DEFINE_FIXED_ENUM_CLASS(ServiceStopReason, std::uint8_t,
                              /// Somebody wants it gone.
                              cancelled,
                              /// It has had the time that it may use.
                              time_limit,
                              /// One of its GPUs is broken.
                              gpu_fault)

/// The service is to end; the driver stops it.
struct ServiceStopRequested {
  ServiceStopReason reason = ServiceStopReason::cancelled;

  bool operator==(const ServiceStopRequested&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceStopRequested, (), (reason), (), ())
};

BOOST_DEFINE_FIXED_ENUM_CLASS(ServiceOutcome, std::uint8_t, completed, failed, cancelled)

/// The service is over and never runs again; what it held is given back.
struct ServiceEnded {
  ServiceOutcome outcome = ServiceOutcome::completed;
  /// Machine-readable, such as "killed", "exited", "node_lost", "time_limit".
  std::string code;
  /// A sentence for people.
  std::string message;
  /// Of its process, where that ended by itself …
  std::optional<std::uint32_t> exit_code;
  /// … or by a signal.
  std::optional<std::uint32_t> signal;
  /// The driver has said that nothing of it runs, or it never ran. False where its node is lost.
  bool is_confirmed = true;

  bool operator==(const ServiceEnded&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceEnded, (), (outcome, code, message, exit_code, signal, is_confirmed),
                       (), ())
};

using ServiceEvent =
    std::variant<ServiceRequested, ServicePlaced, ServiceBuildBegan, ServiceLaunched,
                 ServiceBecameReady, ServiceStopRequested, ServiceEnded>;

/// Several services of one kind are wanted, and get their leases all at once or not at all. Stream:
/// service_group/<id>.
struct ServiceGroupRequested {
  /// Of each replica, but for its name: that is "<name>-<id of the replica>".
  ServiceSpecification specification;
  /// Ids of the replicas' streams, in the order of their indices: node by node.
  std::vector<std::string> service_ids;
  std::uint32_t node_count = 0;
  /// On each node.
  std::uint32_t replica_count = 0;
  std::string request_id;
  std::string request_digest;

  bool operator==(const ServiceGroupRequested&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceGroupRequested, (),
                       (specification, service_ids, node_count, replica_count, request_id,
                        request_digest),
                       (), ())
};

/// Every replica is to end, and none is made any more.
struct ServiceGroupCancelled {
  bool operator==(const ServiceGroupCancelled&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceGroupCancelled, (), (), (), ())
};

using ServiceGroupEvent = std::variant<ServiceGroupRequested, ServiceGroupCancelled>;

}  // namespace orrery
