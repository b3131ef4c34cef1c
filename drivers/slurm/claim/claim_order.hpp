#pragma once

#include <cstdint>
#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// claim.<attempt>.json in the run directory, for its owner only: how the job of an attempt claims
/// it. Written by the driver before Slurm hears of the attempt; removed when the run is over.
struct ClaimOrder {
  /// Of the stream slurm_run/<run>.
  std::string run;
  std::uint32_t attempt = 0;
  /// 32 random bytes as lower-case hex; the log holds the digest of this text.
  std::string secret;
  /// Such as "http://10.0.0.1:8080", where POST /orrery/v1/slurm/claims is.
  std::string server_url;
  /// After so long without an answer from there the job gives up.
  std::uint32_t patience_s = 0;

  BOOST_DESCRIBE_CLASS(ClaimOrder, (), (run, attempt, secret, server_url, patience_s), (), ())
};

}  // namespace orrery
