#include <fmt/format.h>

#include "sim/traces/csv_table.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

constexpr std::uint32_t whole_gpu_milli = 1'000;
constexpr std::uint32_t cpu_milli_max = 1'000'000'000;
constexpr std::uint32_t memory_mib_max = 4'000'000'000;

enum PodColumn : std::size_t {
  pod_cpu_milli,
  pod_memory_mib,
  num_gpu,
  gpu_milli,
  qos,
  pod_phase,
  creation_time,
  deletion_time,
  scheduled_time
};

enum NodeColumn : std::size_t { sn, node_cpu_milli, node_memory_mib, gpu, model };

TraceOutcome outcome_of(std::string_view phase) {
  if (phase == "Succeeded") return TraceOutcome::completed;
  if (phase == "Failed") return TraceOutcome::failed;
  return TraceOutcome::unknown;  // Running or Pending when the trace was taken.
}

void read_times(const CsvRow& row, TraceFields& fields, TraceJob& job) {
  job.submit_ms = fields.seconds_as_ms(row[creation_time]);
  if (is_unknown(row[scheduled_time].text)) return fields.refuse("it was never scheduled");
  if (is_unknown(row[deletion_time].text)) return fields.refuse("it has no end");
  const auto start_ms = fields.seconds_as_ms(row[scheduled_time]);
  job.run_ms = fields.seconds_as_ms(row[deletion_time]) - start_ms;
  job.recorded_wait_ms = start_ms - job.submit_ms;
  if (job.run_ms < 0) fields.refuse("deletion_time is before scheduled_time");
  if (job.recorded_wait_ms < 0) fields.refuse("scheduled_time is before creation_time");
}

void read_gpus(const CsvRow& row, TraceFields& fields, TraceJob& job) {
  job.gpu_count = fields.count(row[num_gpu]);
  if (job.gpu_count == 0) return;
  job.gpu_milli = fields.count(row[gpu_milli], whole_gpu_milli);
  if (job.gpu_milli == 0) fields.refuse("gpu_milli is 0 of a pod with GPUs");
  if (job.gpu_count > 1 && job.gpu_milli < whole_gpu_milli)
    fields.refuse(fmt::format("shares of {} GPUs: only a single one is shared", job.gpu_count));
}

}  // namespace

void read_alibaba_pods(std::string_view text, TraceDraft& draft) {
  read_csv_table(text, alibaba_pod_columns, draft, [&](const CsvRow& row, TraceFields& fields) {
    TraceJob job;
    job.line = row.line();
    read_times(row, fields, job);
    read_gpus(row, fields, job);
    // A pod that asks for half a processor takes the place of a whole one.
    job.cpu_count = (fields.count(row[pod_cpu_milli], cpu_milli_max) + 999) / 1'000;
    job.memory_mib = fields.count(row[pod_memory_mib], memory_mib_max);
    job.outcome = outcome_of(row[pod_phase].text);
    if (!fields.is_good()) return;
    job.tenant = draft.tenant(row[qos].text);
    draft.add(job);
  });
}

void read_alibaba_nodes(std::string_view text, TraceDraft& draft) {
  read_csv_table(text, alibaba_node_columns, draft, [&](const CsvRow& row, TraceFields& fields) {
    TraceNodes node;
    node.node_count = 1;
    node.gpu_model = is_unknown(row[model].text) ? std::string() : std::string(row[model].text);
    node.gpus_per_node = fields.count(row[gpu]);
    node.cpus_per_node = fields.count(row[node_cpu_milli], cpu_milli_max) / 1'000;
    node.memory_mib_per_node = fields.count(row[node_memory_mib], memory_mib_max);
    if (fields.is_good()) draft.add(node);
  });
}

}  // namespace orrery
