#include "sim/checkers/acknowledged_is_durable.hpp"

#include <algorithm>

namespace orrery {

void AcknowledgedIsDurable::acknowledged(const std::string& stream, Version version,
                                         Position position) {
  ++acknowledged_count_;
  if (position != 0) by_position_[position] = {stream, version};
  auto& least = versions_[stream];
  least = std::max(least, version);
}

void AcknowledgedIsDurable::begin_again() {
  applied_versions_.clear();
  applied_ = 0;
}

void AcknowledgedIsDurable::apply(const RecordedEvent& recorded) {
  if (recorded.position != applied_ + 1)
    violated(recorded.position, "after " + std::to_string(applied_) + " comes no gap");
  applied_ = recorded.position;
  auto& version = applied_versions_[recorded.stream];
  if (recorded.version != version + 1)
    violated(recorded.position, recorded.stream + " has a gap in its versions");
  version = recorded.version;

  const auto known = by_position_.find(recorded.position);
  if (known == by_position_.end()) return;
  if (known->second.stream != recorded.stream || known->second.version != recorded.version)
    violated(recorded.position, "acknowledged as " + known->second.stream + " version " +
                                    std::to_string(known->second.version) + ", but it is " +
                                    recorded.stream + " version " +
                                    std::to_string(recorded.version));
}

void AcknowledgedIsDurable::at_rest() {
  for (const auto& [stream, version] : versions_)
    if (applied_versions_[stream] < version)
      violated(0, stream + " was acknowledged at version " + std::to_string(version) +
                      ", but the log has " + std::to_string(applied_versions_[stream]));
  if (!by_position_.empty() && by_position_.rbegin()->first > applied_)
    violated(by_position_.rbegin()->first, "acknowledged, but beyond the end of the log");
}

}  // namespace orrery
