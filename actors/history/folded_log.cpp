#include "actors/history/folded_log.hpp"

#include "events/stream_name.hpp"

namespace orrery {

std::optional<LogDamage> FoldedLog::apply(const RecordedEvent& recorded) {
  return resources_[recorded.stream].apply(recorded);
}

const ResourceState* FoldedLog::find(std::string_view stream) const {
  const auto found = resources_.find(std::string(stream));
  return found == resources_.end() ? nullptr : &found->second;
}

std::map<std::string, std::map<std::string, std::uint64_t>> FoldedLog::counts() const {
  std::map<std::string, std::map<std::string, std::uint64_t>> counts;
  for (const auto& [stream, resource] : resources_)
    ++counts[std::string(stream_aggregate(stream))][resource.aggregate->phase()];
  return counts;
}

std::map<std::string_view, const ResourceState*> FoldedLog::resources(std::string_view kind) const {
  std::map<std::string_view, const ResourceState*> found;
  for (const auto& [stream, resource] : resources_)
    if (kind.empty() || stream_aggregate(stream) == kind) found.emplace(stream, &resource);
  return found;
}

}  // namespace orrery
