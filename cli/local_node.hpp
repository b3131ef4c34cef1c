#pragma once

#include <string>

#include "cli/configuration.hpp"
#include "drivers/local_process/local_process_configuration.hpp"
#include "events/node_events.hpp"

namespace orrery {

class CommandGateway;

class NodeView;
struct ReadModels;

/// The node that this host is.
std::string local_node_id(const Configuration& configuration);

/// Whether services shall run on this host, or may run on it since a time when they should.
bool needs_local_driver(const Configuration& configuration, const NodeView& nodes);

LocalProcessConfiguration local_process_configuration(const Configuration& configuration);

/// Throws `StartFailure` where what the settings name can't be used: found now, and not by the
/// first service.
void check_local_process_settings(const Configuration& configuration);

/// What this host has to offer, as the settings or it itself say.
NodeRegistered describe_local_node(const Configuration& configuration);

/// Makes this host a node where services shall run on it; where they should and shall no longer,
/// nothing new is placed on it. A node that is known stays as it is known: one that has changed
/// wants another name, which is said to the log. Blocks until that is durable; throws
/// `StartFailure`.
void provide_local_node(const Configuration& configuration, CommandGateway& gateway,
                        const ReadModels& models);

}  // namespace orrery
