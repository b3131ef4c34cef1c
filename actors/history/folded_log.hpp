#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "actors/history/resource_state.hpp"

namespace orrery {

/// Every resource of a log as of one position: what folding it up to there comes to.
class FoldedLog {
 public:
  /// Folds the next event. What is wrong with it, if anything.
  std::optional<LogDamage> apply(const RecordedEvent& recorded);

  const ResourceState* find(std::string_view stream) const;

  /// How many resources of a kind are in which phase: kind → phase → count.
  std::map<std::string, std::map<std::string, std::uint64_t>> counts() const;

  /// Of one kind ("vm"), or all where it is empty, by stream.
  std::map<std::string_view, const ResourceState*> resources(std::string_view kind) const;

 private:
  boost::unordered_flat_map<std::string, ResourceState> resources_;
};

}  // namespace orrery
