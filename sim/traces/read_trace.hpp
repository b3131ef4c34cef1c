#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>
#include <boost/system/result.hpp>

#include "sim/traces/trace.hpp"

namespace orrery {

/// How a trace is written (docs/traces.md says what becomes of each column).
BOOST_DEFINE_FIXED_ENUM_CLASS(TraceFormat, std::uint8_t, swf, elasticflow, philly, helios,
                              alibaba_pods, alibaba_nodes, azure_llm)

/// Why there is no trace at all: a sentence for a person, which names the file and the next step.
/// A single line that is no job is no failure but a BadLine.
struct TraceFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const TraceFailure& failure,
                                             const boost::source_location& location);
template <class T>
using TraceReading = boost::system::result<T, TraceFailure>;

/// A file that is mostly no trace is said to be none, instead of reported line by line.
inline constexpr std::size_t bad_line_count_max = 1'000'000;
/// Longer times, in seconds, are nobody's job: 100 years. Keeps all sums of milliseconds in 64
/// bits.
inline constexpr std::int64_t trace_seconds_max = 100LL * 366 * 86'400;
/// More GPUs in one job, or in one node, than there are anywhere.
inline constexpr std::uint32_t trace_gpu_count_max = 1'000'000;

/// "swf", "elasticflow", "philly", "helios", "alibaba" (the pods), "azure-llm"; nothing for others,
/// and for "auto", which every reader takes as no format at all.
std::optional<TraceFormat> trace_format_named(std::string_view name);
/// By what the text begins with: its header line, its comments, its bracket.
std::optional<TraceFormat> recognise_trace(std::string_view text);

/// Reads one text. Every line is a job, a node, a header, a comment, blank, or in `bad_lines`; no
/// text is too damaged. The name is that of the trace and of the file in bad lines.
Trace parse_trace(TraceFormat format, std::string_view name, std::string_view text);

/// Reads a file, or all the traces below a directory, each as a Trace of its own, in order of their
/// names; files that are no trace (a licence, a note) are left out where the format isn't given.
/// Nodes that Alibaba publishes beside its pods are given to the traces of the same directory.
TraceReading<std::vector<Trace>> read_traces(const std::filesystem::path& path,
                                             std::optional<TraceFormat> format = std::nullopt);
/// The traces of all paths, one after the other; of two with one name the later one is "name (2)".
TraceReading<std::vector<Trace>> read_traces(const std::vector<std::filesystem::path>& paths,
                                             std::optional<TraceFormat> format = std::nullopt);

/// One file that must be one trace.
TraceReading<Trace> read_trace(const std::filesystem::path& file,
                               std::optional<TraceFormat> format = std::nullopt);

}  // namespace orrery
