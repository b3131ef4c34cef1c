#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>
#include <boost/system/result.hpp>

#include "events/cluster_events.hpp"

namespace orrery {

/// Who of those who wait is next: who came first, whose job is expected to be the shortest, or
/// whose tenant has used the least of late.
BOOST_DEFINE_FIXED_ENUM_CLASS(TraceOrder, std::uint8_t, fifo, sjf, fairshare)

/// How the jobs of a trace are scheduled.
struct TracePolicy {
  TraceOrder order = TraceOrder::fifo;
  /// Others go ahead of the first who doesn't fit where that doesn't delay it (EASY). Otherwise
  /// nobody passes it.
  bool backfills = false;
  /// Which node and GPU of those that fit: the fullest or the emptiest.
  PlacementStrategy strategy = PlacementStrategy::pack;

  bool operator==(const TracePolicy&) const = default;
};

/// Such as "fifo+pack" or "sjf+backfill+spread".
std::string name_of(const TracePolicy& policy);

/// The policy that the words between the pluses make: one of fifo, sjf, fairshare; backfill; one of
/// pack, spread. What isn't said is as in `TracePolicy`. The error is a sentence.
boost::system::result<TracePolicy, std::string> parse_trace_policy(std::string_view text);

/// Several, with commas between them; none twice.
boost::system::result<std::vector<TracePolicy>, std::string> parse_trace_policies(
    std::string_view text);

}  // namespace orrery
