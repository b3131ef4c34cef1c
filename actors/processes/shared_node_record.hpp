#pragma once

#include <cstdint>
#include <string>

#include <boost/describe.hpp>

#include "events/node_events.hpp"

namespace orrery {

/// The one command that an offered machine is owed next.
enum class SharedNodeStep : std::uint8_t {
  nothing,
  register_node,
  report_ready,
  /// The offer: its owner is erased, or its node can't be.
  withdraw,
  report_lost,
  cordon,
};

/// What the shared-node process knows of one offer and of the node behind it, folded from the log.
struct SharedNodeRecord {
  /// Of whom; empty where the offer is withdrawn, or something of it came late.
  std::string client_id;
  /// The node as it is to be registered.
  NodeRegistered machine;
  bool owner_is_erased = false;

  bool is_registered = false;
  bool is_ready = false;
  /// Once it has been ready, whether it is is its heartbeats' to say.
  bool has_been_ready = false;
  bool is_cordoned = false;

  /// The last event about it, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(SharedNodeRecord, (),
                       (client_id, machine, owner_is_erased, is_registered, is_ready,
                        has_been_ready, is_cordoned, causation, correlation),
                       (), ())

  /// From here on nothing is saved: after a crash it is found out again.
  /// The node was refused.
  bool is_hindered = false;
  /// What was sent last: nothing is sent twice, but after a crash.
  SharedNodeStep asked = SharedNodeStep::nothing;
};

inline bool is_offered(const SharedNodeRecord& node) { return !node.client_id.empty(); }

/// A function of the record alone.
SharedNodeStep owed_step(const SharedNodeRecord& node);

/// True where nothing is owed and nothing will be.
bool is_finished(const SharedNodeRecord& node);

}  // namespace orrery
