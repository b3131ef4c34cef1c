#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// What a pass over the whole log checks beyond the hashes: that each stream counts up by one, and
/// ends where the index says. One thread.
class StreamVerification {
 public:
  std::optional<LogDamage> check(const StoredEvent& stored);

  /// The index must agree with what the log itself says, as far as it was read.
  std::optional<LogDamage> check_index(const EventLog& log) const;

  std::uint64_t commit_count() const { return commit_count_; }
  std::size_t stream_count() const { return version_of_stream_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return boost::hash<std::string_view>()(text);
    }
  };

  std::optional<ChainHash> previous_;
  std::uint64_t commit_count_ = 0;
  Position last_position_ = 0;
  boost::unordered_flat_map<std::string, Version, Hash, std::equal_to<>> version_of_stream_;
};

}  // namespace orrery
