#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// Where the newest snapshot of a stream's aggregate lies in the log's store
/// (`EventLog::snapshot`); empty where its kind has none.
std::string snapshot_name_of_stream(std::string_view stream);

}  // namespace orrery
