#include "http/aicenter/job_mail_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/accounting/job_record.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::aicenter {
namespace {

/// "00:02:00", "1-00:00:00".
std::string duration_text(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(0, seconds);
  const auto of_day = seconds % 86'400;
  auto text = fmt::format("{:02}:{:02}:{:02}", of_day / 3'600, of_day / 60 % 60, of_day % 60);
  return seconds < 86'400 ? text : fmt::format("{}-{}", seconds / 86'400, text);
}

std::string_view word_of(std::uint16_t type) {
  switch (type) {
    case job_mail_type::begin:
      return "Began";
    case job_mail_type::end:
      return "Ended";
    case job_mail_type::fail:
      return "Failed";
    case job_mail_type::requeue:
      return "Requeued";
    case job_mail_type::time_limit:
      return "Reached time limit";
    case job_mail_type::time_limit_90:
      return "Reached 90% of time limit";
    case job_mail_type::time_limit_80:
      return "Reached 80% of time limit";
    case job_mail_type::time_limit_50:
      return "Reached 50% of time limit";
    case job_mail_type::invalid_dependency:
      return "Invalid dependency";
    case job_mail_type::idle:
      return "GPUs idle";
    default:
      return "unknown";
  }
}

std::string queued(const JobRow& job) {
  if (job.started_at == Time{}) return {};
  const auto since = std::max(seconds_of(job.submitted_at), job.facts->begin_time_s);
  return fmt::format(", Queued time {}", duration_text(seconds_of(job.started_at) - since));
}

std::string run(const JobRow& job) {
  if (job.started_at == Time{} || job.ended_at == Time{}) return {};
  return fmt::format(", Run time {}",
                     duration_text(seconds_of(job.ended_at) - seconds_of(job.started_at)));
}

std::string ending(const JobRow& job) {
  if (!has_ended(job.status)) return {};
  auto text = fmt::format(", {}", accounted_state(job.status));
  if (!job.signal) text += fmt::format(", ExitCode {}", job.exit_code.value_or(0));
  return text;
}

std::string name_of(const JobRow& job) {
  if (!job.task) return fmt::format("Slurm Job_id={}", job.id);
  return fmt::format("Slurm Array Task Job_id={}_{} ({})", job.task->array_id, job.task->task_id,
                     job.id);
}

std::string nodes_of(const JobRow& job) {
  std::vector<std::string> ids;
  if (job.run)
    for (const auto& place : job.run->places) ids.push_back(place.node_id);
  return ids.empty() ? "none" : sbatch::host_list_text(ids);
}

}  // namespace

std::string job_mail_subject(const JobRow& job, std::uint16_t type) {
  auto subject = fmt::format("{} Name={} {}", name_of(job), job.facts->name, word_of(type));
  if (type == job_mail_type::begin) return subject + queued(job);
  subject += run(job);
  if (type == job_mail_type::end || type == job_mail_type::fail) subject += ending(job);
  return subject;
}

std::string job_mail_text(const JobRow& job, std::string_view cluster) {
  const auto limit = job.run ? job.run->time_limit_min : job.facts->time_limit_min;
  const auto reason = job.reason.empty() ? "None" : job.reason;
  return fmt::format(
      "Job {} ({}) of {} at {}\nState: {}, reason: {}\nNodes: {}\nTime limit: {}\nStarts: {}\n",
      job.id, job.facts->name, job.facts->user, cluster, accounted_state(job.status), reason,
      nodes_of(job), sbatch::time_limit_text(limit), job.restart_count + 1);
}

}  // namespace orrery::aicenter
