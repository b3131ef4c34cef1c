#include "actors/slurm_run/slurm_run.hpp"

namespace orrery {

using Answer = Decision<SlurmRun::Event, SlurmRun::Rejection>;

namespace {

using Active = SlurmRun::Active;
using Rejection = SlurmRun::Rejection;

Answer decide_request(const Active& run, const SlurmSubmitRequested& request) {
  if (request.attempt == run.request.attempt && request.attempt != 0) {
    if (request == run.request) return nothing_happens<Answer>();
    return Rejection::attempt_is_requested_differently;
  }
  if (run.withdrawn) return Rejection::run_is_withdrawn;
  if (request.attempt != run.request.attempt + 1) return Rejection::attempt_is_out_of_order;
  if (run.is_claimed()) return Rejection::attempt_is_claimed;
  if (!run.lost) return Rejection::attempt_is_out_of_order;
  return happens<Answer>(request);
}

Answer decide_submitted(const Active& run, const SlurmSubmitted& submitted) {
  if (submitted.attempt != run.request.attempt) return Rejection::attempt_is_not_the_last;
  if (run.submitted == submitted) return nothing_happens<Answer>();
  if (run.submitted.slurm_job_id != 0) return Rejection::attempt_is_submitted_differently;
  if (run.lost) return Rejection::attempt_is_lost;
  return happens<Answer>(submitted);
}

Answer decide_placed(const Active& run, std::uint32_t attempt) {
  if (attempt != run.request.attempt) return Rejection::attempt_is_not_the_last;
  if (run.placed) return nothing_happens<Answer>();
  if (run.lost) return Rejection::attempt_is_lost;
  return happens<Answer>(SlurmAttemptPlaced{attempt});
}

/// Whoever claimed hears so again: the first answer may not have reached it.
Answer decide_claim(const Active& run, const SlurmRun::Claim& command) {
  const auto& claim = command.claim;
  if (claim.attempt != run.request.attempt) return Rejection::attempt_is_not_the_last;
  if (command.digest != run.request.claim_digest) return Rejection::claim_has_another_secret;
  if (run.is_claimed()) {
    if (claim.claimant == run.claim.claimant) return nothing_happens<Answer>();
    return Rejection::attempt_is_claimed;
  }
  if (run.withdrawn) return Rejection::run_is_withdrawn;
  if (run.lost) return Rejection::attempt_is_lost;
  return happens<Answer>(claim);
}

Answer decide_lost(const Active& run, const SlurmRun::ReportLost& report) {
  if (report.attempt > run.request.attempt) return Rejection::attempt_is_out_of_order;
  if (run.is_claimed()) return Rejection::attempt_is_claimed;
  if (report.attempt < run.request.attempt || run.lost) return nothing_happens<Answer>();
  return happens<Answer>(SlurmAttemptLost{report.attempt, report.reason});
}

}  // namespace

Answer SlurmRun::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const RequestSubmit& submit) -> Answer {
            if (submit.request.attempt != 1) return Rejection::attempt_is_out_of_order;
            return happens<Answer>(submit.request);
          },
          [](const Active& run, const RequestSubmit& submit) {
            return decide_request(run, submit.request);
          },
          [](const Active& run, const ReportSubmitted& report) {
            return decide_submitted(run, report.submitted);
          },
          [](const Active& run, const ConfirmPlaced& confirm) {
            return decide_placed(run, confirm.attempt);
          },
          [](const Active& run, const Claim& claim) { return decide_claim(run, claim); },
          [](const Active& run, const ReportLost& report) { return decide_lost(run, report); },
          [](const Absent&, const Withdraw&) -> Answer {
            return happens<Answer>(SlurmRunWithdrawn{});
          },
          [](const Active& run, const Withdraw&) -> Answer {
            if (run.withdrawn) return nothing_happens<Answer>();
            return happens<Answer>(SlurmRunWithdrawn{});
          },
          [](const Ended&, const Withdraw&) -> Answer { return nothing_happens<Answer>(); },
          [](const Active&, const End& end) -> Answer { return happens<Answer>(end.end); },
          [](const Ended&, const End&) -> Answer { return nothing_happens<Answer>(); },
          [](const Absent&, const auto&) -> Answer { return Rejection::run_does_not_exist; },
          [](const Ended&, const auto&) -> Answer { return Rejection::run_has_ended; },
      },
      state, command);
}

SlurmRun::State SlurmRun::evolve(State state, const Event& event) {
  auto active = [&]() -> Active& {
    if (!std::holds_alternative<Active>(state)) state = Active{};
    return std::get<Active>(state);
  };
  std::visit(Match{
                 [&](const SlurmSubmitRequested& request) {
                   Active next;
                   next.request = request;
                   state = next;
                 },
                 [&](const SlurmSubmitted& submitted) { active().submitted = submitted; },
                 [&](const SlurmAttemptPlaced&) { active().placed = true; },
                 [&](const SlurmAttemptClaimed& claim) { active().claim = claim; },
                 [&](const SlurmAttemptLost&) { active().lost = true; },
                 [&](const SlurmRunWithdrawn&) { active().withdrawn = true; },
                 [&](const SlurmRunEnded& end) { state = Ended{end}; },
             },
             event);
  return state;
}

}  // namespace orrery
