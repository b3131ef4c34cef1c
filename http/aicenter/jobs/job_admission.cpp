#include "http/aicenter/jobs/job_admission.hpp"

#include <utility>

#include "events/folds/billing_terms.hpp"
#include "projections/jobs/job_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {

namespace {

std::vector<batch::NodeSize> sizes_of(const AicenterContext& context, const BatchPolicy& policy) {
  std::vector<batch::NodeSize> sizes;
  sizes.reserve(policy.nodes.size());
  for (const auto& node : policy.nodes)
    if (const auto found = context.nodes->find(node.id))
      sizes.push_back({node.id, found->description.gpu_model, found->description.gpu_count,
                       found->description.cpu_count, found->description.memory_mib});
  return sizes;
}

/// Waiting and running jobs of everybody of a team.
std::uint32_t living_jobs(const AicenterContext& context, std::string_view team) {
  std::uint32_t count = 0;
  for (const auto& user : context.center->users())
    if (user->grant.team == team) count += context.jobs->living_count(user->name);
  return count;
}

}  // namespace

AdmissionFactsNow::AdmissionFactsNow(const AicenterContext& context, const Caller& caller,
                                     CenterView::User owner, std::string_view account,
                                     std::uint32_t task_count)
    : policy_(context.center->policy(context.cluster)), owner_(std::move(owner)) {
  facts_.policy = policy_.get();
  if (policy_) {
    nodes_ = sizes_of(context, *policy_);
    // Before any node has come nobody can say what would fit.
    if (!nodes_.empty()) facts_.nodes = &nodes_;
  }
  facts_.is_privileged = caller.is_operator();
  facts_.task_count = task_count;
  facts_.jobs_in_all = context.jobs->living_count();
  if (!owner_) return;
  facts_.user = &owner_->grant;
  facts_.is_active = owner_->is_active(seconds_of(context.clock->now()));
  facts_.user_jobs = context.jobs->living_count(owner_->name);
  team_ = context.center->team(account.empty() ? std::string_view(owner_->grant.team) : account);
  if (!team_) return;
  facts_.team = &team_->team;
  if (team_->team.limits.jobs_max) facts_.team_jobs = living_jobs(context, team_->name);
}

int number_of(batch::Refusal refusal) {
  using R = batch::Refusal;
  switch (refusal) {
    case R::user_is_unknown:
      return slurm_errno::user_id_missing;
    case R::user_is_suspended:
    case R::priority_is_not_allowed:
    case R::time_limit_may_only_fall:
      return slurm_errno::access_denied;
    case R::account_is_not_his:
      return slurm_errno::invalid_account;
    case R::partition_is_missing:
      return 2001;
    case R::partition_is_unknown:
      return slurm_errno::invalid_partition_name;
    case R::partition_is_not_for_his_class:
      return 2003;
    case R::partition_is_down:
      return slurm_errno::partition_not_available;
    case R::qos_is_unknown:
      return slurm_errno::invalid_qos;
    case R::node_is_unknown:
      return slurm_errno::invalid_node_name;
    case R::node_is_not_in_partition:
      return slurm_errno::nodes_not_in_partition;
    case R::feature_is_unknown:
      return slurm_errno::invalid_feature;
    case R::node_count_is_invalid:
      return slurm_errno::invalid_node_count;
    case R::task_count_is_invalid:
      return slurm_errno::invalid_task_count;
    case R::gpu_model_is_unknown:
    case R::gpus_are_too_few:
      return slurm_errno::invalid_gres;
    case R::cpus_are_too_many:
      return slurm_errno::too_many_requested_cpus;
    case R::memory_is_too_much:
      return slurm_errno::invalid_task_memory;
    case R::time_limit_is_missing:
    case R::time_limit_is_too_long:
      return slurm_errno::invalid_time_limit;
    case R::least_time_is_invalid:
      return slurm_errno::invalid_time_min;
    case R::nice_is_not_allowed:
      return slurm_errno::invalid_nice;
    case R::dependency_is_invalid:
      return slurm_errno::dependency;
    case R::gpus_are_too_many:
    case R::mail_domain_is_not_allowed:
    case R::jobs_are_too_many:
      return slurm_errno::accounting_policy;
    case R::queue_is_full:
      return 11;
    case R::array_is_too_large:
      return slurm_errno::invalid_array;
    case R::never_fits:
      return slurm_errno::requested_node_config_unavailable;
  }
  return slurm_errno::unspecified;
}

}  // namespace orrery::aicenter
