#pragma once

#include <optional>

#include "storage/event_log.hpp"

namespace orrery {

/// As `record`, for whoever must not stop the program over an event that this release can't read:
/// the damage says what to do next. `recorded` is of no use then.
std::optional<LogDamage> record_checked(const StoredEvent& stored, RecordedEvent& recorded);

}  // namespace orrery
