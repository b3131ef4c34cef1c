#pragma once

#include <iosfwd>

#include "sim/traces/read_trace.hpp"

namespace orrery {

/// Writes a trace in a format of others: swf, elasticflow, helios or alibaba_pods. Times are
/// rounded to seconds; what the format has no column for is left out (docs/traces.md). A failure
/// where it can't say what a job asks for, such as a share of a GPU in SWF, or where it is a format
/// that we only read; then nothing useful has been written.
TraceReading<void> write_trace(const Trace& trace, TraceFormat format, std::ostream& out);

}  // namespace orrery
