#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "actors/processes/job_record.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

using Phase = JobRecord::Phase;
using LeasePhase = JobLease::Phase;

constexpr std::string_view lease_prefix = "job-";
constexpr std::int64_t day_s = 86'400;

/// Moments of a job that has its place. Absent where nothing of the kind will be.
struct Moments {
  std::optional<std::int64_t> time_warning_s;
  std::optional<std::int64_t> signal_s;
  std::optional<std::int64_t> limit_s;
  std::optional<std::int64_t> idle_warning_s;
  std::optional<std::int64_t> idle_limit_s;
};

/// A short job is warned when half of its time is over. What waits to start, in a queue of its
/// driver's, uses none of it.
Moments moments_of(const JobRecord& job, const JobRules& rules) {
  Moments moments;
  if (job.phase != Phase::active || !job.is_running || job.stop) return moments;
  const auto limit_s = std::int64_t{job.time_limit_min} * 60;
  const auto end_s = job.started_s + limit_s;
  moments.limit_s = end_s;
  if (!job.is_warned_of_time)
    moments.time_warning_s =
        end_s - std::min<std::int64_t>(rules.time_limit_warning_s, limit_s / 2);
  const auto signal_s = end_s - std::int64_t{job.signal.before_end_s};
  if (job.signal.number != 0 && job.signalled_s < signal_s) moments.signal_s = signal_s;
  if (!rules.idle.is_on || job.resources.gpus_per_node == 0 || !job.idle_since_s) return moments;
  const auto after_s = std::int64_t{rules.idle.after_min} * 60;
  const auto warning_s = std::min(after_s, std::int64_t{rules.idle.warning_min} * 60);
  moments.idle_limit_s = after_counted(*job.idle_since_s, after_s, rules.idle);
  if (!job.is_warned_of_idle)
    moments.idle_warning_s = after_counted(*job.idle_since_s, after_s - warning_s, rules.idle);
  return moments;
}

/// Mails about a part of the time limit that is over, and when they are due.
struct TimeMail {
  std::uint16_t type;
  std::int64_t percent;
};
constexpr std::array time_mails{TimeMail{job_mail_type::time_limit_50, 50},
                                TimeMail{job_mail_type::time_limit_80, 80},
                                TimeMail{job_mail_type::time_limit_90, 90}};

std::int64_t moment_of(const JobRecord& job, const TimeMail& mail) {
  return job.started_s + std::int64_t{job.time_limit_min} * 60 * mail.percent / 100;
}

bool has_time(const JobRecord& job) {
  return job.phase == Phase::active && job.is_running && !job.stop;
}

/// A job that gets no place gives back what it has of it.
bool gives_up(const JobRecord& job) {
  return job.stop || std::ranges::any_of(job.leases, [](const JobLease& lease) {
           return lease.is_hindered || lease.phase == LeasePhase::refused ||
                  lease.phase == LeasePhase::ended || lease.is_lost || lease.is_broken;
         });
}

bool holds_nothing(const JobRecord& job) {
  return std::ranges::none_of(job.leases, [](const JobLease& lease) {
    return is_open(lease) || lease.asked == JobLeaseStep::request;
  });
}

JobStep step_while_scheduled(const JobRecord& job) {
  if (gives_up(job)) return holds_nothing(job) ? JobStep::unschedule : JobStep::nothing;
  const bool has_all = std::ranges::all_of(
      job.leases, [](const JobLease& lease) { return lease.phase == LeasePhase::granted; });
  return has_all ? JobStep::allocate : JobStep::nothing;
}

bool is_gone(const JobLease& lease) { return lease.is_lost || lease.phase != LeasePhase::granted; }

bool is_due(const std::optional<std::int64_t>& moment_s, std::int64_t now_s) {
  return moment_s && *moment_s <= now_s;
}

/// Its script runs on the first of its nodes: only with that one is nobody left to stop it.
JobStep step_while_active(const JobRecord& job, const JobRules& rules, std::int64_t now_s) {
  const bool has_trouble = std::ranges::any_of(
      job.leases, [](const JobLease& lease) { return is_gone(lease) || lease.is_broken; });
  if (has_trouble && !job.stop) return JobStep::stop_for_node;
  if (is_gone(job.leases.front())) return JobStep::report_lost;
  const auto moments = moments_of(job, rules);
  if (is_due(moments.limit_s, now_s)) return JobStep::stop_for_time;
  if (is_due(moments.idle_limit_s, now_s)) return JobStep::stop_for_idle;
  if (is_due(moments.time_warning_s, now_s)) return JobStep::warn_of_time;
  if (is_due(moments.signal_s, now_s)) return JobStep::signal;
  if (is_due(moments.idle_warning_s, now_s)) return JobStep::warn_of_idle;
  return JobStep::nothing;
}

/// Whether somebody has to say that it shall be gone for good.
bool must_be_cancelled(const JobRecord& job, bool array_is_cancelled) {
  if (!job.is_unwanted && !array_is_cancelled) return false;
  if (job.phase == Phase::exited) return job.stop && job.stop->goes_back;
  return job.phase != Phase::ended && (!job.stop || job.stop->goes_back);
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool is_open(const JobLease& lease) {
  return lease.phase == LeasePhase::requested || lease.phase == LeasePhase::granted;
}

JobStep owed_step(const JobRecord& job, const JobRules& rules, bool array_is_cancelled,
                  std::int64_t now_s) {
  if (must_be_cancelled(job, array_is_cancelled)) return JobStep::cancel;
  switch (job.phase) {
    case Phase::scheduled:
      return step_while_scheduled(job);
    case Phase::active:
      return step_while_active(job, rules, now_s);
    case Phase::exited:
      return holds_nothing(job) ? JobStep::finish : JobStep::nothing;
    case Phase::pending:  // The scheduler's turn.
    case Phase::ended:
      break;
  }
  return JobStep::nothing;
}

JobLeaseStep owed_step(const JobRecord& job, const JobLease& lease) {
  switch (job.phase) {
    case Phase::scheduled:
      if (gives_up(job)) break;
      return lease.phase == LeasePhase::none ? JobLeaseStep::request : JobLeaseStep::nothing;
    case Phase::active:
      return JobLeaseStep::nothing;
    case Phase::pending:
    case Phase::exited:
    case Phase::ended:
      break;
  }
  return is_open(lease) ? JobLeaseStep::release : JobLeaseStep::nothing;
}

std::uint16_t owed_mails(const JobRecord& job, std::int64_t now_s) {
  unsigned due = job.mails_due;
  if (has_time(job))
    for (const auto& mail : time_mails)
      if (moment_of(job, mail) <= now_s) due |= mail.type;
  return static_cast<std::uint16_t>(due & job.mails_wanted & ~unsigned{job.mails_noted});
}

std::optional<std::int64_t> next_moment_s(const JobRecord& job, const JobRules& rules,
                                          std::int64_t now_s) {
  std::optional<std::int64_t> next;
  const auto consider = [&](const std::optional<std::int64_t>& moment_s) {
    if (moment_s && *moment_s > now_s) next = std::min(next.value_or(*moment_s), *moment_s);
  };
  const auto moments = moments_of(job, rules);
  for (const auto& moment_s : {moments.time_warning_s, moments.signal_s, moments.limit_s,
                               moments.idle_warning_s, moments.idle_limit_s})
    consider(moment_s);
  if (!has_time(job)) return next;
  for (const auto& mail : time_mails)
    if ((job.mails_wanted & mail.type) != 0) consider(moment_of(job, mail));
  return next;
}

bool is_finished(const JobRecord& job) {
  return job.phase == Phase::ended && holds_nothing(job) && owed_mails(job, 0) == 0;
}

bool is_finished(const JobArrayRecord& array) {
  const auto count = array.request.task_ids.size();
  return array.created.size() == count && array.ended_count == count;
}

std::string obstacle_of(const JobRecord& job) {
  if (job.stop) return "It was stopped before it had its place.";
  for (const auto& lease : job.leases) {
    if (lease.is_lost) return fmt::format("The node {} is lost.", lease.node_id);
    if (lease.is_broken) return fmt::format("A GPU of the node {} broke.", lease.node_id);
    if (lease.is_hindered)
      return fmt::format("It may not lease of the node {} what it asks for.", lease.node_id);
    if (lease.phase == LeasePhase::refused)
      return fmt::format("The node {} has no room for it.", lease.node_id);
    if (lease.phase == LeasePhase::ended)
      return fmt::format("Its place on the node {} was taken from it.", lease.node_id);
  }
  return {};
}

std::int64_t after_counted(std::int64_t from_s, std::int64_t span_s, const BatchIdleRule& rule) {
  const auto quiet_from_s = std::int64_t{rule.quiet_from_min} * 60;
  const auto quiet_s = (std::int64_t{rule.quiet_until_min} * 60 - quiet_from_s + day_s) % day_s;
  if (quiet_s == 0) return from_s + span_s;
  // A day begins with its quiet hours, the rest of it counts.
  const auto local_s = from_s + std::int64_t{rule.utc_offset_min} * 60 - quiet_from_s;
  const auto day_begin_s = local_s - ((local_s % day_s) + day_s) % day_s;
  const auto counted_s = day_s - quiet_s;
  const auto done_s = std::max<std::int64_t>(local_s - day_begin_s - quiet_s, 0);
  const auto total_s = done_s + span_s;
  if (total_s == 0) return from_s;
  const auto days = (total_s - 1) / counted_s;
  const auto end_s = day_begin_s + days * day_s + quiet_s + (total_s - days * counted_s);
  return from_s + (end_s - local_s);
}

std::string lease_of_job(std::uint32_t id, std::uint32_t attempt, std::size_t place) {
  return fmt::format("{}{}.{}.{}", lease_prefix, id, attempt, place);
}

std::optional<JobLeaseName> job_of_lease(std::string_view lease_id) {
  if (!lease_id.starts_with(lease_prefix)) return std::nullopt;
  lease_id.remove_prefix(lease_prefix.size());
  JobLeaseName lease;
  const bool is_one = take_number(lease_id, lease.job_id) && take_dot(lease_id) &&
                      take_number(lease_id, lease.attempt) && take_dot(lease_id) &&
                      take_number(lease_id, lease.place) && lease_id.empty();
  return is_one ? std::optional(lease) : std::nullopt;
}

std::optional<std::uint32_t> job_of_stream(std::string_view stream) {
  if (stream_aggregate(stream) != "job") return std::nullopt;
  auto text = stream_id(stream);
  std::uint32_t id = 0;
  if (!take_number(text, id) || !text.empty()) return std::nullopt;
  return id;
}

}  // namespace orrery
