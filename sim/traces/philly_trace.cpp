#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

#include "sim/traces/trace_fields.hpp"
#include "sim/traces/trace_importers.hpp"

namespace orrery {
namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t run_ms_max = trace_seconds_max * 1'000;

/// The text of a field; empty where it is missing or something else than text.
std::string_view text_of(const dom::element& object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// All attempts of a job together.
struct Attempts {
  std::int64_t run_ms = 0;
  std::int64_t first_start_ms = -1;
  std::size_t gpu_count = 0;
};

std::size_t gpu_count_of(const dom::element& attempt) {
  dom::array machines;
  if (attempt["detail"].get(machines) != simdjson::SUCCESS) return 0;
  std::size_t count = 0;
  for (const auto machine : machines) {
    dom::array gpus;
    if (machine["gpus"].get(gpus) == simdjson::SUCCESS) count += gpus.size();
  }
  return count;
}

/// An attempt that never started held nothing, and counts for nothing.
void read_attempt(const dom::element& attempt, TraceFields& fields, Attempts& all) {
  const auto start = text_of(attempt, "start_time");
  if (is_unknown(start)) return;
  const auto end = text_of(attempt, "end_time");
  if (is_unknown(end)) return fields.refuse("an attempt has a start_time and no end_time");
  const auto start_ms = fields.time_as_ms({"start_time", start});
  const auto run_ms = fields.time_as_ms({"end_time", end}) - start_ms;
  if (run_ms < 0) fields.refuse("an attempt's end_time is before its start_time");
  all.run_ms = std::min(all.run_ms + std::max(run_ms, std::int64_t{0}), run_ms_max + 1);
  if (all.first_start_ms < 0) all.first_start_ms = start_ms;
  all.gpu_count = std::max(all.gpu_count, gpu_count_of(attempt));
}

Attempts read_attempts(const dom::element& element, TraceFields& fields) {
  Attempts all;
  dom::array attempts;
  if (element["attempts"].get(attempts) == simdjson::SUCCESS)
    for (const auto attempt : attempts) read_attempt(attempt, fields, all);
  if (all.first_start_ms < 0) fields.refuse("it never ran: no attempt has a start_time");
  if (all.gpu_count == 0) fields.refuse("none of its attempts says on which GPUs it ran");
  if (all.gpu_count > trace_gpu_count_max) fields.refuse("more GPUs than there are anywhere");
  return all;
}

TraceOutcome outcome_of(std::string_view status) {
  if (status == "Pass") return TraceOutcome::completed;
  if (status == "Failed") return TraceOutcome::failed;
  if (status == "Killed") return TraceOutcome::cancelled;
  return TraceOutcome::unknown;
}

void read_job(std::uint32_t number, const dom::element& element, TraceDraft& draft) {
  TraceFields fields;
  if (!element.is_object()) return draft.refuse(number, "the element is no object");
  TraceJob job;
  job.line = number;
  job.submit_ms = fields.time_as_ms({"submitted_time", text_of(element, "submitted_time")});
  const auto attempts = read_attempts(element, fields);
  job.run_ms = attempts.run_ms;
  job.recorded_wait_ms = attempts.first_start_ms - job.submit_ms;
  if (job.recorded_wait_ms < 0) fields.refuse("it started before it was submitted");
  job.gpu_count = static_cast<std::uint32_t>(attempts.gpu_count);
  job.outcome = outcome_of(text_of(element, "status"));
  if (job.run_ms > run_ms_max) fields.refuse("it ran for more than 100 years");
  if (!fields.is_good()) return draft.refuse(number, fields.problem());
  job.tenant = draft.tenant(text_of(element, "vc"));
  draft.add(job);
}

}  // namespace

void read_philly(std::string_view text, TraceDraft& draft) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  dom::parser parser;
  dom::array jobs;
  if (const auto code = parser.parse(text.data(), text.size()).get(jobs))
    return draft.refuse(
        1, fmt::format("the file is no JSON array of jobs: {}", simdjson::error_message(code)));
  std::uint32_t number = 0;
  for (const auto element : jobs) {
    if (draft.is_hopeless()) return;
    read_job(++number, element, draft);
  }
}

}  // namespace orrery
