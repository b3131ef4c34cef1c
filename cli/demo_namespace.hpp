#pragma once

#include <string>

#include "http/auth/edge_secret.hpp"

namespace orrery {

class CommandGateway;

/// What opens the NeoLink dialect of a development server.
struct DemoNamespace {
  /// The namespace.
  std::string user_id;
  std::string token;
};

/// Sees to it that the namespace of the demo account, money in its wallet and a token exist. Money
/// is paid in once: what is spent stays spent. Everything follows from the edge's secret, so each
/// start over the same data returns the same, until the token is revoked or regenerated. Blocks
/// until all of it is durable, so call it from no actor and no serving thread. Throws
/// `StartFailure`.
DemoNamespace provide_demo_namespace(CommandGateway& gateway, const EdgeSecret& secret,
                                     const std::string& account_id);

}  // namespace orrery
