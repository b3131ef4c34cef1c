#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "storage/event_log.hpp"

namespace orrery {

struct FullVerification {
  /// 0, or `exit_log_damaged`.
  int exit_code = 0;
  /// Names of snapshots that aren't what the log says. They are derived: dropped, they are made
  /// anew.
  std::vector<std::string> bad_snapshots;
};

/// `orrery log verify --full`: what `verify_log` does, and folds the whole log afresh: every view
/// up to its newest snapshot, every aggregate that has one, and compares byte for byte. Reading
/// with hashing, decoding and folding run on a thread each.
FullVerification verify_log_fully(const EventLog& log, bool is_quiet, std::ostream& out,
                                  std::ostream& err);

/// Puts nothing in their place.
void drop_snapshots(EventLog& log, const std::vector<std::string>& names);

}  // namespace orrery
