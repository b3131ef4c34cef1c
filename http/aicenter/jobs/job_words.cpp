#include <array>

#include <fmt/format.h>

#include "http/aicenter/jobs/job_text.hpp"

namespace orrery::aicenter {

namespace {

std::string_view word_of(JobDependencyKind kind) {
  constexpr std::array<std::string_view, 6> words{"after",      "afterany",  "afterok",
                                                  "afternotok", "aftercorr", "singleton"};
  return words[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view job_state_word(JobStatus status) {
  constexpr std::array<std::string_view, job_status_count> words{
      "PENDING", "CONFIGURING", "RUNNING",   "COMPLETING", "COMPLETED",
      "FAILED",  "TIMEOUT",     "CANCELLED", "PREEMPTED",  "NODE_FAIL"};
  return words[static_cast<std::size_t>(status)];
}

std::string_view job_reason_word(const JobRow& job, const batch::Forecast* forecast) {
  if (job.status != JobStatus::pending)
    return job.reason.empty() ? std::string_view("None") : std::string_view(job.reason);
  if (job.hold == JobHold::user) return "JobHeldUser";
  if (job.hold == JobHold::admin) return "JobHeldAdmin";
  const auto* expected = forecast ? forecast->find(job.id) : nullptr;
  return expected ? batch::to_slurm_word(expected->reason) : "None";
}

std::string dependency_text(const JobFacts& facts) {
  std::string text;
  for (const auto& dependency : facts.dependencies) {
    if (!text.empty()) text += facts.any_dependency ? '?' : ',';
    text += word_of(dependency.kind);
    if (dependency.job_id != 0) text += fmt::format(":{}", dependency.job_id);
    text += "(unfulfilled)";
  }
  return text;
}

}  // namespace orrery::aicenter
