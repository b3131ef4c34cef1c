#include <atomic>
#include <chrono>
#include <memory>

#include "http/native/slurm/claim_routes.hpp"
#include "http/server/router.hpp"
#include "storage/clock.hpp"

namespace orrery {
namespace {

/// Whoever calls, the driver isn't made to look more often; what comes in between it sees when it
/// looks by itself.
constexpr std::chrono::milliseconds hints_apart{50};

/// Lets one of many pass. Thread-safe.
class Gate {
 public:
  bool passes(Time now) {
    const auto time = now.time_since_epoch().count();
    auto last = last_.load();
    const auto apart = std::chrono::duration_cast<Time::duration>(hints_apart).count();
    return (time < last || time - last >= apart) && last_.compare_exchange_strong(last, time);
  }

 private:
  std::atomic<Time::rep> last_ = 0;
};

}  // namespace

/// It tells the server nothing but to look, so it needs no secret.
void add_slurm_hints(Router& router, const std::shared_ptr<const SlurmClaimContext>& context) {
  router.add(Method::post, "/orrery/v1/slurm/hints",
             [context, gate = std::make_shared<Gate>()](const Request&, const Responder& respond) {
               if (context->hint && gate->passes(context->clock->now())) context->hint();
               Response heard;
               heard.status = 204;
               respond(std::move(heard));
             });
}

void add_slurm_claim_routes(Router& router, SlurmClaimContext context) {
  const auto shared = std::make_shared<const SlurmClaimContext>(std::move(context));
  add_slurm_claims(router, shared);
  add_slurm_hints(router, shared);
}

}  // namespace orrery
