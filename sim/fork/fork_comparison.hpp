#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "sim/fork/log_copy.hpp"
#include "sim/traces/trace.hpp"
#include "sim/traces/trace_result.hpp"

namespace orrery {

/// The same requests in two histories: what became of them in the original, and in the fork.
struct ForkComparison {
  /// Jobs, and the claims on GPUs of everything else, that were not over at the fork or came after
  /// it, as the original knows them. Tenants are users, and kinds of other holders ("vm/").
  Trace trace;
  TraceResult original;
  TraceResult fork;
  /// From the fork to the end of both.
  std::int64_t span_ms = 0;
};

/// Folds both logs. Whatever still runs at `until` ends there, as far as is counted; `start_ms` -1
/// hasn't begun by then. The cluster is the nodes that had been registered by the end of the
/// original.
boost::system::result<ForkComparison, ForkFailure> compare_fork(const EventLog& original,
                                                                const EventLog& fork,
                                                                Position position, Time until,
                                                                double price_per_gpu_hour);

}  // namespace orrery
