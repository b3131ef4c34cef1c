#include <optional>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/peer_group.hpp"
#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"
#include "http/native/slurm/claim_routes.hpp"
#include "http/server/router.hpp"
#include "storage/clock.hpp"

namespace orrery {
namespace {

using Context = std::shared_ptr<const SlurmClaimContext>;
using Result = boost::system::result<Outcome<SlurmRun>, Unavailable>;
using Rejection = SlurmRun::Rejection;

constexpr std::size_t body_bytes_max = 4'096;
constexpr std::size_t run_bytes_max = 200;
constexpr std::size_t claimant_bytes_max = 128;
constexpr std::size_t host_bytes_max = 255;

constexpr Fault no_secret{401, "bad_credential",
                          "This needs the secret of the claim: Authorization: Bearer <secret>."};
/// Whether there is such a run is nobody's business who doesn't have its secret.
constexpr Fault no_claim{404, "claim_not_found", "No such run waits for a claim with this secret."};
constexpr Fault too_large{413, "body_too_large", "A claim has at most 4096 bytes."};
constexpr Fault too_many{429, "too_many_guesses", "Too many wrong secrets came from this address."};
constexpr Fault unavailable{503, "unavailable", "Nothing can be changed now, try again later."};

Response refusal(const Fault& fault) {
  auto response = problem(fault);
  if (fault.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (fault.status == 429 || fault.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

struct Claim {
  std::string run;
  SlurmRun::Claim command;
};

Claim read_claim(JsonFields& fields) {
  constexpr std::int64_t attempt_max = 1'000'000'000;
  constexpr std::int64_t id_max = 1ll << 62;
  Claim read;
  read.run = fields.required_string("run", run_bytes_max);
  auto& claim = read.command.claim;
  const auto attempt = fields.optional_integer("attempt", 1, attempt_max);
  if (!attempt) fields.refuse("attempt", "is required");
  claim.attempt = static_cast<std::uint32_t>(attempt.value_or(0));
  claim.slurm_job_id =
      static_cast<std::uint64_t>(fields.optional_integer("slurm_job_id", 0, id_max).value_or(0));
  claim.claimant = fields.required_string("claimant", claimant_bytes_max);
  claim.host = fields.optional_string("host", host_bytes_max).value_or("");
  return read;
}

Response accepted(const std::string& run, std::uint32_t attempt) {
  Response response;
  response.body = boost::json::serialize(boost::json::object{{"run", run}, {"attempt", attempt}});
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

/// What the holder of the secret is told. The rest is told to anybody, so it tells nothing.
Fault fault_of(Rejection rejection) {
  switch (rejection) {
    case Rejection::attempt_is_claimed:
      return {409, "attempt_is_claimed", "Another job has claimed this run."};
    case Rejection::attempt_is_lost:
      return {409, "attempt_is_lost", "This attempt was given up as lost."};
    case Rejection::run_is_withdrawn:
      return {409, "run_is_withdrawn", "This run is not wanted any more."};
    default:
      return no_claim;
  }
}

/// An older attempt, and one of a run that is over, once had the right secret: many of them may
/// come from one address after a restart of slurmctld.
bool is_guess(Rejection rejection) {
  return rejection == Rejection::run_does_not_exist ||
         rejection == Rejection::claim_has_another_secret;
}

/// By the address, which pays for wrong secrets alone.
void refuse(const SlurmClaimContext& context, const std::string& peer, Rejection rejection,
            const Responder& respond) {
  if (is_guess(rejection)) context.guesses->take(peer, context.clock->now());
  respond(refusal(fault_of(rejection)));
}

void decide(const Context& context, const Request& request, Claim claim, const Responder& respond) {
  const auto attempt = claim.command.claim.attempt;
  const Origin origin{"slurm_run/" + claim.run, 0, request.request_id};
  context->gateway->submit<SlurmRun>({claim.run, std::move(claim.command), origin, {}},
                                     [context, respond, attempt, run = claim.run,
                                      peer = peer_group(request.peer)](const Result& outcome) {
                                       if (!outcome) return respond(refusal(unavailable));
                                       if (outcome->rejection)
                                         return refuse(*context, peer, *outcome->rejection,
                                                       respond);
                                       respond(accepted(run, attempt));
                                       if (context->hint) context->hint();
                                     });
}

void answer(const Context& context, const Request& request, const Responder& respond) {
  const auto secret = bearer_credential(request.header("authorization"));
  if (secret.empty()) return respond(refusal(no_secret));
  if (context->guesses->wait(peer_group(request.peer), context->clock->now()).count() > 0)
    return respond(refusal(too_many));
  if (request.body.size() > body_bytes_max) return respond(refusal(too_large));
  const auto body = parse_json_object(request.body);
  if (!body) return respond(problem({400, "bad_request", body.error().message}));
  JsonFields fields(*body);
  auto claim = read_claim(fields);
  if (fields.problem()) return respond(problem({400, "bad_request", *fields.problem()}));
  claim.command.digest = credential_digest_text(secret);
  decide(context, request, std::move(claim), respond);
}

}  // namespace

void add_slurm_claims(Router& router, const Context& context) {
  router.add(Method::post, "/orrery/v1/slurm/claims",
             [context](const Request& request, const Responder& respond) {
               answer(context, request, respond);
             });
}

}  // namespace orrery
