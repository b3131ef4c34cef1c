#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace orrery {

struct ServiceDetails;

/// What a service has written so far.
struct ServiceOutput {
  /// Nothing where there is no such file (yet).
  std::optional<std::string> out;
  std::optional<std::string> err;
};

/// Reads what services write. Thread-safe.
class ServiceLogs {
 public:
  /// Of each stream that one answer shows.
  static constexpr std::size_t answer_bytes_max = 1024 * 1024;

  virtual ~ServiceLogs() = default;

  /// At most so many bytes of each stream: of a longer one the last, from the beginning of a line
  /// on. Any bytes: what is no UTF-8 is the caller's to mend. Called on a serving thread, so it may
  /// read local files, and wait for anything else for a moment only.
  virtual ServiceOutput output_of(const ServiceDetails& service, std::size_t bytes_max) const = 0;
};

}  // namespace orrery
