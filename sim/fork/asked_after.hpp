#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/system/result.hpp>

#include "actors/runtime/command.hpp"
#include "sim/fork/log_copy.hpp"
#include "sim/simulated_driver_actor.hpp"

namespace orrery {

/// How long a job's script ran before it ended by itself, and how it ended.
struct SeenRun {
  std::chrono::microseconds length{0};
  JobExit exit;
};

/// A lease of something that isn't repeated itself, repeated as a claim on its own: so the cluster
/// is as full as it was.
struct SeenLease {
  LeaseRequested request;
  /// From its grant to its end; absent where it had none yet.
  std::optional<std::chrono::microseconds> held;
};

/// What machines do by themselves.
using MachineFate = std::variant<LoseNode, RestoreNode, FaultGpu, RepairGpu>;

/// What the world did to a control plane after a position, as its log tells: not what came of it,
/// which is another control plane's to decide.
struct AskedAfter {
  template <class What>
  struct At {
    Time at{};
    What what;
  };

  /// People's: jobs, arrays, holds, releases, changes and cancellations of these; policies,
  /// users and teams of the center; nodes and cordons. In order of time.
  std::vector<At<AddressedCommand>> requests;
  std::vector<At<MachineFate>> fates;
  /// By id of the lease.
  std::vector<At<std::pair<std::string, SeenLease>>> leases;
  /// By id of the job; whoever isn't here ran until somebody stopped it, or runs still.
  std::map<std::string, SeenRun> runs;
  /// People's requests of other kinds, by the name of their event: how many.
  std::map<std::string, std::uint64_t> not_repeated;
};

/// Reads all of `log`; `position` is the last one before the fork.
boost::system::result<AskedAfter, ForkFailure> asked_after(const EventLog& log, Position position);

}  // namespace orrery
