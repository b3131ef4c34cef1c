#include "sim/traces/csv_table.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

/// No model reads or writes more at once.
constexpr std::uint32_t token_count_max = 100'000'000;

enum Column : std::size_t { timestamp, context_tokens, generated_tokens };

}  // namespace

void read_azure_llm(std::string_view text, TraceDraft& draft) {
  read_csv_table(text, azure_llm_columns, draft, [&](const CsvRow& row, TraceFields& fields) {
    TraceJob job;
    job.line = row.line();
    job.submit_ms = fields.time_as_ms(row[timestamp]);
    const std::int64_t prompt = fields.count(row[context_tokens], token_count_max);
    const std::int64_t answer = fields.count(row[generated_tokens], token_count_max);
    job.run_ms =
        (prompt * prompt_microseconds_per_token + answer * answer_microseconds_per_token + 500) /
        1'000;
    job.gpu_count = 1;
    job.gpu_milli = request_gpu_milli;
    job.outcome = TraceOutcome::completed;
    if (!fields.is_good()) return;
    job.tenant = draft.tenant(TraceDraft::everybody);
    draft.add(job);
  });
}

}  // namespace orrery
