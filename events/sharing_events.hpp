#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// What somebody says that his machine is, in his own words.
struct MachineFacts {
  std::string gpu_info;
  std::string cpu_name;
  std::string cpu_core;
  std::string cpu_frequency;
  std::string total_memory;
  std::string total_swap;
  std::string ram;
  std::string os_name;
  std::string os_version;

  bool operator==(const MachineFacts&) const = default;
  BOOST_DESCRIBE_CLASS(MachineFacts, (),
                       (gpu_info, cpu_name, cpu_core, cpu_frequency, total_memory, total_swap, ram,
                        os_name, os_version),
                       (), ())
};

/// A client describes a machine with a GPU. Stream: gpu_record/<id>; the id is a decimal number.
struct GpuRecordCreated {
  std::string client_id;
  MachineFacts facts;
  std::string request_id;
  /// Of the request (a keyed digest); empty where it can't come again.
  std::string request_digest;

  bool operator==(const GpuRecordCreated&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRecordCreated, (), (client_id, facts, request_id, request_digest), (), ())
};

struct GpuRecordChanged {
  std::string client_id;
  MachineFacts facts;

  bool operator==(const GpuRecordChanged&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRecordChanged, (), (client_id, facts), (), ())
};

struct GpuRecordDeleted {
  bool operator==(const GpuRecordDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRecordDeleted, (), (), (), ())
};

using GpuRecordEvent = std::variant<GpuRecordCreated, GpuRecordChanged, GpuRecordDeleted>;

/// How the model server of a shared node is reached.
BOOST_DEFINE_FIXED_ENUM_CLASS(NodeReach, std::uint8_t,
                              /// Its agent dials in and takes work.
                              agent,
                              /// We ask the server at the node's endpoint.
                              endpoint)

/// A client offers a machine with a model. Stream: shared_node/<id>; the id is a decimal number.
/// The machine itself is node/shared-<id>, with GPUs like any other.
struct SharedNodeRegistered {
  /// Whose it is.
  std::string client_id;
  /// Stream: gpu_record/<id>.
  std::string gpu_record_id;
  /// By what clients ask for it.
  std::string model;
  /// What its server calls the model.
  std::string served_model;
  NodeReach reach = NodeReach::agent;
  /// URL of an OpenAI-compatible server, sealed for the owner; without a subject for an agent.
  Sealed endpoint;
  /// SHA-256 of the node's token, 32 raw bytes.
  std::string token_digest;
  /// Empty where it has no GPU.
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// At least 1.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  /// Requests that it answers at once; 0 where it doesn't say.
  std::uint32_t concurrency = 0;
  std::string request_id;
  /// Of the request (a keyed digest); empty where it can't come again.
  std::string request_digest;

  bool operator==(const SharedNodeRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(SharedNodeRegistered, (),
                       (client_id, gpu_record_id, model, served_model, reach, endpoint,
                        token_digest, gpu_model, gpu_count, cpu_count, memory_mib, concurrency,
                        request_id, request_digest),
                       (), ())
};

/// The machine is offered no longer, and its token is dead.
struct SharedNodeWithdrawn {
  /// Machine-readable: "deregistered", "owner_erased", "node_refused".
  std::string reason;

  bool operator==(const SharedNodeWithdrawn&) const = default;
  BOOST_DESCRIBE_CLASS(SharedNodeWithdrawn, (), (reason), (), ())
};

using SharedNodeEvent = std::variant<SharedNodeRegistered, SharedNodeWithdrawn>;

}  // namespace orrery
