#include <memory>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/cluster/cluster_answers.hpp"
#include "http/aicenter/jobs/job_priority.hpp"
#include "http/aicenter/jobs/job_reference.hpp"
#include "http/aicenter/jobs/job_text.hpp"
#include "http/aicenter/jobs/sealed_paths.hpp"
#include "http/aicenter/resources.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {

namespace {

/// Slurm's MinJobAge: jobs that have ended are shown so long.
constexpr std::int64_t ended_shown_s = 300;

/// Numbers of users, each looked up once where many jobs are one user's.
class Uids {
 public:
  explicit Uids(const CenterView& center) : center_(center) {}

  /// `name` lives as long as the jobs that are shown.
  std::uint32_t of(std::string_view name) {
    if (name == name_ && !name_.empty()) return uid_;
    const auto user = center_.user(name);
    name_ = name;
    uid_ = user ? user->uid : 0;
    return uid_;
  }

 private:
  const CenterView& center_;
  std::string_view name_;
  std::uint32_t uid_ = 0;
};

/// Null as of a past moment: forecasts are of the present.
std::shared_ptr<const batch::Forecast> forecast_of(const AicenterContext& context) {
  return context.forecasts ? context.forecasts->of(context.cluster) : nullptr;
}

/// Of those that run there are as many as the cluster has GPUs; of those that ended any number.
std::uint32_t shown_priority(const BatchPolicy* policy, const batch::Forecast* forecast,
                             const JobRow& job) {
  const bool went_ahead = job.status != JobStatus::pending && !has_ended(job.status);
  return went_ahead && policy ? priority_at_start(forecast, *policy, job) : 0;
}

void list(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto since = update_time_of(request);
  if (!since) return reply(wrong_query("jobs"));
  // What happens within the second that the client names may have come after its last answer.
  if (seconds_of(context->jobs->changed_at()) < *since) return reply(not_modified());
  JobFilter filter;
  filter.ended_since_s = seconds_of(context->clock->now()) - ended_shown_s;
  const auto rows = context->jobs->rows(filter);
  const auto forecast = forecast_of(*context);
  const auto policy = context->center->policy(context->cluster);
  Uids uids(*context->center);
  ResourceTexts texts;
  Response response;
  auto& body = response.body;
  body.reserve(512 + rows.size() * job_text_bytes);
  body += answer_head(Face::slurm);
  body += R"(,"jobs":[)";
  for (const auto& row : rows) {
    if (body.back() == '}') body += ',';
    append_job(body, row,
               {uids.of(row.facts->user), forecast.get(), nullptr,
                shown_priority(policy.get(), forecast.get(), row), &texts});
  }
  body += "]}";
  reply(std::move(response));
}

Refusal job_absent(std::string_view text, ReferenceProblem problem) {
  auto description = fmt::format("Unable to find JobId={}", text);
  if (problem == ReferenceProblem::absent)
    return slurm_error(slurm_errno::invalid_job_id, std::move(description), "slurm_load_job",
                       "jobs");
  auto refusal = slurm_error(slurm_errno::rest_invalid_jobs_description, std::move(description),
                             "_handle_job_get");
  refusal.status = 400;
  return refusal;
}

class ShowJob {
 public:
  void operator()(const Context& context, const Request& request, const Caller& caller,
                  const Reply& reply) const {
    const auto text = request.path_parameters.front();
    auto problem = ReferenceProblem::absent;
    const auto found = find_job(*context->jobs, text, problem);
    if (!found) return reply(job_absent(text, problem));
    const auto forecast = forecast_of(*context);
    const auto policy = context->center->policy(context->cluster);
    Uids uids(*context->center);
    ResourceTexts texts;
    Response response;
    auto& body = response.body;
    body.reserve(512 + found->jobs.size() * job_text_bytes);
    body += answer_head(Face::slurm);
    body += R"(,"jobs":[)";
    for (const auto& row : found->jobs) {
      if (body.back() == '}') body += ',';
      const auto paths = caller.may_change(row.facts->user) ? paths_->of(*context, row) : nullptr;
      append_job(body, row,
                 {uids.of(row.facts->user), forecast.get(), paths.get(),
                  shown_priority(policy.get(), forecast.get(), row), &texts});
    }
    body += "]}";
    reply(std::move(response));
  }

 private:
  std::shared_ptr<SealedPaths> paths_ = std::make_shared<SealedPaths>();
};

}  // namespace

void add_jobs(Routes& routes) {
  routes.add(Method::get, fmt::format("{}/jobs", slurm_root), list);
  routes.add(Method::get, fmt::format("{}/job/{{job_id}}", slurm_root), ShowJob());
}

}  // namespace orrery::aicenter
