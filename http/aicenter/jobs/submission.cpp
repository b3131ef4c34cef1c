#include "http/aicenter/jobs/submission.hpp"

#include <fmt/format.h>

#include "http/aicenter/authentication.hpp"
#include "http/aicenter/jobs/job_body.hpp"
#include "http/aicenter/sbatch/rehearsal.hpp"
#include "http/json/json_body.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {

namespace {

namespace dom = simdjson::dom;

Refusal unreadable_body() {
  Refusal refusal;
  refusal.status = 400;
  refusal.text = "Unable to parse query.";
  return refusal;
}

Refusal with_status(Refusal refusal, unsigned status) {
  refusal.status = status;
  return refusal;
}

/// 400 with what was wrong and that parsing failed.
Refusal parsing_failed(std::string what, int code) {
  auto refusal = with_status(slurm_error_code(slurm_errno::rest_fail_parsing), 400);
  refusal.errors.insert(refusal.errors.begin(), SlurmError{{}, 0, code, std::move(what), {}});
  return refusal;
}

/// The object "job", or the only one of "jobs".
boost::system::result<dom::object, Refusal> job_in(dom::object body) {
  dom::object job;
  dom::array jobs;
  if (body["job"].get(job) == simdjson::SUCCESS) return job;
  if (body["jobs"].get(jobs) == simdjson::SUCCESS) {
    if (jobs.size() > 1)
      return slurm_error_code(slurm_errno::not_supported,
                              "heterogeneous jobs are not supported on this cluster");
    if (jobs.size() == 1 && jobs.at(0).get(job) == simdjson::SUCCESS) return job;
  }
  return with_status(slurm_error_code(slurm_errno::rest_invalid_jobs_description), 400);
}

std::optional<Refusal> take_script(dom::object body, Submission& submission) {
  std::string_view script;
  bool is_interactive = false;
  if (body["interactive"].get(is_interactive) == simdjson::SUCCESS)
    submission.is_interactive = is_interactive;
  if (body["script"].get(script) == simdjson::SUCCESS)
    submission.script = script;
  else if (!submission.is_interactive)
    return slurm_error_code(slurm_errno::job_script_missing);
  if (submission.script.find('\0') != std::string::npos)
    return parsing_failed("the script has a NUL", slurm_errno::unspecified);
  return std::nullopt;
}

/// What the script says of itself.
std::optional<Refusal> take_directives(Submission& submission) {
  if (submission.is_interactive) {
    submission.rehearsal = {};
    return std::nullopt;
  }
  auto directives = sbatch::parse_directives(submission.script);
  if (!directives) return parsing_failed(directives.error().message, slurm_errno::unspecified);
  submission.options = *std::move(directives);
  auto rehearsal = sbatch::parse_rehearsal(submission.script);
  if (!rehearsal) return parsing_failed(rehearsal.error().message, slurm_errno::unspecified);
  submission.rehearsal = *std::move(rehearsal);
  return std::nullopt;
}

/// With a NUL after each.
std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all.append(text).push_back('\0');
  return all;
}

}  // namespace

boost::system::result<Submission, Refusal> read_submission(std::string_view body) {
  const auto root = parse_json_object(body);
  if (!root) return unreadable_body();
  Submission submission;
  if (auto refusal = take_script(*root, submission)) return *std::move(refusal);
  const auto job = job_in(*root);
  if (!job) return job.error();
  auto read = read_job_body(*job);
  if (!read) return read.error();
  if ((!read->environment || read->environment->empty()) && !submission.is_interactive)
    return parsing_failed("environment must be set", slurm_errno::environment_missing);
  if (auto refusal = take_directives(submission)) return *std::move(refusal);
  sbatch::override_by(submission.options, read->options);
  if (read->environment) submission.environment = *std::move(read->environment);
  // The first is the script's own name, as of every program.
  if (read->arguments && !read->arguments->empty())
    submission.arguments.assign(read->arguments->begin() + 1, read->arguments->end());
  return submission;
}

std::optional<JobScript> sealed_script(const AicenterContext& context,
                                       const CenterUserDetails& user,
                                       const Submission& submission) {
  const auto subject = sealing_subject(user.name);
  bool is_sealed = true;
  const auto seal = [&](std::string_view text) {
    if (text.empty()) return Sealed{};
    auto sealed = context.subject_keys->seal(subject, text);
    is_sealed &= sealed.has_value();
    return sealed ? *std::move(sealed) : Sealed{};
  };
  const auto& options = submission.options;
  JobScript script;
  script.text = seal(submission.script);
  script.arguments = seal(joined(submission.arguments));
  script.environment = seal(joined(submission.environment));
  script.working_directory = seal(options.chdir.value_or(""));
  script.standard_input = seal(options.input.value_or(""));
  script.standard_output = seal(options.output.value_or(""));
  script.standard_error = seal(options.error.value_or(""));
  if (!is_sealed) return std::nullopt;
  return script;
}

}  // namespace orrery::aicenter
