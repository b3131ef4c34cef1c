#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/slurm_events.hpp"

namespace orrery {

/// The rules of one start that Slurm carries out: attempts are handed over one after the other,
/// and at most one of them is ever claimed, for Slurm may lose a job, forget it, or run it late
/// (docs/slurm.md). Pure.
struct SlurmRun {
  static constexpr std::string_view stream_prefix = "slurm_run";

  struct RequestSubmit {
    SlurmSubmitRequested request;
  };
  struct ReportSubmitted {
    SlurmSubmitted submitted;
  };
  struct ConfirmPlaced {
    std::uint32_t attempt = 0;
  };
  /// The job's first act. Refused, it ends at once.
  struct Claim {
    SlurmAttemptClaimed claim;
    /// Of the secret that it showed.
    std::string digest;
  };
  /// Refused where it is claimed by now.
  struct ReportLost {
    std::uint32_t attempt = 0;
    std::string reason;
  };
  struct Withdraw {};
  struct End {
    SlurmRunEnded end;
  };
  using Command =
      std::variant<RequestSubmit, ReportSubmitted, ConfirmPlaced, Claim, ReportLost, Withdraw, End>;
  using Event = SlurmRunEvent;
  enum class Rejection : std::uint8_t {
    run_does_not_exist,
    claim_has_another_secret,
    run_has_ended,
    run_is_withdrawn,
    attempt_is_out_of_order,
    attempt_is_not_the_last,
    attempt_is_requested_differently,
    attempt_is_submitted_differently,
    attempt_is_lost,
    attempt_is_claimed,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, run_does_not_exist, claim_has_another_secret, run_has_ended,
                             run_is_withdrawn, attempt_is_out_of_order, attempt_is_not_the_last,
                             attempt_is_requested_differently, attempt_is_submitted_differently,
                             attempt_is_lost, attempt_is_claimed)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Active {
    /// The last one; attempt 0 where it was withdrawn before any.
    SlurmSubmitRequested request;
    /// Of the last attempt; id 0 until Slurm gave one.
    SlurmSubmitted submitted = {};
    bool placed = false;
    bool lost = false;
    /// Of the run; claimant empty until then.
    SlurmAttemptClaimed claim = {};
    bool withdrawn = false;

    bool is_claimed() const { return !claim.claimant.empty(); }
    bool operator==(const Active&) const = default;
    BOOST_DESCRIBE_CLASS(Active, (), (request, submitted, placed, lost, claim, withdrawn), (), ())
  };
  struct Ended {
    SlurmRunEnded end;

    bool operator==(const Ended&) const = default;
    BOOST_DESCRIBE_CLASS(Ended, (), (end), (), ())
  };
  using State = std::variant<Absent, Active, Ended>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Ended>(state); }
};

}  // namespace orrery
