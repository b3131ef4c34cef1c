#pragma once

#include <string>

#include "http/gpushare/context.hpp"

namespace orrery {

/// What opens the marketplace of a development server.
struct DemoMarket {
  /// Of an approved provider.
  std::string user_id;
  std::string email;
  std::string username;
  std::string password;
  std::string token;
  /// Of an admin.
  std::string admin_token;
};

/// Sees to it that a provider and an admin are there. What they are called, their passwords and
/// tokens follow from the edge's secret, so each start over the same data returns the same; where
/// one was erased, or his name is somebody else's by now, there is another. Blocks until all of it
/// is durable, so call it from no actor and no serving thread. Throws `StartFailure`.
DemoMarket provide_demo_market(const GpushareContext& context);

}  // namespace orrery
