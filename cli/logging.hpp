#pragma once

#include <string_view>

namespace orrery {

/// The program's own log: one line each to stderr, with time and level. Any thread.
/// Everything about events is in the event log, not here.
void start_logging(std::string_view level);

void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

}  // namespace orrery
