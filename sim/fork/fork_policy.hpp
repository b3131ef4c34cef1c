#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "events/batch_policy_events.hpp"
#include "events/cluster_events.hpp"
#include "sim/fork/forked_life.hpp"

namespace orrery {

/// What clusters go by, by their names.
struct PoliciesInForce {
  std::map<std::string, ClusterDeclared> clusters;
  std::map<std::string, BatchPolicy> batch;
};
boost::system::result<PoliciesInForce, ForkFailure> policies_in_force(const EventLog& log);

/// For messages and help.
inline constexpr std::string_view fork_policy_names =
    "fifo, backfill, fairshare (of batch jobs); pack, spread (of all placement); queue, refuse "
    "(when a cluster is full)";

/// One that is called by name, as a change of the policies in force; several are joined by '+'
/// ("backfill+spread"). A word that is no name is given to `read_batch_policy` as a file, whose
/// policy all batch systems get. Empty or "as-is": no change.
boost::system::result<ForkChange, ForkFailure> fork_change_named(
    std::string_view names, const PoliciesInForce& in_force,
    const std::function<boost::system::result<BatchPolicy, ForkFailure>(const std::string&)>&
        read_batch_policy);

}  // namespace orrery
