#include "actors/batch/admission.hpp"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "actors/batch/admission_checks.hpp"

namespace orrery::batch {
namespace {

using Question = Objection (*)(JobSpecification&, const AdmissionFacts&);

template <Objection (*check)(const JobSpecification&, const AdmissionFacts&)>
Objection ask(JobSpecification& job, const AdmissionFacts& facts) {
  return check(job, facts);
}

Objection first_objection(std::initializer_list<Question> questions, JobSpecification& job,
                          const AdmissionFacts& facts) {
  for (const auto question : questions)
    if (auto objection = question(job, facts)) return objection;
  return std::nullopt;
}

/// What depends on one another: where it may run, how much of it, how long.
constexpr std::initializer_list<Question> shape_questions = {
    settle_account, settle_qos,    settle_partitions, settle_nodes,  ask<check_gpus>,
    settle_cpus,    settle_memory, settle_time,       ask<check_fit>};

bool touches_shape(const JobChange& change) {
  return change.account || change.partitions || change.qos || change.resources || change.nodes ||
         change.time_limit_min;
}

Objection check_privileges(const JobSpecification& job, const JobChange& change,
                           const AdmissionFacts& facts) {
  if (facts.is_privileged) return std::nullopt;
  if (change.priority)
    return AdmissionRefused{Refusal::priority_is_not_allowed, "only operators give priorities"};
  if (change.nice && (*change.nice < 0 || *change.nice < job.nice))
    return AdmissionRefused{
        Refusal::nice_is_not_allowed,
        fmt::format("only operators lower a nice value, from {} to {}", job.nice, *change.nice)};
  if (change.time_limit_min && *change.time_limit_min > job.time_limit_min)
    return AdmissionRefused{Refusal::time_limit_may_only_fall,
                            fmt::format("only operators raise a time limit, from {} to {} minutes",
                                        job.time_limit_min, *change.time_limit_min)};
  return std::nullopt;
}

/// Puts what the policy filled in into the members that are to change.
void take_over(JobChange& change, const JobSpecification& job) {
  if (change.account) change.account = job.account;
  if (change.partitions) change.partitions = job.partitions;
  if (change.qos) change.qos = job.qos;
  if (change.resources) change.resources = job.resources;
  if (change.time_limit_min) change.time_limit_min = job.time_limit_min;
}

}  // namespace

std::variant<JobSpecification, AdmissionRefused> admit(JobSpecification asked,
                                                       std::string_view mail_domain,
                                                       const AdmissionFacts& facts) {
  if (auto refused = check_person(asked, facts)) return *std::move(refused);
  if (auto refused = first_objection(shape_questions, asked, facts)) return *std::move(refused);
  if (asked.nice < 0 && !facts.is_privileged)
    return AdmissionRefused{Refusal::nice_is_not_allowed,
                            "only operators may ask for a negative nice value"};
  if (auto refused = check_dependencies(asked.dependencies)) return *std::move(refused);
  if (auto refused = check_mail(asked.mail, mail_domain, *facts.policy)) return *std::move(refused);
  if (auto refused = check_counts(facts)) return *std::move(refused);
  return asked;
}

std::variant<JobChange, AdmissionRefused> admit_change(const JobSpecification& job,
                                                       JobChange change,
                                                       std::string_view mail_domain,
                                                       const AdmissionFacts& facts) {
  if (auto refused = check_privileges(job, change, facts)) return *std::move(refused);
  auto after = changed(job, change);
  if (touches_shape(change)) {
    if (auto refused = first_objection(shape_questions, after, facts)) return *std::move(refused);
    take_over(change, after);
  }
  if (change.dependencies)
    if (auto refused = check_dependencies(*change.dependencies)) return *std::move(refused);
  if (change.mail)
    if (auto refused = check_mail(*change.mail, mail_domain, *facts.policy))
      return *std::move(refused);
  return change;
}

JobSpecification changed(JobSpecification job, const JobChange& change) {
  if (change.account) job.account = *change.account;
  if (change.partitions) job.partitions = *change.partitions;
  if (change.qos) job.qos = *change.qos;
  if (change.name) job.name = *change.name;
  if (change.comment) job.comment = *change.comment;
  if (change.resources) job.resources = *change.resources;
  if (change.nodes) job.nodes = *change.nodes;
  if (change.time_limit_min) {
    job.time_limit_min = *change.time_limit_min;
    if (job.time_limit_min_least > job.time_limit_min) job.time_limit_min_least = 0;
  }
  if (change.nice) job.nice = *change.nice;
  if (change.begin_time_s) job.begin_time_s = *change.begin_time_s;
  if (change.dependencies) job.dependencies = *change.dependencies;
  if (change.may_requeue) job.may_requeue = *change.may_requeue;
  if (change.mail) job.mail = *change.mail;
  return job;
}

}  // namespace orrery::batch
