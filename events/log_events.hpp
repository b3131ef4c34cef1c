#pragma once

#include <cstdint>
#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// An operator accepted that acknowledged events are lost, after the log refused to open. Stream:
/// log/recovery.
struct LogLossAccepted {
  /// Last position that the watermark vouched for, and the last one that could be read.
  std::uint64_t acknowledged_position = 0;
  std::uint64_t recovered_position = 0;
  std::string reason;

  bool operator==(const LogLossAccepted&) const = default;
  BOOST_DESCRIBE_CLASS(LogLossAccepted, (), (acknowledged_position, recovered_position, reason), (),
                       ())
};

/// This log went its own way: up to `position` it is another one's history. Stream: log/fork.
struct LogForked {
  /// The last position of the other log that is in this one, and the hash of its commit there, in
  /// hex.
  std::uint64_t position = 0;
  std::string chain_hash;
  std::string reason;

  bool operator==(const LogForked&) const = default;
  BOOST_DESCRIBE_CLASS(LogForked, (), (position, chain_hash, reason), (), ())
};

}  // namespace orrery
