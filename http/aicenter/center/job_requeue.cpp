#include <string>
#include <utility>
#include <vector>

#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/jobs/command_chain.hpp"
#include "http/aicenter/jobs/job_reference.hpp"

namespace orrery::aicenter {

namespace {

/// slurmrestd has no such route; scontrol requeue asks it.
void requeue(const Call& call) {
  auto problem = ReferenceProblem::absent;
  const auto found = find_job(*call->context().jobs, call->parameter(0), problem);
  if (!found) return call->not_found("job");
  if (!call->caller().may_change(found->jobs.front().facts->user))
    return call->refuse(access_denied("the job is somebody else's", "requeue"));
  if (const auto suspension = suspension_of(call->context(), call->caller(), "requeue"))
    return call->refuse(*suspension);
  std::vector<JobCommand> commands;
  for (const auto& job : found->jobs) {
    if (has_ended(job.status) || job.status == JobStatus::pending) continue;
    // It would be gone for good.
    if (!job.facts->may_requeue)
      return call->refuse(409, "conflict", "the job was submitted with --no-requeue");
    JobStopRequested stop;
    stop.reason = JobStopReason::requeued;
    stop.by = std::string(call->caller().name());
    stop.goes_back = true;
    commands.push_back({job.id, Job::Stop{std::move(stop), 0}});
  }
  if (commands.empty()) return call->refuse(409, "conflict", "the job does not run");
  send_in_turn(*call->context().gateway, std::move(commands), call->origin(),
               [call](const ChainEnd& end) {
                 if (end.is_done) return call->done();
                 if (!end.rejection) return call->unavailable();
                 call->refuse(409, "conflict", "the job is ending already");
               });
}

}  // namespace

void add_job_requeue(Routes& routes) {
  add_center_route(routes, Method::post, "/jobs/{job_id}/requeue", Need::user, requeue);
}

}  // namespace orrery::aicenter
