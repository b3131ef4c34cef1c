#include "actors/slurm_run/slurm_run.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const SlurmSubmitRequested first{1, "digest 1", "slurm-a1"};
const SlurmSubmitRequested second{2, "digest 2", "slurm-a1"};
const SlurmSubmitted submitted{1, 1'000, 1'700'000'000};
const SlurmAttemptClaimed claimed{1, 1'000, "claimant", "a1"};
const SlurmRun::Claim claim{claimed, first.claim_digest};

Given<SlurmRun> requested() { return given<SlurmRun>({first}); }
Given<SlurmRun> lost() { return requested().then({SlurmAttemptLost{1, "forgotten"}}); }
Given<SlurmRun> running() { return requested().then({submitted, claimed}); }

}  // namespace

TEST_CASE("attempts are counted, and one follows only where the last is lost") {
  CHECK(given<SlurmRun>({}).when(SlurmRun::RequestSubmit{first}).value() ==
        decided<SlurmRun>({first}));
  CHECK(given<SlurmRun>({}).when(SlurmRun::RequestSubmit{second}).error() ==
        SlurmRun::Rejection::attempt_is_out_of_order);
  CHECK(requested().when(SlurmRun::RequestSubmit{second}).error() ==
        SlurmRun::Rejection::attempt_is_out_of_order);
  CHECK(lost().when(SlurmRun::RequestSubmit{second}).value() == decided<SlurmRun>({second}));
  CHECK(requested().when(SlurmRun::RequestSubmit{first}).value().empty());
  CHECK(requested().when(SlurmRun::RequestSubmit{{1, "other", "slurm-a1"}}).error() ==
        SlurmRun::Rejection::attempt_is_requested_differently);
}

TEST_CASE("only one job of a run ever goes on") {
  CHECK(requested().when(claim).value() == decided<SlurmRun>({claimed}));
  auto stranger = claim;
  stranger.claim.claimant = "another";
  CHECK(running().when(stranger).error() == SlurmRun::Rejection::attempt_is_claimed);
  CHECK(running().when(SlurmRun::ReportLost{1, "forgotten"}).error() ==
        SlurmRun::Rejection::attempt_is_claimed);
  CHECK(running().when(SlurmRun::RequestSubmit{second}).error() ==
        SlurmRun::Rejection::attempt_is_claimed);
}

TEST_CASE("a claim whose answer was lost is answered again") {
  CHECK(running().when(claim).value().empty());
}

TEST_CASE("a claim with another secret is refused") {
  CHECK(requested().when(SlurmRun::Claim{claimed, "guessed"}).error() ==
        SlurmRun::Rejection::claim_has_another_secret);
}

TEST_CASE("what was given up and runs all the same is refused its claim") {
  CHECK(lost().when(claim).error() == SlurmRun::Rejection::attempt_is_lost);
  CHECK(lost().then({second}).when(claim).error() == SlurmRun::Rejection::attempt_is_not_the_last);
  CHECK(requested().then({SlurmRunWithdrawn{}}).when(claim).error() ==
        SlurmRun::Rejection::run_is_withdrawn);
  CHECK(given<SlurmRun>({}).when(claim).error() == SlurmRun::Rejection::run_does_not_exist);
  CHECK(running().then({SlurmRunEnded{}}).when(claim).error() ==
        SlurmRun::Rejection::run_has_ended);
}

TEST_CASE("an attempt has one id") {
  CHECK(requested().then({submitted}).when(SlurmRun::ReportSubmitted{submitted}).value().empty());
  CHECK(requested()
            .then({submitted})
            .when(SlurmRun::ReportSubmitted{{1, 1'001, submitted.boot_time_s}})
            .error() == SlurmRun::Rejection::attempt_is_submitted_differently);
}

TEST_CASE("what is withdrawn before it was submitted never is") {
  const auto withdrawn = given<SlurmRun>({SlurmRunWithdrawn{}});
  CHECK(withdrawn.when(SlurmRun::RequestSubmit{first}).error() ==
        SlurmRun::Rejection::run_is_withdrawn);
}

TEST_CASE("every state of a Slurm run answers every command as the table says", "[golden]") {
  check_state_table<SlurmRun>({
      {{"absent", SlurmRun::Absent{}},
       {"requested", requested().state},
       {"submitted", requested().then({submitted}).state},
       {"placed", requested().then({submitted, SlurmAttemptPlaced{1}}).state},
       {"lost", lost().state},
       {"running", running().state},
       {"withdrawn", requested().then({SlurmRunWithdrawn{}}).state},
       {"ended", running().then({SlurmRunEnded{}}).state}},
      {{"request the first", SlurmRun::RequestSubmit{first}},
       {"request the second", SlurmRun::RequestSubmit{second}},
       {"report it submitted", SlurmRun::ReportSubmitted{submitted}},
       {"confirm it placed", SlurmRun::ConfirmPlaced{1}},
       {"claim", claim},
       {"report it lost", SlurmRun::ReportLost{1, "forgotten"}},
       {"withdraw", SlurmRun::Withdraw{}},
       {"end", SlurmRun::End{}}},
  });
}
