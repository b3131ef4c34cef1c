#include "sim/traces/read_trace.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "sim/traces/csv_table.hpp"
#include "sim/traces/text_lines.hpp"
#include "sim/traces/trace_fields.hpp"
#include "sim/traces/trace_files.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

/// simdjson reads no longer text, and a line number has 32 bits.
constexpr std::uintmax_t file_size_max = 4'000'000'000;

void import(TraceFormat format, std::string_view text, TraceDraft& draft) {
  switch (format) {
    case TraceFormat::swf:
      return read_swf(text, draft);
    case TraceFormat::elasticflow:
      return read_elasticflow(text, draft);
    case TraceFormat::philly:
      return read_philly(text, draft);
    case TraceFormat::helios:
      return read_helios(text, draft);
    case TraceFormat::alibaba_pods:
      return read_alibaba_pods(text, draft);
    case TraceFormat::alibaba_nodes:
      return read_alibaba_nodes(text, draft);
    case TraceFormat::azure_llm:
      return read_azure_llm(text, draft);
  }
}

std::optional<TraceFormat> recognise_header(std::string_view header) {
  if (has_csv_columns(header, azure_llm_columns)) return TraceFormat::azure_llm;
  if (has_csv_columns(header, helios_columns)) return TraceFormat::helios;
  if (has_csv_columns(header, alibaba_pod_columns)) return TraceFormat::alibaba_pods;
  if (has_csv_columns(header, alibaba_node_columns)) return TraceFormat::alibaba_nodes;
  if (has_csv_columns(header, elasticflow_columns)) return TraceFormat::elasticflow;
  return std::nullopt;
}

/// Eighteen numbers: a line of SWF whose file has no comments.
bool is_swf_line(std::string_view line) {
  return std::all_of(line.begin(), line.end(),
                     [](char c) {
                       return (c >= '0' && c <= '9') || c == ' ' || c == '\t' || c == '-' ||
                              c == '.';
                     }) &&
         line.find(' ') != std::string_view::npos;
}

std::string unrecognised(const fs::path& file, std::string_view text) {
  if (text.starts_with("\x1F\x8B"))
    return fmt::format("{0} is compressed: gunzip {0}", file.string());
  return fmt::format(
      "{} begins like no trace that we read; name its --format (swf, elasticflow, philly, helios, "
      "alibaba, azure-llm)",
      file.string());
}

}  // namespace

void throw_exception_from_error(const TraceFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

std::optional<TraceFormat> trace_format_named(std::string_view name) {
  static const std::map<std::string_view, TraceFormat> formats{
      {"swf", TraceFormat::swf},
      {"elasticflow", TraceFormat::elasticflow},
      {"philly", TraceFormat::philly},
      {"helios", TraceFormat::helios},
      {"alibaba", TraceFormat::alibaba_pods},
      {"azure-llm", TraceFormat::azure_llm}};
  const auto known = formats.find(name);
  return known == formats.end() ? std::nullopt : std::optional(known->second);
}

std::optional<TraceFormat> recognise_trace(std::string_view text) {
  TextLines lines(text);
  for (auto line = lines.next(); line; line = lines.next()) {
    const auto written = trimmed(line->text);
    if (written.empty()) continue;
    if (written.front() == ';') return TraceFormat::swf;
    if (written.front() == '[') return TraceFormat::philly;
    if (is_swf_line(written)) return TraceFormat::swf;
    constexpr std::size_t header_size_max = 64 * 1'024;
    return written.size() > header_size_max ? std::nullopt : recognise_header(written);
  }
  return std::nullopt;
}

Trace parse_trace(TraceFormat format, std::string_view name, std::string_view text) {
  TraceDraft draft(name);
  import(format, text, draft);
  return std::move(draft).finished();
}

TraceReading<std::string> read_trace_text(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return TraceFailure{fmt::format("{}: {}", file.string(), error.message())};
  if (size > file_size_max)
    return TraceFailure{fmt::format("{} is larger than 4 GB: split it", file.string())};
  std::string text(size, '\0');
  std::ifstream in(file, std::ios::binary);
  if (!in.read(text.data(), static_cast<std::streamsize>(size)))
    return TraceFailure{fmt::format("{} cannot be read", file.string())};
  return {boost::system::in_place_value, std::move(text)};
}

TraceReading<Trace> parse_trace_file(const fs::path& file, std::string_view text,
                                     TraceFormat format) {
  auto trace = parse_trace(format, file.string(), text);
  if (trace.bad_lines.size() >= bad_line_count_max)
    return TraceFailure{fmt::format("{}: more than {} lines are no jobs; is it another --format?",
                                    file.string(), bad_line_count_max)};
  trace.name = file.stem().string();
  return trace;
}

TraceReading<Trace> read_trace(const fs::path& file, std::optional<TraceFormat> format) {
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    return TraceFailure{
        fmt::format("{} is {}", file.string(), fs::exists(file, error) ? "no file" : "not there")};
  const auto text = read_trace_text(file);
  if (!text) return text.error();
  const auto found = recognise_trace(*text);
  if (!format && !found) return TraceFailure{unrecognised(file, *text)};
  // Whoever says "alibaba" means its nodes too.
  const bool is_nodes = format == TraceFormat::alibaba_pods && found == TraceFormat::alibaba_nodes;
  return parse_trace_file(file, *text, is_nodes ? *found : format ? *format : *found);
}

}  // namespace orrery
