#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sim/traces/read_trace.hpp"

namespace orrery {

/// All of a file, which is not too large to be read at once.
TraceReading<std::string> read_trace_text(const std::filesystem::path& file);

/// The file's text as the trace that it was recognised as, named as the file is. A failure where
/// nearly nothing of it is a job.
TraceReading<Trace> parse_trace_file(const std::filesystem::path& file, std::string_view text,
                                     TraceFormat format);

}  // namespace orrery
