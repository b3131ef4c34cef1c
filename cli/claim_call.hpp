#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "drivers/slurm/claim/claim_order.hpp"
#include "http/transfers/http_transfers.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// Who asks.
struct Claimant {
  /// Drawn anew by each process: another one of the same job is another claimant.
  std::string name;
  std::uint64_t slurm_job_id = 0;
  std::string host;
};

/// How a claim came out.
struct ClaimOutcome {
  enum class Answer : std::uint8_t { granted, refused, unanswered };
  Answer answer = Answer::unanswered;
  /// The job was told to end meanwhile. With `granted` the run is claimed all the same.
  bool is_told_to_end = false;
  /// For people; never the secret.
  std::string reason;
};

/// Asks the server whether the job of an attempt may run it. One thread.
class ClaimCall {
 public:
  /// Both outlive it; `signals` as in drivers/slurm/claim/guard.hpp.
  ClaimCall(const ClaimOrder& order, const Descriptor& signals)
      : order_(order), signals_(signals) {}

  /// Again and again while there is no answer, or one that says "later": as long as `patience`. A
  /// signal to end stops it, once an answer that is on its way has come, or some seconds are over:
  /// a claim may have been taken by then.
  ClaimOutcome ask(const Claimant& claimant, std::chrono::milliseconds patience);

  /// Once, briefly: the driver should look. Nobody hears whether it worked.
  void hint() const;

 private:
  HttpOutcome post(const std::string& body, std::chrono::milliseconds timeout);
  std::optional<ClaimOutcome> judge(const HttpOutcome& answer) const;
  std::string url(std::string_view path) const;

  const ClaimOrder& order_;
  const Descriptor& signals_;
  bool is_told_to_end_ = false;
};

}  // namespace orrery
