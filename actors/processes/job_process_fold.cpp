#include <algorithm>

#include "actors/processes/job_process_state.hpp"
#include "events/folds/billing_terms.hpp"

namespace orrery {

using Phase = JobRecord::Phase;

void JobProcess::State::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

// Records and what finds them.

const JobRules& JobProcess::State::rules_of(const JobRecord& job) const {
  static const JobRules none = [] {
    JobRules rules;
    rules.idle.is_on = false;
    return rules;
  }();
  const auto found = rules_.find(job.cluster);
  return found == rules_.end() ? none : found->second;
}

std::vector<JobProcess::State::Id> JobProcess::State::ids_on(std::string_view node_id) const {
  std::vector<Id> ids;
  for (auto place = places_.lower_bound({std::string(node_id), 0});
       place != places_.end() && place->first == node_id; ++place)
    ids.push_back(place->second);
  return ids;
}

void JobProcess::State::index(Id id, const JobRecord& job) {
  for (const auto& lease : job.leases)
    if (is_open(lease)) places_.emplace(lease.node_id, id);
  if (resumed_) deadlines_.set(id, next_moment_s(job, rules_of(job), now_s_));
}

void JobProcess::State::unindex(Id id, const JobRecord& job) {
  for (const auto& lease : job.leases) places_.erase({lease.node_id, id});
  deadlines_.set(id, std::nullopt);
}

void JobProcess::State::note(Id id) {
  if (resumed_) noted_.insert(id);
}

namespace {

/// Who hears of the end hears of what leads to it.
std::uint16_t wanted_mails(const JobMail& mail) {
  constexpr unsigned ends = job_mail_type::end | job_mail_type::fail;
  return static_cast<std::uint16_t>(mail.types |
                                    ((mail.types & ends) != 0 ? job_mail_type::idle : 0u));
}

void add_mails(JobRecord& job, unsigned types) {
  job.mails_due = static_cast<std::uint16_t>(job.mails_due | types);
}

/// Back in the queue, whatever it had.
void wait_anew(JobRecord& job) {
  job.leases.clear();
  job.stop.reset();
}

void note_utilisation(JobRecord& job, std::uint8_t threshold_percent, std::int64_t now_s) {
  if (job.gpu_percent >= threshold_percent) {
    job.idle_since_s.reset();
  } else if (!job.idle_since_s) {
    job.idle_since_s = now_s;
  }
}

bool has_its_place(const JobRecord& job) {
  return job.phase == Phase::scheduled || job.phase == Phase::active;
}

}  // namespace

// Jobs.

void JobProcess::State::on(const RecordedEvent& recorded, const JobSubmitted& event) {
  const auto id = job_of_stream(recorded.stream);
  if (!id) return;
  jobs_.try_emplace(*id);
  update(*id, recorded, [&](JobRecord& job) {
    const auto& wish = event.specification;
    job.cluster = wish.cluster;
    job.user = wish.user;
    job.resources = wish.resources;
    job.signal = wish.signal;
    job.mails_wanted = wanted_mails(wish.mail);
    job.task = event.task;
    job.is_unwanted = is_unwanted(wish.user, seconds_of(recorded.time));
  });
  if (event.task) note_task(recorded, *event.task, *id);
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobChanged& event) {
  update_own(recorded, [&](JobRecord& job) {
    const auto& change = event.change;
    if (change.resources) job.resources = *change.resources;
    if (change.mail) job.mails_wanted = wanted_mails(*change.mail);
    if (change.time_limit_min && has_its_place(job)) {
      job.time_limit_min = *change.time_limit_min;
      job.is_warned_of_time = false;
    }
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobScheduled& event) {
  enter(recorded, Phase::scheduled, [&](JobRecord& job) {
    job.attempt = event.attempt;
    job.time_limit_min = event.time_limit_min;
    job.mails_due = job.mails_noted = job.mails_asked = 0;
    job.leases.clear();
    for (const auto& node_id : event.node_ids) job.leases.emplace_back().node_id = node_id;
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobAllocated&) {
  enter(recorded, Phase::active, [&](JobRecord& job) {
    job.is_running = job.is_warned_of_time = job.is_warned_of_idle = false;
    job.started_s = seconds_of(recorded.time);
    job.signalled_s = 0;
    job.gpu_percent = 100;
    job.idle_since_s.reset();
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobUnscheduled&) {
  enter(recorded, Phase::pending, [](JobRecord& job) { wait_anew(job); });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobStarted&) {
  update_own(recorded, [&](JobRecord& job) {
    job.is_running = true;
    job.started_s = seconds_of(recorded.time);
    add_mails(job, mails_of_start(job));
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobUtilisationChanged& event) {
  update_own(recorded, [&](JobRecord& job) {
    if (event.gpu_percent > job.gpu_percent) job.is_warned_of_idle = false;
    job.gpu_percent = event.gpu_percent;
    note_utilisation(job, rules_of(job).idle.threshold_percent, seconds_of(recorded.time));
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobWarned& event) {
  update_own(recorded, [&](JobRecord& job) {
    job.asked = JobStep::nothing;
    if (event.of == JobWarning::time_limit) {
      job.is_warned_of_time = true;
    } else {
      job.is_warned_of_idle = true;
      add_mails(job, job_mail_type::idle);
    }
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobSignalled& event) {
  update_own(recorded, [&](JobRecord& job) {
    if (event.signal != job.signal.number) return;
    job.asked = JobStep::nothing;
    job.signalled_s = seconds_of(recorded.time);
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobStopRequested& event) {
  update_own(recorded, [&](JobRecord& job) {
    job.asked = JobStep::nothing;
    job.stop = {event.reason, event.goes_back};
    if (event.reason == JobStopReason::time_limit) add_mails(job, job_mail_type::time_limit);
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobExited&) {
  enter(recorded, Phase::exited, [&](JobRecord& job) { job.exited_s = seconds_of(recorded.time); });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobRequeued&) {
  enter(recorded, Phase::pending, [](JobRecord& job) {
    wait_anew(job);
    const bool is_of_an_array = job.task && (job.mails_wanted & job_mail_type::array_tasks) == 0;
    if (!is_of_an_array) add_mails(job, job_mail_type::requeue);
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobEnded& event) {
  std::optional<JobArrayTask> task;
  enter(recorded, Phase::ended, [&](JobRecord& job) {
    task = job.task;
    add_mails(job, mails_of_end(job, event));
  });
  if (task) forget_array_if_finished(task->array_id);
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobMailNoted& event) {
  update_own(recorded, [&](JobRecord& job) {
    job.mails_noted = static_cast<std::uint16_t>(job.mails_noted | event.type);
  });
}

/// What its idle jobs are owed changes with it.
void JobProcess::State::on(const RecordedEvent& recorded, const BatchPolicySet& event) {
  const auto cluster = stream_id(recorded.stream);
  const auto& policy = event.policy;
  rules_.insert_or_assign(std::string(cluster), JobRules{policy.idle, policy.time_limit_warning_s,
                                                         policy.requeue_delay_s});
  for (auto& [id, job] : jobs_) {
    if (job.cluster != cluster || job.phase != Phase::active) continue;
    note_utilisation(job, policy.idle.threshold_percent, seconds_of(recorded.time));
    index(id, job);
    note(id);
  }
}

}  // namespace orrery
