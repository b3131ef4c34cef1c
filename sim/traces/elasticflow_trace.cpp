#include "sim/traces/csv_table.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

enum Column : std::size_t { submission_time, duration, num_gpu };

}  // namespace

void read_elasticflow(std::string_view text, TraceDraft& draft) {
  read_csv_table(text, elasticflow_columns, draft, [&](const CsvRow& row, TraceFields& fields) {
    TraceJob job;
    job.line = row.line();
    job.submit_ms = fields.seconds_as_ms(row[submission_time]);
    job.run_ms = fields.seconds_as_ms(row[duration]);
    job.gpu_count = fields.count(row[num_gpu]);
    if (!fields.is_good()) return;
    job.tenant = draft.tenant(TraceDraft::everybody);
    draft.add(job);
  });
}

}  // namespace orrery
