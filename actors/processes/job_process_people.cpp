#include <algorithm>

#include "actors/processes/job_process_state.hpp"
#include "events/folds/billing_terms.hpp"

namespace orrery {
namespace {

bool is_one_of_many(const JobRecord& job) {
  return job.task && (job.mails_wanted & job_mail_type::array_tasks) == 0;
}

/// Slurm's: a failure is told as an end to who doesn't ask for failures.
unsigned mail_of_end(const JobRecord& job, bool has_failed) {
  return has_failed && (job.mails_wanted & job_mail_type::fail) != 0 ? job_mail_type::fail
                                                                     : job_mail_type::end;
}

bool is_failure(JobOutcome outcome) {
  return outcome != JobOutcome::completed && outcome != JobOutcome::cancelled;
}

bool has_ended(const JobArrayRecord& array) {
  return array.ended_count ==
         (array.is_cancelled ? array.created.size() : array.request.task_ids.size());
}

}  // namespace

// Arrays.

const JobArrayRecord* JobProcess::State::array_of(const JobRecord& job) const {
  if (!job.task) return nullptr;
  const auto found = arrays_.find(job.task->array_id);
  return found == arrays_.end() ? nullptr : &found->second;
}

void JobProcess::State::forget_array_if_finished(Id id) {
  const auto found = arrays_.find(id);
  if (found != arrays_.end() && is_finished(found->second)) arrays_.erase(found);
}

void JobProcess::State::on(const RecordedEvent& recorded, const JobArraySubmitted& event) {
  std::uint32_t id = 0;
  if (const auto named = job_of_stream("job/" + std::string(stream_id(recorded.stream)))) {
    id = *named;
  } else {
    return;
  }
  arrays_.try_emplace(id);
  update_array(id, recorded, [&](JobArrayRecord& array) { array.request = event; });
}

/// Its tasks are told with the record, those that come late as well.
void JobProcess::State::on(const RecordedEvent& recorded, const JobArrayCancelled& event) {
  const auto id = job_of_stream("job/" + std::string(stream_id(recorded.stream)));
  if (!id) return;
  update_array(*id, recorded, [&](JobArrayRecord& array) {
    array.is_cancelled = true;
    array.cancelled_by = event.by;
    array.request.specification = {};
    for (const auto place : array.created) note(*id + place);
  });
}

void JobProcess::State::note_task(const RecordedEvent& recorded, const JobArrayTask& task, Id id) {
  update_array(task.array_id, recorded, [&](JobArrayRecord& array) {
    array.created.insert(id - task.array_id);
    if (array.created.size() == array.request.task_ids.size()) array.request.specification = {};
  });
}

unsigned JobProcess::State::mails_of_start(const JobRecord& job) {
  if (!is_one_of_many(job)) return job_mail_type::begin;
  const auto found = arrays_.find(job.task->array_id);
  if (found == arrays_.end() || std::exchange(found->second.has_started, true)) return 0;
  return job_mail_type::begin;
}

unsigned JobProcess::State::mails_of_end(const JobRecord& job, const JobEnded& ended) {
  auto has_failed = is_failure(ended.outcome);
  if (const auto found = job.task ? arrays_.find(job.task->array_id) : arrays_.end();
      found != arrays_.end()) {
    auto& array = found->second;
    ++array.ended_count;
    array.has_failed |= has_failed;
    if (is_one_of_many(job)) {
      if (!has_ended(array)) return 0;
      has_failed = array.has_failed;
    }
  }
  const bool was_in_vain = ended.reason == "DependencyNeverSatisfied";
  return mail_of_end(job, has_failed) | (was_in_vain ? job_mail_type::invalid_dependency : 0u);
}

// Users.

bool JobProcess::State::is_unwanted(std::string_view user, std::int64_t now_s) const {
  const auto found = unwanted_users_.find(user);
  return found != unwanted_users_.end() && (found->second == 0 || now_s < found->second);
}

/// Once in a while, so nobody keeps whose jobs are whose.
void JobProcess::State::refuse_jobs_of(const RecordedEvent& recorded) {
  const auto user = stream_id(recorded.stream);
  for (auto& [id, job] : jobs_) {
    if (job.user != user || job.phase == JobRecord::Phase::ended) continue;
    job.is_unwanted = true;
    note(id);
  }
}

void JobProcess::State::on(const RecordedEvent& recorded, const CenterUserSuspended& event) {
  unwanted_users_.insert_or_assign(std::string(stream_id(recorded.stream)), event.until_s);
  refuse_jobs_of(recorded);
}

void JobProcess::State::on(const RecordedEvent& recorded, const CenterUserReinstated&) {
  const auto found = unwanted_users_.find(stream_id(recorded.stream));
  if (found != unwanted_users_.end()) unwanted_users_.erase(found);
}

void JobProcess::State::on(const RecordedEvent& recorded, const CenterUserErased&) {
  unwanted_users_.insert_or_assign(std::string(stream_id(recorded.stream)), 0);
  refuse_jobs_of(recorded);
}

}  // namespace orrery
