#include <algorithm>

#include "sim/traces/csv_table.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

enum Column : std::size_t {
  vc,
  gpu_num,
  cpu_num,
  state,
  submit_time,
  start_time,
  end_time,
  duration,
  queue
};

TraceOutcome outcome_of(std::string_view state) {
  if (state == "COMPLETED") return TraceOutcome::completed;
  if (state == "CANCELLED") return TraceOutcome::cancelled;
  if (state == "FAILED" || state == "TIMEOUT" || state == "NODE_FAIL") return TraceOutcome::failed;
  return TraceOutcome::unknown;
}

/// What the column says, else the time between two others; nothing is known of a job without both.
std::int64_t span_ms(const TraceField& column, const TraceField& from, const TraceField& to,
                     TraceFields& fields) {
  if (!is_unknown(column.text)) return fields.seconds_as_ms(column);
  if (is_unknown(from.text) || is_unknown(to.text)) return -1;
  const auto span = fields.time_as_ms(to) - fields.time_as_ms(from);
  if (span < 0) fields.refuse(std::string(to.column) + " is before " + std::string(from.column));
  return span;
}

}  // namespace

void read_helios(std::string_view text, TraceDraft& draft) {
  read_csv_table(text, helios_columns, draft, [&](const CsvRow& row, TraceFields& fields) {
    TraceJob job;
    job.line = row.line();
    job.submit_ms = fields.time_as_ms(row[submit_time]);
    job.run_ms = span_ms(row[duration], row[start_time], row[end_time], fields);
    if (job.run_ms < 0) fields.refuse("it never ran: no duration, start_time or end_time");
    job.recorded_wait_ms = span_ms(row[queue], row[submit_time], row[start_time], fields);
    job.gpu_count = fields.count(row[gpu_num]);
    job.cpu_count = fields.count(row[cpu_num]);
    job.outcome = outcome_of(row[state].text);
    if (!fields.is_good()) return;
    job.tenant = draft.tenant(row[vc].text);
    draft.add(job);
  });
}

}  // namespace orrery
