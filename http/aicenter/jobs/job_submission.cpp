#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "actors/job/job.hpp"
#include "actors/job_array/job_array.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/aicenter/array_settlements.hpp"
#include "http/aicenter/jobs/command_chain.hpp"
#include "http/aicenter/jobs/job_admission.hpp"
#include "http/aicenter/jobs/job_wish.hpp"
#include "http/aicenter/jobs/submission.hpp"
#include "http/aicenter/jobs/submissions_under_way.hpp"
#include "http/aicenter/resources.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {

namespace {

/// Ids that others have taken meanwhile; more in a row are no coincidence.
constexpr unsigned draw_count_max = 16;

/// What is sealed of all tasks of a submission: each job keeps its own.
constexpr std::size_t script_bytes_max = 32u << 20;

Response submitted(std::uint32_t job_id, bool is_held) {
  Response response;
  auto head = std::string(answer_head(Face::slurm));
  if (is_held) {
    head.pop_back();  // The list of errors is empty, and ends the head.
    head += fmt::format(R"({{"error_code":{},"error":"{}"}}])", slurm_errno::job_held,
                        words_of(slurm_errno::job_held));
  }
  response.body =
      fmt::format(R"({},"job_id":{},"step_id":"BATCH","job_submit_user_msg":""}})", head, job_id);
  return response;
}

Refusal refusal_of(const batch::AdmissionRefused& refused) {
  return slurm_error_code(number_of(refused.why), refused.sentence);
}

int number_of(Job::Rejection rejection) {
  switch (rejection) {
    case Job::Rejection::partitions_must_not_be_empty:
      return slurm_errno::invalid_partition_name;
    case Job::Rejection::node_count_must_be_1_to_64:
      return slurm_errno::invalid_node_count;
    case Job::Rejection::gpus_per_node_must_be_16_at_most:
      return slurm_errno::invalid_gres;
    case Job::Rejection::time_limit_must_be_set:
      return slurm_errno::invalid_time_limit;
    default:
      return slurm_errno::cannot_create_job;
  }
}

/// One submission on its way: draws ids until one is free.
class Course : public std::enable_shared_from_this<Course> {
 public:
  Course(Context context, Reply reply, Origin origin, JobSubmitted request,
         const sbatch::SbatchOptions& options, std::shared_ptr<SubmissionsUnderWay::Hold> hold)
      : context_(std::move(context)),
        reply_(std::move(reply)),
        origin_(std::move(origin)),
        request_(std::move(request)),
        array_(options.array),
        priority_(options.priority),
        hold_(std::move(hold)) {}

  void go() {
    const auto first = context_->job_numbers->take(context_->jobs->largest_id(), count());
    if (first + count() > std::numeric_limits<std::uint32_t>::max() ||
        ++draw_count_ > draw_count_max)
      return give(slurm_error_code(slurm_errno::cannot_create_job));
    const auto id = static_cast<std::uint32_t>(first);
    if (array_)
      submit_array(id);
    else
      submit_job(id);
  }

 private:
  std::uint32_t count() const {
    return array_ ? static_cast<std::uint32_t>(array_->task_ids.size()) : 1;
  }

  /// Who has the answer may submit again at once: what is in the views then counts no more here.
  template <class Answer>
  void give(const Answer& answer) {
    hold_.reset();
    reply_(answer);
  }

  /// The jobs are there; what an operator has given them comes behind.
  void arrived(std::uint32_t id) {
    if (!priority_) return answer(id);
    std::vector<JobCommand> commands;
    for (std::uint32_t k = 0; k < count(); ++k) {
      JobChange change;
      change.priority = priority_;
      commands.push_back({id + k, Job::Change{std::move(change)}});
    }
    send_in_turn(*context_->gateway, std::move(commands), origin_,
                 [self = shared_from_this(), id](const ChainEnd&) { self->answer(id); });
  }

  void answer(std::uint32_t id) { give(submitted(id, request_.hold != JobHold::none)); }

  void submit_job(std::uint32_t id) {
    context_->gateway->submit<Job>({std::to_string(id), Job::Submit{request_}, origin_, {}},
                                   [self = shared_from_this(), id](const auto& outcome) {
                                     if (!outcome) return self->give(unavailable());
                                     if (!outcome->rejection) return self->arrived(id);
                                     if (*outcome->rejection == Job::Rejection::job_exists_already)
                                       return self->go();
                                     self->give(slurm_error_code(number_of(*outcome->rejection)));
                                   });
  }

  /// Answers once all tasks are jobs.
  void submit_array(std::uint32_t id) {
    context_->arrays->await(id, count(), context_->clock->now() + ArraySettlements::patience,
                            [self = shared_from_this(), id] { self->arrived(id); });
    JobArraySubmitted array{request_.specification, array_->task_ids,    array_->running_max,
                            request_.hold,          request_.request_id, request_.request_digest};
    context_->gateway->submit<JobArray>(
        {std::to_string(id), JobArray::Submit{std::move(array)}, origin_, {}},
        [self = shared_from_this(), id](const auto& outcome) {
          if (outcome && !outcome->rejection) return;
          self->context_->arrays->forget(id);
          if (!outcome) return self->give(unavailable());
          if (*outcome->rejection == JobArray::Rejection::job_array_exists_already)
            return self->go();
          self->give(slurm_error_code(slurm_errno::invalid_array));
        });
  }

  Context context_;
  Reply reply_;
  Origin origin_;
  JobSubmitted request_;
  std::optional<sbatch::ArrayRequest> array_;
  std::optional<std::uint32_t> priority_;
  std::shared_ptr<SubmissionsUnderWay::Hold> hold_;
  unsigned draw_count_ = 0;
};

/// What a submission by `caller` comes to in the log.
boost::system::result<JobSubmitted, Refusal> admitted(const AicenterContext& context,
                                                      const Caller& caller,
                                                      const Submission& submission,
                                                      const SubmissionsUnderWay::Hold& under_way) {
  const auto& options = submission.options;
  auto wish = wish_of(context, *caller.user, options);
  if (!wish) return slurm_error_code(wish.error().number, wish.error().sentence);
  const auto task_count = options.array ? options.array->task_ids.size() : 1;
  const AdmissionFactsNow now(context, caller, caller.user, wish->specification.account,
                              static_cast<std::uint32_t>(task_count));
  if (!now.has_policy())
    return slurm_error_code(slurm_errno::partition_not_available, "the cluster has no policy yet");
  if (options.priority && !caller.is_operator())
    return slurm_error_code(slurm_errno::access_denied, "only operators give priorities");
  auto facts = now.facts();
  facts.user_jobs += under_way.others(0);
  facts.team_jobs += under_way.others(1);
  facts.jobs_in_all += under_way.others(2);
  auto judged = batch::admit(std::move(wish->specification), wish->mail_domain, facts);
  if (const auto* refused = std::get_if<batch::AdmissionRefused>(&judged))
    return refusal_of(*refused);
  JobSubmitted request;
  request.specification = std::get<JobSpecification>(std::move(judged));
  request.specification.is_interactive = submission.is_interactive;
  request.specification.rehearsal = submission.rehearsal;
  auto script = sealed_script(context, *caller.user, submission);
  if (!script) return unavailable();
  if ((script->text.box.size() + script->environment.box.size() + script->arguments.box.size()) *
          task_count >
      script_bytes_max)
    return slurm_error_code(slurm_errno::pathname_too_long,
                            "script and environment are too large for so many tasks");
  request.specification.script = *std::move(script);
  request.hold = options.hold.value_or(false) ? JobHold::user : JobHold::none;
  return request;
}

void submit(const std::shared_ptr<SubmissionsUnderWay>& under_way, const Context& context,
            const Request& request, const Caller& caller, const Reply& reply) {
  if (!caller.user) return reply(slurm_error_code(slurm_errno::user_id_missing));
  if (const auto suspension = suspension_of(*context, caller, "slurm_submit_batch_job"))
    return reply(*suspension);
  auto submission = read_submission(request.body);
  if (!submission) return reply(submission.error());
  const auto identity = identity_of(*context, "center-job", caller.actor(), request);
  if (!identity) return reply(identity.error());
  const auto answer = reply.with(identity->claim);
  const auto request_id = identity->claim ? identity->ids->uuid() : std::string();
  if (!request_id.empty())
    if (const auto before = context->jobs->of_request(request_id)) {
      if (before->digest != identity->digest) return answer(idempotency_key_reused());
      return answer(submitted(before->id, submission->options.hold.value_or(false)));
    }
  const auto& options = submission->options;
  const auto count = static_cast<std::uint32_t>(options.array ? options.array->task_ids.size() : 1);
  auto hold = under_way->take({"user/" + caller.user->name,
                               "team/" + options.account.value_or(caller.user->grant.team), ""},
                              count);
  auto admitted_ = admitted(*context, caller, *submission, *hold);
  if (!admitted_) return answer(admitted_.error());
  if (submission->options.tests_only) return answer(submitted(0, false));
  admitted_->request_id = request_id;
  admitted_->request_digest = identity->digest;
  std::make_shared<Course>(context, answer, Origin{caller.actor(), 0, request.request_id},
                           *std::move(admitted_), options, std::move(hold))
      ->go();
}

}  // namespace

void add_job_submission(Routes& routes) {
  const auto under_way = std::make_shared<SubmissionsUnderWay>();
  routes.add(
      Method::post, fmt::format("{}/job/submit", slurm_root),
      [under_way](const Context& context, const Request& request, const Caller& caller,
                  const Reply& reply) { submit(under_way, context, request, caller, reply); });
}

}  // namespace orrery::aicenter
