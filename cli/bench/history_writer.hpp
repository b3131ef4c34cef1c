#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Commits events of a made-up history straight into a log, in groups of 256, as the control plane
/// under load would have. Events come in the order in which they happened, a microsecond after the
/// other from the last event of the log on.
class HistoryWriter {
 public:
  explicit HistoryWriter(EventLog& log);

  void add(const std::string& stream, Version version, const Event& event);
  /// Commits those that wait. Throws where the log refuses.
  void commit();

 private:
  struct Draft {
    std::string stream;
    Version version = 0;
    std::uint16_t tag = 0;
    std::uint16_t tag_version = 0;
    std::string payload;
  };

  EventLog& log_;
  Time begin_{};
  std::vector<Draft> drafts_;
};

}  // namespace orrery
