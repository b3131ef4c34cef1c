#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include "events/batch_policy_events.hpp"

namespace orrery::aicenter {

/// What doesn't read as a part of a policy.
struct PolicyDocumentProblem {
  /// Such as "partitions[1].nodes[0]"; empty: the whole.
  std::string place;
  /// A sentence that follows the place.
  std::string message;
};
struct PolicyDocumentFailure {
  std::vector<PolicyDocumentProblem> problems;

  /// One line a problem.
  std::string text() const;
};
[[noreturn]] void throw_exception_from_error(const PolicyDocumentFailure& failure,
                                             const boost::source_location& location);

/// Every member under its own name (docs/batch-policy.md). What is written is what can be read.
boost::json::object policy_json(const BatchPolicy& policy);

/// Members that are absent have their defaults; unknown ones are problems: a misspelt limit would
/// be ignored silently. A time in minutes or seconds may also be written as "12h", "7d", "30min",
/// "90s" or, of a day, "07:00"; a moment as RFC 3339. Whether the policy makes sense is another
/// question (`actors/batch/policy_check.hpp`).
boost::system::result<BatchPolicy, PolicyDocumentFailure> read_policy(
    const boost::json::value& document);

}  // namespace orrery::aicenter
