#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "actors/job/job.hpp"
#include "actors/job_array/job_array.hpp"
#include "http/aicenter/jobs/command_chain.hpp"
#include "http/aicenter/jobs/job_reference.hpp"
#include "http/aicenter/jobs/job_wish.hpp"
#include "http/aicenter/resources.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

namespace {

constexpr std::uint32_t kill = 9;

Refusal refused_kill(std::string_view job, std::uint32_t signal, int number) {
  return slurm_error(
      number,
      fmt::format("unable to kill JobId={} with signal {}: {}", job, signal, words_of(number)),
      "slurm_kill_job");
}

/// Absent and empty are the signal that ends it.
std::optional<std::uint32_t> signal_of(const Request& request) {
  const auto text = request.query_parameter("signal");
  return text.empty() ? kill : sbatch::parse_signal_number(text);
}

Refusal invalid_signal() {
  auto refusal =
      slurm_error(slurm_errno::rest_invalid_query, "invalid signal: 0", "HTTP request: signal");
  refusal.status = 400;
  return refusal;
}

/// What the signal is to each job, one command each; a number of Slurm's where a job can't take it.
Wished<std::vector<JobCommand>> commands_of(const JobReference& found, std::uint32_t signal,
                                            const Caller& caller) {
  std::vector<JobCommand> commands;
  int problem = slurm_errno::already_done;
  for (const auto& job : found.jobs) {
    if (has_ended(job.status)) continue;
    if (signal == kill) {
      JobStopRequested stop;
      stop.by = std::string(caller.name());
      commands.push_back({job.id, Job::Stop{std::move(stop), 0}});
    } else if (job.status == JobStatus::running) {
      commands.push_back({job.id, Job::Signal{{signal, false}}});
    } else {
      problem = slurm_errno::job_not_alterable;
    }
  }
  if (commands.empty()) return WishProblem{problem, {}};
  return commands;
}

int number_of(Job::Rejection rejection) {
  switch (rejection) {
    case Job::Rejection::job_does_not_exist:
      return slurm_errno::invalid_job_id;
    case Job::Rejection::job_has_ended:
      return slurm_errno::already_done;
    default:
      return slurm_errno::job_not_alterable;
  }
}

/// All of an array: those of its tasks, too, that are no jobs yet.
void cancel_array(const Context& context, std::uint32_t array_id, const Caller& caller,
                  const Request& request, const Reply& reply) {
  context->gateway->submit<JobArray>({std::to_string(array_id),
                                      JobArray::Cancel{std::string(caller.name())},
                                      Origin{caller.actor(), 0, request.request_id},
                                      {}},
                                     [reply](const auto& outcome) {
                                       if (!outcome) return reply(unavailable());
                                       reply(answered(Face::slurm));
                                     });
}

void cancel(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  const auto job = request.path_parameters.front();
  const auto signal = signal_of(request);
  if (!signal) return reply(invalid_signal());
  auto problem = ReferenceProblem::absent;
  const auto found = find_job(*context->jobs, job, problem);
  if (!found) return reply(refused_kill(job, *signal, slurm_errno::invalid_job_id));
  if (!caller.may_change(found->jobs.front().facts->user))
    return reply(refused_kill(job, *signal, slurm_errno::access_denied));
  if (const auto suspension = suspension_of(*context, caller, "slurm_kill_job"))
    return reply(*suspension);
  auto commands = commands_of(*found, *signal, caller);
  if (!commands) return reply(refused_kill(job, *signal, commands.error().number));
  if (found->array_id && *signal == kill)
    return cancel_array(context, *found->array_id, caller, request, reply);
  send_in_turn(*context->gateway, *std::move(commands),
               Origin{caller.actor(), 0, request.request_id},
               [reply, job = std::string(job), signal = *signal](ChainEnd end) {
                 if (end.is_done) return reply(answered(Face::slurm));
                 if (!end.rejection) return reply(unavailable());
                 reply(refused_kill(job, signal, number_of(*end.rejection)));
               });
}

}  // namespace

void add_job_cancellation(Routes& routes) {
  routes.add(Method::delete_, fmt::format("{}/job/{{job_id}}", slurm_root), cancel);
}

}  // namespace orrery::aicenter
