#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "actors/history/causal_tree.hpp"
#include "actors/history/folded_log.hpp"
#include "actors/history/history_diff.hpp"

namespace orrery {

/// What `orrery replay`, `diff` and `why` print, for people or as JSON.

/// Folds [1, to] of the log: all resources, or those of one kind. Reading and folding run on a
/// thread each.
boost::system::result<FoldedLog, LogDamage> fold_log(const EventLog& log, Position to,
                                                     std::string_view kind,
                                                     const std::function<void(Position)>& progress);

/// How many resources of each kind are in which phase.
void print_counts(const FoldedLog& folded, Position position, Time time, bool as_json,
                  std::ostream& out);

/// One line a resource, or one JSON object a line.
void print_resources(const FoldedLog& folded, std::string_view kind, bool as_json,
                     std::ostream& out);

void print_resource(std::string_view stream, const ResourceState& resource, bool as_json,
                    std::ostream& out);

void print_diff(const HistoryDiff& diff, const DiffQuery& query, bool as_json, std::ostream& out);

}  // namespace orrery
