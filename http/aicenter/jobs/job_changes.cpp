#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "actors/job/job.hpp"
#include "http/aicenter/jobs/change_wish.hpp"
#include "http/aicenter/jobs/command_chain.hpp"
#include "http/aicenter/jobs/job_admission.hpp"
#include "http/aicenter/jobs/job_body.hpp"
#include "http/aicenter/jobs/job_reference.hpp"
#include "http/aicenter/resources.hpp"
#include "http/json/json_body.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

namespace {

constexpr const char* source = "_parse_job_list";

std::string failed(const Request& request) {
  return fmt::format("job update from [{}] failed", request.peer);
}

Refusal refused_change(const Request& request, int number) {
  return slurm_error(number, failed(request), source);
}

Refusal refused_change(const Request& request, int number, const std::string& sentence) {
  return slurm_error(number, fmt::format("{}: {}", failed(request), sentence), source);
}

/// slurmrestd answers 200 where it can't read what is to change.
Refusal unparsed(Refusal refusal, const Request& request) {
  refusal.status = 200;
  refusal.errors.back() = {fmt::format("job parsing failed for [{}]", request.peer),
                           slurm_errno::rest_fail_parsing, 0,
                           std::string(words_of(slurm_errno::rest_fail_parsing)), source};
  return refusal;
}

int number_of(Job::Rejection rejection) {
  switch (rejection) {
    case Job::Rejection::job_does_not_exist:
      return slurm_errno::invalid_job_id;
    case Job::Rejection::job_has_ended:
      return slurm_errno::job_finished;
    case Job::Rejection::job_is_held_by_an_admin:
      return slurm_errno::access_denied;
    case Job::Rejection::job_is_held:
      return slurm_errno::job_held;
    case Job::Rejection::job_runs_already:
      return slurm_errno::job_not_pending;
    case Job::Rejection::job_does_not_run:
      return slurm_errno::job_not_running;
    default:
      return slurm_errno::job_not_alterable;
  }
}

/// Nothing where nothing is to change of the job.
boost::system::result<std::optional<JobChange>, WishProblem> judged_change(
    const AicenterContext& context, const Caller& caller, const JobRow& job,
    const sbatch::SbatchOptions& options) {
  const auto owner = context.center->user(job.facts->user);
  if (!owner) return WishProblem{slurm_errno::user_id_missing, "its user is gone"};
  auto wish = change_wish_of(context, *owner, job, options);
  if (!wish) return wish.error();
  if (wish->change == JobChange{}) return std::optional<JobChange>();
  const auto account = wish->change.account.value_or(job.facts->account);
  const AdmissionFactsNow now(context, caller, owner, account, 1);
  if (!now.has_policy())
    return WishProblem{slurm_errno::partition_not_available, "the cluster has no policy yet"};
  auto judged = batch::admit_change(specification_of(job), std::move(wish->change),
                                    wish->mail_domain, now.facts());
  if (const auto* refused = std::get_if<batch::AdmissionRefused>(&judged))
    return WishProblem{aicenter::number_of(refused->why), refused->sentence};
  return std::optional(std::get<JobChange>(std::move(judged)));
}

/// What the options make of one job, in the order in which it is done.
boost::system::result<std::vector<JobCommand>, WishProblem> commands_of(
    const AicenterContext& context, const Caller& caller, const JobRow& job,
    const sbatch::SbatchOptions& options) {
  std::vector<JobCommand> commands;
  if (has_ended(job.status)) return WishProblem{slurm_errno::job_finished, "it has ended"};
  auto change = judged_change(context, caller, job, options);
  if (!change) return change.error();
  if (*change) commands.push_back({job.id, Job::Change{**std::move(change)}});
  if (!options.hold) return commands;
  const bool is_other = caller.name() != job.facts->user;
  const auto by = is_other ? JobHold::admin : JobHold::user;
  // Who may do more may release what anybody holds.
  if (*options.hold)
    commands.push_back({job.id, Job::Hold{by}});
  else if (job.hold != JobHold::none)
    commands.push_back(
        {job.id, Job::Release{caller.is_operator() ? JobHold::admin : JobHold::user}});
  return commands;
}

void change(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  auto problem = ReferenceProblem::absent;
  const auto found = find_job(*context->jobs, request.path_parameters.front(), problem);
  const auto root = parse_json_object(request.body);
  if (!root) {
    Refusal refusal;
    refusal.status = 400;
    refusal.text = "Unable to parse query.";
    return reply(refusal);
  }
  const auto body = read_job_body(*root);
  if (!body) return reply(unparsed(body.error(), request));
  if (!found) return reply(refused_change(request, slurm_errno::invalid_job_id));
  if (!caller.may_change(found->jobs.front().facts->user))
    return reply(refused_change(request, slurm_errno::access_denied));
  if (const auto suspension = suspension_of(*context, caller, source)) return reply(*suspension);
  std::vector<JobCommand> commands;
  for (const auto& job : found->jobs) {
    if (found->array_id && has_ended(job.status)) continue;
    auto each = commands_of(*context, caller, job, body->options);
    if (!each) return reply(refused_change(request, each.error().number, each.error().sentence));
    for (auto& command : *each) commands.push_back(std::move(command));
  }
  const auto refuse = [reply, failed_ = failed(request)](Job::Rejection rejection) {
    reply(slurm_error(number_of(rejection), failed_, source));
  };
  send_in_turn(*context->gateway, std::move(commands),
               Origin{caller.actor(), 0, request.request_id}, [reply, refuse](ChainEnd end) {
                 if (end.is_done) return reply(answered(Face::slurm));
                 if (!end.rejection) return reply(unavailable());
                 refuse(*end.rejection);
               });
}

}  // namespace

void add_job_changes(Routes& routes) {
  routes.add(Method::post, fmt::format("{}/job/{{job_id}}", slurm_root), change);
}

}  // namespace orrery::aicenter
