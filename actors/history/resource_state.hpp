#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "actors/history/folded_aggregate.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// One resource as of some position: what its stream says up to there.
struct ResourceState {
  /// Of the stream's last event up to the position; 0 where it had none.
  Version version = 0;
  Position first_position = 0;
  Position last_position = 0;
  Time first_time{};
  Time last_time{};
  /// Null before the first event.
  std::unique_ptr<FoldedAggregate> aggregate;

  /// Folds the stream's next event. What is wrong with it, if anything.
  std::optional<LogDamage> apply(const RecordedEvent& recorded);

  /// {"phase", "ended", "version", "first_position", "last_position", "first_time", "last_time",
  /// "fields"}.
  boost::json::object json() const;
};

/// The resource behind `stream` as of `position`, from its own events alone. Version 0: there was
/// none then.
boost::system::result<ResourceState, LogDamage> resource_at(const EventLog& log,
                                                            std::string_view stream,
                                                            Position position);

}  // namespace orrery
