#include "cli/stream_verification.hpp"

#include <fmt/format.h>

namespace orrery {

std::optional<LogDamage> StreamVerification::check(const StoredEvent& stored) {
  if (!previous_ || *previous_ != *stored.previous_hash) {
    ++commit_count_;
    previous_ = *stored.previous_hash;
  }
  last_position_ = stored.position;
  auto found = version_of_stream_.find(stored.stream);
  if (found == version_of_stream_.end())
    found = version_of_stream_.emplace(std::string(stored.stream), 0).first;
  if (stored.version == ++found->second) return std::nullopt;
  return LogDamage{stored.position, fmt::format("version {} of {} follows version {}",
                                                stored.version, stored.stream, found->second - 1)};
}

std::optional<LogDamage> StreamVerification::check_index(const EventLog& log) const {
  for (const auto& [stream, version] : version_of_stream_)
    if (const auto indexed = log.version_of(stream); indexed != version)
      return LogDamage{last_position_,
                       fmt::format("the index has version {} of {}, the log version {}", indexed,
                                   stream, version)};
  return std::nullopt;
}

}  // namespace orrery
