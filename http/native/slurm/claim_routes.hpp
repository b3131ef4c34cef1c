#pragma once

#include <functional>
#include <memory>

#include "http/auth/guess_limit.hpp"

namespace orrery {

class Clock;
class CommandGateway;
class Router;

/// What jobs of Slurm that are ours speak with. All pointers must outlive the router.
struct SlurmClaimContext {
  CommandGateway* gateway = nullptr;
  const Clock* clock = nullptr;
  /// Called on a session's or an actor's thread when something has happened that the driver will
  /// want to see: cheap, and often for nothing. May be empty.
  std::function<void()> hint = {};
  /// By the address that wrong secrets come from.
  std::shared_ptr<GuessLimit> guesses =
      std::make_shared<GuessLimit>(GuessLimit::Allowance{100, std::chrono::seconds(1)});
};

/// POST /orrery/v1/slurm/claims, where a job asks whether it may run its attempt, and
/// /orrery/v1/slurm/hints, by which it says that it is over (docs/slurm.md).
void add_slurm_claim_routes(Router& router, SlurmClaimContext context);

/// One function a resource.
void add_slurm_claims(Router& router, const std::shared_ptr<const SlurmClaimContext>& context);
void add_slurm_hints(Router& router, const std::shared_ptr<const SlurmClaimContext>& context);

}  // namespace orrery
