#pragma once

#include "drivers/driver.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Puts into a start what was asked for, as the log says now: the job's specification with every
/// change of it, and which task of which array it is. False where the job is past that attempt, so
/// that nobody need be told.
bool complete(StartJob& start, const EventLog& log);

}  // namespace orrery
