#include "projections/jobs/job_entry.hpp"

#include <utility>

namespace orrery {
namespace {

/// Outcomes stand in the order of the states that they lead to.
JobStatus status_of(JobOutcome outcome) {
  static_assert(static_cast<int>(JobStatus::node_fail) - static_cast<int>(JobStatus::completed) ==
                static_cast<int>(JobOutcome::node_fail) - static_cast<int>(JobOutcome::completed));
  return static_cast<JobStatus>(static_cast<int>(JobStatus::completed) + static_cast<int>(outcome));
}

/// Slurm's word for what is ending a job; empty where it has none.
const char* word_of(JobStopReason reason) {
  switch (reason) {
    case JobStopReason::time_limit:
      return "TimeLimit";
    case JobStopReason::idle:
      return "GpuIdle";
    case JobStopReason::node_failed:
      return "NodeDown";
    case JobStopReason::dependency_never_satisfied:
      return "DependencyNeverSatisfied";
    case JobStopReason::cancelled:
    case JobStopReason::preempted:
    case JobStopReason::requeued:
      return "";
  }
  return "";
}

template <class Value>
void take(Value& value, const std::optional<Value>& change) {
  if (change) value = *change;
}

template <class Change>
void change_facts(JobRow& row, Change change) {
  auto facts = std::make_shared<JobFacts>(*row.facts);
  change(*facts);
  row.facts = std::move(facts);
}

template <class Change>
void change_run(JobRow& row, Change change) {
  auto run = row.run ? std::make_shared<JobRun>(*row.run) : std::make_shared<JobRun>();
  change(*run);
  row.run = std::move(run);
}

/// Nothing of an earlier attempt is true of the next.
void forget_attempt(JobRow& row) {
  row.run = nullptr;
  row.started_at = row.ended_at = {};
  row.exit_code.reset();
  row.signal.reset();
  row.reason.clear();
  row.gpu_percent = 0;
}

JobFacts facts_of(const JobSpecification& specification) {
  return {.cluster = specification.cluster,
          .user = specification.user,
          .account = specification.account,
          .partitions = specification.partitions,
          .qos = specification.qos,
          .name = specification.name,
          .comment = specification.comment,
          .resources = specification.resources,
          .nodes = specification.nodes,
          .time_limit_min = specification.time_limit_min,
          .time_limit_min_least = specification.time_limit_min_least,
          .nice = specification.nice,
          .begin_time_s = specification.begin_time_s,
          .dependencies = specification.dependencies,
          .any_dependency = specification.any_dependency,
          .may_requeue = specification.may_requeue,
          .is_interactive = specification.is_interactive,
          .mail_types = specification.mail.types};
}

}  // namespace

JobEntry entry_of(std::uint32_t id, const JobSubmitted& submitted, const RecordedEvent& recorded) {
  JobEntry entry;
  entry.row.id = id;
  entry.row.hold = submitted.hold;
  entry.row.task = submitted.task;
  entry.row.facts = std::make_shared<const JobFacts>(facts_of(submitted.specification));
  entry.row.submitted_at = entry.changed_at = recorded.time;
  entry.row.version = recorded.version;
  entry.row.submitted_position = recorded.position;
  return entry;
}

void fold(JobRow& row, const JobHeld& held, Time) { row.hold = held.by; }
void fold(JobRow& row, const JobReleased&, Time) { row.hold = JobHold::none; }

void fold(JobRow& row, const JobChanged& changed, Time) {
  const auto& change = changed.change;
  if (change.priority) row.priority = *change.priority;
  change_facts(row, [&](JobFacts& facts) {
    take(facts.account, change.account);
    take(facts.partitions, change.partitions);
    take(facts.qos, change.qos);
    take(facts.name, change.name);
    take(facts.comment, change.comment);
    take(facts.resources, change.resources);
    take(facts.nodes, change.nodes);
    take(facts.time_limit_min, change.time_limit_min);
    take(facts.nice, change.nice);
    take(facts.begin_time_s, change.begin_time_s);
    take(facts.dependencies, change.dependencies);
    take(facts.may_requeue, change.may_requeue);
    if (change.mail) facts.mail_types = change.mail->types;
  });
  if (change.time_limit_min && row.run)
    change_run(row, [&](JobRun& run) { run.time_limit_min = *change.time_limit_min; });
}

void fold(JobRow& row, const JobScheduled& scheduled, Time) {
  forget_attempt(row);
  row.status = JobStatus::configuring;
  change_run(row, [&](JobRun& run) {
    run.partition = scheduled.partition;
    run.time_limit_min = scheduled.time_limit_min;
    run.is_backfilled = scheduled.is_backfilled;
    for (const auto& node_id : scheduled.node_ids) run.places.push_back({node_id, {}});
  });
}

void fold(JobRow& row, const JobAllocated& allocated, Time) {
  change_run(row, [&](JobRun& run) { run.places = allocated.places; });
}

void fold(JobRow& row, const JobUnscheduled&, Time) {
  forget_attempt(row);
  row.status = JobStatus::pending;
}

void fold(JobRow& row, const JobStarted&, Time time) {
  if (row.status == JobStatus::configuring) row.status = JobStatus::running;
  row.started_at = time;
  row.gpu_percent = 100;  // Until its driver has looked.
}

void fold(JobRow& row, const JobUtilisationChanged& changed, Time) {
  row.gpu_percent = changed.gpu_percent;
}

void fold(JobRow&, const JobWarned&, Time) {}

void fold(JobRow& row, const JobStopRequested& stop, Time) {
  row.reason = word_of(stop.reason);
  if (row.status != JobStatus::pending) row.status = JobStatus::completing;
}

void fold(JobRow&, const JobSignalled&, Time) {}

void fold(JobRow& row, const JobExited& exited, Time time) {
  row.status = JobStatus::completing;
  row.ended_at = time;
  row.exit_code = exited.exit_code;
  row.signal = exited.signal;
  row.gpu_percent = 0;
}

void fold(JobRow& row, const JobRequeued& requeued, Time) {
  forget_attempt(row);
  row.status = JobStatus::pending;
  row.hold = requeued.hold;
  ++row.restart_count;
  if (requeued.begin_time_s == row.facts->begin_time_s) return;
  change_facts(row, [&](JobFacts& facts) { facts.begin_time_s = requeued.begin_time_s; });
}

void fold(JobRow& row, const JobEnded& ended, Time time) {
  row.status = status_of(ended.outcome);
  row.reason = ended.reason == "None" ? "" : ended.reason;
  row.gpu_percent = 0;
  if (row.ended_at == Time{}) row.ended_at = time;
}

void fold(JobRow&, const JobMailNoted&, Time) {}

namespace {

/// Members that are stored as they are, for writers and readers.
template <class Archive, class Row>
void plain_members(Archive& archive, Row& row) {
  archive(row.id, row.status, row.hold, row.gpu_percent, row.restart_count, row.priority, row.task,
          row.submitted_at, row.started_at, row.ended_at, row.exit_code, row.signal, row.reason,
          row.version, row.submitted_position);
}

void check(const JobRow& row, const JobFacts& facts) {
  if (row.status > JobStatus::node_fail || row.hold > JobHold::admin)
    throw MalformedBytes("unknown state of a job");
  for (const auto& dependency : facts.dependencies)
    if (dependency.kind > JobDependencyKind::singleton)
      throw MalformedBytes("unknown dependency of a job");
}

}  // namespace

void save_entry(ByteWriter& writer, const JobEntry& entry) {
  plain_members(writer, entry.row);
  writer(entry.changed_at, *entry.row.facts, entry.row.run != nullptr);
  if (entry.row.run) writer(*entry.row.run);
}

JobEntry load_entry(ByteReader& reader) {
  JobEntry entry;
  auto facts = std::make_shared<JobFacts>();
  bool has_run = false;
  plain_members(reader, entry.row);
  reader(entry.changed_at, *facts, has_run);
  check(entry.row, *facts);
  entry.row.facts = std::move(facts);
  if (!has_run) return entry;
  auto run = std::make_shared<JobRun>();
  reader(*run);
  entry.row.run = std::move(run);
  return entry;
}

}  // namespace orrery
