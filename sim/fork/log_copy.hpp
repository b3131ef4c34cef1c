#pragma once

#include <functional>
#include <set>
#include <string>

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// Why a history can't be forked, as a sentence.
struct ForkFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const ForkFailure& failure,
                                             const boost::source_location& location);

/// How much of a log another one has got.
struct LogCopy {
  /// The last position copied; 0 where nothing was.
  Position position = 0;
  /// Of the commit that ends there.
  Time time{};
  ChainHash chain_hash{};
  /// False where the last commit was cut. Up to the one before it, the chain is the original's byte
  /// for byte in any case.
  bool is_whole = true;
  /// Streams of webhooks in it, for `pause_webhooks`.
  std::set<std::string> webhook_streams = {};
};

/// Appends to the empty log `into` what `from` holds up to `to`: the same events in the same
/// commits, with the same times, origins and command ids, so every hash is the same, too. An append
/// is never cut in two, for it is one decision: where `to` lies inside of one, the copy ends before
/// it, and its last commit is a shorter one with a hash of its own.
///
/// `progress` is called with positions as they are copied. `from` is only read.
boost::system::result<LogCopy, ForkFailure> copy_log(const EventLog& from, Position to,
                                                     EventLog& into,
                                                     const std::function<void(Position)>& progress);

/// `LogForked` at the end of a copy: from here on the log goes its own way.
boost::system::result<void, ForkFailure> mark_fork(const LogCopy& copy, const std::string& reason,
                                                   EventLog& into);

/// Pauses every webhook of a copy: its receiver gets the original's events from the original, and
/// doesn't know which world a second delivery is of.
boost::system::result<void, ForkFailure> pause_webhooks(const LogCopy& copy, EventLog& into);

}  // namespace orrery
