#pragma once

#include <cstdint>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "actors/runtime/log_access.hpp"
#include "actors/runtime/tailer.hpp"
#include "actors/runtime/tick.hpp"

namespace orrery {

namespace batch {
class ForecastBoard;
}

/// Limits of one tailer's shell.
struct TailConfiguration {
  /// A snapshot is put into the log's store after this many events, or more where the state is
  /// large, and on stop.
  std::uint64_t snapshot_interval = 65'536;
  /// Commands on their way at once; the rest wait in the shell, in order. Few, since appends wait
  /// in one queue: these stand before every request (docs/performance.md).
  std::size_t in_flight_max = 64;
  /// Where the batch scheduler leaves its forecasts; null: nowhere. Outlives the tailers.
  batch::ForecastBoard* forecasts = nullptr;
};

/// Asks a tailer up to which position it has folded; the answer is a `Position`. Comes only after
/// it has resumed.
struct AskApplied {};

/// The one shell of tailers that follow the log (tailer.hpp says what it does for them). It
/// subscribes to the log, reads what came before by itself, and sends what the machine owes.
/// Commands to one aggregate are sent one after the other, so a repetition never overtakes what
/// came after it; those to different aggregates don't wait for each other. On `Tick` it repeats
/// what failed. Told to exit, it saves a snapshot and quits.
///
/// A log that can't be read stops the program: deciding on half a history is worse.
///
/// `spawn_commanding_tail<M>` is defined in tail_actor.cpp for Placement, VmProcess,
/// NodeProcess, ResourceProcess, InstanceProcess, BillingProcess, ServiceProcess, ClientProcess,
/// SharedNodeProcess, InferenceProcess, JobProcess and BatchScheduler.
template <class M>
caf::actor spawn_commanding_tail(caf::actor_system& system, LogAccess log, CommandBus bus,
                                 TailConfiguration configuration);

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::AskApplied)
