#include "sim/traces/write_trace.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>

#include <csv.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace orrery {
namespace {

std::int64_t seconds_of(std::int64_t ms) { return (ms + 500) / 1'000; }

/// "-1" is what SWF writes for a thing that isn't known.
std::int64_t seconds_or_unknown(std::int64_t ms) { return ms < 0 ? -1 : seconds_of(ms); }

/// Traces have no calendar of their own; this is when those that are written begin.
std::string calendar_time(std::int64_t ms) {
  constexpr std::chrono::sys_days begin{std::chrono::year(2020) / 1 / 1};
  return fmt::format("{:%Y-%m-%d %H:%M:%S}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(begin) + seconds_of(ms)));
}

/// Names as a field of CSV, on one line whatever they hold.
std::string csv_field(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  std::string field(csv_write(nullptr, 0, text.data(), text.size()), '\0');
  csv_write(field.data(), field.size(), text.data(), text.size());
  return field;
}

int swf_status(TraceOutcome outcome) {
  switch (outcome) {
    case TraceOutcome::completed:
      return 1;
    case TraceOutcome::failed:
      return 0;
    case TraceOutcome::cancelled:
      return 5;
    case TraceOutcome::unknown:
      return -1;
  }
  return -1;
}

void write_swf_header(const Trace& trace, std::ostream& out) {
  out << "; Version: 2.2\n"
      << "; Note: written by Orrery; a processor stands for a GPU\n"
      << fmt::format("; MaxJobs: {}\n; MaxRecords: {}\n", trace.jobs.size(), trace.jobs.size());
  if (trace.nodes.size() == 1)
    out << fmt::format("; MaxNodes: {}\n; MaxProcs: {}\n", trace.nodes[0].node_count,
                       std::uint64_t{trace.nodes[0].node_count} * trace.nodes[0].gpus_per_node);
}

void write_swf(const Trace& trace, std::ostream& out) {
  write_swf_header(trace, out);
  std::size_t number = 0;
  for (const auto& job : trace.jobs) {
    const auto memory_kib_each =
        job.memory_mib == 0 || job.gpu_count == 0
            ? -1
            : static_cast<std::int64_t>(job.memory_mib) * 1'024 / job.gpu_count;
    out << fmt::format("{} {} {} {} {} -1 -1 {} {} {} {} {} -1 -1 1 -1 -1 -1\n", ++number,
                       seconds_of(job.submit_ms), seconds_or_unknown(job.recorded_wait_ms),
                       seconds_of(job.run_ms), job.gpu_count, job.gpu_count,
                       job.limit_ms == 0 ? -1 : seconds_of(job.limit_ms), memory_kib_each,
                       swf_status(job.outcome), job.tenant + 1);
  }
}

void write_elasticflow(const Trace& trace, std::ostream& out) {
  out << "job_id,submission_time,duration,num_gpu\n";
  for (const auto& job : trace.jobs)
    out << fmt::format("{},{},{},{}\n", job.line, seconds_of(job.submit_ms), seconds_of(job.run_ms),
                       job.gpu_count);
}

std::string_view helios_state(TraceOutcome outcome) {
  switch (outcome) {
    case TraceOutcome::completed:
      return "COMPLETED";
    case TraceOutcome::failed:
      return "FAILED";
    case TraceOutcome::cancelled:
      return "CANCELLED";
    case TraceOutcome::unknown:
      return "UNKNOWN";
  }
  return "UNKNOWN";
}

void write_helios(const Trace& trace, std::ostream& out) {
  out << "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,"
         "queue\n";
  for (const auto& job : trace.jobs) {
    const auto name = csv_field(trace.tenants[job.tenant]);
    const bool has_started = job.recorded_wait_ms >= 0;
    const auto start_ms = job.submit_ms + job.recorded_wait_ms;
    out << fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{}\n", job.line, name, name, job.gpu_count, job.cpu_count,
        std::max(1U, (job.gpu_count + 7) / 8), helios_state(job.outcome),
        calendar_time(job.submit_ms), has_started ? calendar_time(start_ms) : "None",
        has_started ? calendar_time(start_ms + job.run_ms) : "None", seconds_of(job.run_ms),
        has_started ? fmt::to_string(seconds_of(job.recorded_wait_ms)) : "None");
  }
}

std::string_view pod_phase(TraceOutcome outcome) {
  switch (outcome) {
    case TraceOutcome::completed:
      return "Succeeded";
    case TraceOutcome::failed:
    case TraceOutcome::cancelled:
      return "Failed";
    case TraceOutcome::unknown:
      return "Running";
  }
  return "Running";
}

void write_alibaba(const Trace& trace, std::ostream& out) {
  out << "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
         "deletion_time,scheduled_time\n";
  for (const auto& job : trace.jobs) {
    const auto created_s = seconds_of(job.submit_ms);
    const auto scheduled_s =
        created_s + seconds_of(std::max<std::int64_t>(job.recorded_wait_ms, 0));
    out << fmt::format("pod-{},{},{},{},{},,{},{},{},{},{}\n", job.line,
                       std::uint64_t{job.cpu_count} * 1'000, job.memory_mib, job.gpu_count,
                       job.gpu_count == 0 ? 0 : job.gpu_milli, csv_field(trace.tenants[job.tenant]),
                       pod_phase(job.outcome), created_s, scheduled_s + seconds_of(job.run_ms),
                       scheduled_s);
  }
}

/// Nothing where there are only whole GPUs.
std::optional<TraceFailure> shares_are_lost(const Trace& trace, std::string_view format) {
  const auto share = std::find_if(trace.jobs.begin(), trace.jobs.end(), [](const TraceJob& job) {
    return job.gpu_count > 0 && job.gpu_milli < 1'000;
  });
  if (share == trace.jobs.end()) return std::nullopt;
  return TraceFailure{
      fmt::format("{}: the job of line {} asks for a share of a GPU, which {} can't say; write it "
                  "as alibaba",
                  trace.name, share->line, format)};
}

}  // namespace

TraceReading<void> write_trace(const Trace& trace, TraceFormat format, std::ostream& out) {
  if (format == TraceFormat::alibaba_pods) {
    write_alibaba(trace, out);
    return {};
  }
  using Write = void (*)(const Trace&, std::ostream&);
  const auto [name, write] = [&]() -> std::pair<std::string_view, Write> {
    if (format == TraceFormat::swf) return {"swf", write_swf};
    if (format == TraceFormat::elasticflow) return {"elasticflow", write_elasticflow};
    if (format == TraceFormat::helios) return {"helios", write_helios};
    return {"", nullptr};
  }();
  if (write == nullptr)
    return TraceFailure{"traces are written as swf, elasticflow, helios or alibaba"};
  if (auto failure = shares_are_lost(trace, name)) return *failure;
  write(trace, out);
  return {};
}

}  // namespace orrery
