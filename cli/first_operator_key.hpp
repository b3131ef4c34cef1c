#pragma once

#include "cli/configuration.hpp"
#include "events/envelope.hpp"
#include "http/auth/edge_secret.hpp"

namespace orrery {

class CommandGateway;
class IdentityView;

/// A server that has no operator's key that is alive `now` gets one, so that it can be administered
/// at all: it is written to `<data>/operator.key` (mode 0600), and again whenever that file is
/// missing while the key is alive. Blocks until all of it is durable. Throws `StartFailure`.
void provide_first_operator_key(const Configuration& configuration, CommandGateway& gateway,
                                const IdentityView& identity, const EdgeSecret& secret, Time now);

}  // namespace orrery
