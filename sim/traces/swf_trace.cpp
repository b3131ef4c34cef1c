#include <charconv>

#include <fmt/format.h>

#include "sim/traces/text_lines.hpp"
#include "sim/traces/trace_fields.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

/// The places of the Standard Workload Format, version 2.2, that we read.
enum Column : std::size_t {
  submit_time = 1,
  wait_time = 2,
  run_time = 3,
  allocated_processors = 4,
  used_memory = 6,
  requested_processors = 7,
  requested_time = 8,
  requested_memory = 9,
  status = 10,
  user = 11,
  group = 12,
  column_count = 18
};

using SwfFields = std::array<std::string_view, column_count>;

/// How many fields the line has; those beyond the last column are counted only.
std::size_t split(std::string_view line, SwfFields& fields) {
  constexpr std::string_view blank = " \t";
  std::size_t count = 0;
  for (auto begin = line.find_first_not_of(blank); begin != std::string_view::npos; ++count) {
    const auto end = std::min(line.find_first_of(blank, begin), line.size());
    if (count < column_count) fields[count] = line.substr(begin, end - begin);
    begin = line.find_first_not_of(blank, end);
  }
  return count;
}

TraceOutcome read_status(std::string_view text, TraceFields& fields) {
  if (text == "0") return TraceOutcome::failed;
  if (text == "1") return TraceOutcome::completed;
  if (text == "5") return TraceOutcome::cancelled;
  if (text == "2" || text == "3" || text == "4")
    fields.refuse(fmt::format(
        "status {}: a part of a job that was interrupted; the whole has its own line", text));
  return TraceOutcome::unknown;
}

/// Kibibytes for each processor, as the format has it.
std::uint32_t read_memory(const SwfFields& row, std::uint32_t processor_count,
                          TraceFields& fields) {
  constexpr std::uint32_t kib_max = 4'000'000'000;
  const auto place = is_unknown(row[requested_memory]) ? used_memory : requested_memory;
  if (is_unknown(row[place])) return 0;
  const std::uint64_t each = fields.count({"memory", row[place]}, kib_max);
  const auto mib = each * processor_count / 1'024;
  if (mib > kib_max) fields.refuse(fmt::format("{} MiB of memory", mib));
  return static_cast<std::uint32_t>(mib);
}

std::uint32_t read_processors(const SwfFields& row, TraceFields& fields) {
  const auto asked = row[requested_processors];
  if (!is_unknown(asked) && asked != "0") return fields.count({"requested processors", asked});
  const auto given = row[allocated_processors];
  if (is_unknown(given)) fields.refuse("it isn't known how many processors it had");
  return fields.count({"allocated processors", given});
}

std::string tenant_of(const SwfFields& row) {
  if (!is_unknown(row[user])) return fmt::format("user {}", row[user]);
  if (!is_unknown(row[group])) return fmt::format("group {}", row[group]);
  return std::string(TraceDraft::everybody);
}

TraceJob read_job(const SwfFields& row, TraceFields& fields) {
  TraceJob job;
  if (is_unknown(row[run_time]))
    fields.refuse(row[status] == "5" ? "it was cancelled before it ran"
                                     : "it isn't known how long it ran");
  job.outcome = read_status(row[status], fields);
  job.submit_ms = fields.seconds_as_ms({"submit time", row[submit_time]});
  job.run_ms = fields.seconds_as_ms({"run time", row[run_time]});
  if (!is_unknown(row[wait_time]))
    job.recorded_wait_ms = fields.seconds_as_ms({"wait time", row[wait_time]});
  if (!is_unknown(row[requested_time]))
    job.limit_ms = fields.seconds_as_ms({"requested time", row[requested_time]});
  job.gpu_count = read_processors(row, fields);
  job.memory_mib = read_memory(row, job.gpu_count, fields);
  return job;
}

void read_line(const TextLine& line, TraceDraft& draft) {
  SwfFields row;
  const auto count = split(line.text, row);
  if (count != column_count)
    return draft.refuse(line.number, fmt::format("the line has {} fields and not 18", count));
  TraceFields fields;
  auto job = read_job(row, fields);
  if (!fields.is_good()) return draft.refuse(line.number, fields.problem());
  job.line = line.number;
  job.tenant = draft.tenant(tenant_of(row));
  draft.add(job);
}

/// "; MaxNodes: 240": the number behind the name, 0 where the comment says something else.
std::uint32_t number_behind(std::string_view name, std::string_view comment) {
  const auto at = comment.find(name);
  if (at == std::string_view::npos) return 0;
  const auto text = trimmed(comment.substr(at + name.size()));
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number <= trace_gpu_count_max ? number : 0;
}

/// What the comments at the beginning tell about the machine.
struct SwfMachine {
  std::uint32_t node_count = 0;
  std::uint32_t processor_count = 0;

  void read(std::string_view comment) {
    if (const auto nodes = number_behind("MaxNodes:", comment)) node_count = nodes;
    if (const auto processors = number_behind("MaxProcs:", comment)) processor_count = processors;
  }
};

}  // namespace

void read_swf(std::string_view text, TraceDraft& draft) {
  TextLines lines(text);
  SwfMachine machine;
  for (auto line = lines.next(); line && !draft.is_hopeless(); line = lines.next()) {
    const auto written = trimmed(line->text);
    if (written.starts_with(';'))
      machine.read(written);
    else if (!written.empty())
      read_line({line->number, written}, draft);
  }
  const auto [nodes, processors] = machine;
  if (nodes != 0 && processors != 0 && processors % nodes == 0)
    draft.add(
        TraceNodes{.gpu_model = {}, .node_count = nodes, .gpus_per_node = processors / nodes});
}

}  // namespace orrery
