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

}  // namespace orrery
