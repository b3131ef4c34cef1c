#include "http/aicenter/jobs/change_wish.hpp"

#include <algorithm>
#include <utility>

#include "http/aicenter/jobs/sealed_paths.hpp"
#include "http/aicenter/sbatch/words.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

namespace {

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (const auto name : sbatch::split(text, ','))
    if (!name.empty()) names.emplace_back(name);
  return names;
}

/// Whether job `id` waits for `target`, directly or by others that wait.
bool waits_for(const JobView& jobs, std::uint32_t id, std::uint32_t target,
               std::vector<std::uint32_t>& seen) {
  if (id == target) return true;
  if (std::find(seen.begin(), seen.end(), id) != seen.end() || seen.size() > 1'000) return false;
  seen.push_back(id);
  const auto row = jobs.find(id);
  if (!row || row->status != JobStatus::pending) return false;
  return std::any_of(row->facts->dependencies.begin(), row->facts->dependencies.end(),
                     [&](const JobDependency& dependency) {
                       return dependency.job_id != 0 &&
                              waits_for(jobs, dependency.job_id, target, seen);
                     });
}

Wished<std::vector<JobDependency>> new_dependencies(const JobView& jobs, const JobRow& job,
                                                    const std::string& text) {
  auto dependencies = dependencies_of(jobs, text);
  if (!dependencies) return dependencies.error();
  std::vector<std::uint32_t> seen;
  for (const auto& dependency : dependencies->all)
    if (dependency.job_id != 0 && waits_for(jobs, dependency.job_id, job.id, seen))
      return WishProblem{slurm_errno::circular_dependency, "the jobs would wait for each other"};
  return std::move(dependencies->all);
}

/// Whoever says only when he wants mail keeps the address.
Wished<MailWish> new_mail(const AicenterContext& context, const CenterUserDetails& owner,
                          const JobRow& job, const sbatch::SbatchOptions& options) {
  const auto types = options.mail_type.value_or(job.facts->mail_types);
  if (!options.mail_user) {
    auto before = sealed_mail(context, job);
    if (!before.address.subject.empty()) return MailWish{{types, std::move(before.address)}, {}};
  }
  return mail_of(context, owner, types, options.mail_user);
}

void take_plain(const sbatch::SbatchOptions& options, JobChange& change) {
  change.account = options.account;
  if (options.partition) change.partitions = names_in(*options.partition);
  change.qos = options.qos;
  change.name = options.job_name;
  change.comment = options.comment;
  change.time_limit_min = options.time;
  change.nice = options.nice;
  change.priority = options.priority;
  change.may_requeue = options.requeue;
}

}  // namespace

Wished<ChangeWish> change_wish_of(const AicenterContext& context, const CenterUserDetails& owner,
                                  const JobRow& job, const sbatch::SbatchOptions& options) {
  ChangeWish wish;
  auto& change = wish.change;
  take_plain(options, change);
  auto resources = resources_of(options, job.facts->resources);
  if (!resources) return resources.error();
  if (*resources != job.facts->resources) change.resources = *std::move(resources);
  auto nodes = node_wishes_of(options, job.facts->nodes);
  if (!nodes) return nodes.error();
  if (*nodes != job.facts->nodes) change.nodes = *std::move(nodes);
  if (options.begin) {
    const auto begin = begin_time_of(context, *options.begin);
    if (!begin) return begin.error();
    change.begin_time_s = *begin;
  }
  if (options.dependency) {
    auto dependencies = new_dependencies(*context.jobs, job, *options.dependency);
    if (!dependencies) return dependencies.error();
    change.dependencies = *std::move(dependencies);
  }
  if (options.mail_type || options.mail_user) {
    auto mail = new_mail(context, owner, job, options);
    if (!mail) return mail.error();
    change.mail = std::move(mail->mail);
    wish.mail_domain = std::move(mail->domain);
  }
  return wish;
}

JobSpecification specification_of(const JobRow& job) {
  const auto& facts = *job.facts;
  JobSpecification specification;
  specification.cluster = facts.cluster;
  specification.user = facts.user;
  specification.account = facts.account;
  specification.partitions = facts.partitions;
  specification.qos = facts.qos;
  specification.name = facts.name;
  specification.comment = facts.comment;
  specification.resources = facts.resources;
  specification.nodes = facts.nodes;
  specification.time_limit_min = job.run ? job.run->time_limit_min : facts.time_limit_min;
  specification.time_limit_min_least = facts.time_limit_min_least;
  specification.nice = facts.nice;
  specification.begin_time_s = facts.begin_time_s;
  specification.dependencies = facts.dependencies;
  specification.any_dependency = facts.any_dependency;
  specification.may_requeue = facts.may_requeue;
  specification.is_interactive = facts.is_interactive;
  specification.mail.types = facts.mail_types;
  return specification;
}

}  // namespace orrery::aicenter
