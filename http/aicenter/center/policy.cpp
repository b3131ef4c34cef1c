#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "actors/batch/policy_check.hpp"
#include "actors/batch_policy/batch_policy.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/policy_document.hpp"

namespace orrery::aicenter {
namespace {

void show(const Call& call) {
  const auto policy = call->context().center->policy(call->context().cluster);
  if (!policy) return call->not_found("policy");
  call->answer(policy_json(*policy));
}

/// Everything that is wrong at once: whoever writes a policy corrects it in one go.
std::string sentences(const std::vector<batch::PolicyProblem>& problems) {
  std::string text;
  for (const auto& problem : problems)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", problem.place, problem.sentence);
  return text;
}

void answer_set(const Call& call, const BatchPolicy& policy, bool is_done) {
  call->answer(boost::json::object{{"applied", is_done}, {"policy", policy_json(policy)}});
}

void set(const Call& call) {
  const auto dry_run = call->request().query_parameter("dry_run");
  if (!dry_run.empty() && dry_run != "true" && dry_run != "false")
    return call->wrong("dry_run must be true or false");
  boost::system::error_code failure;
  const auto document = boost::json::parse(call->request().body, failure);
  if (failure) return call->wrong("The body is no JSON: " + failure.message());
  const auto policy = read_policy(document);
  if (!policy) return call->wrong(policy.error().text());
  if (const auto problems = batch::problems_of(*policy); !problems.empty())
    return call->wrong(sentences(problems));
  if (dry_run == "true") return answer_set(call, *policy, false);
  order<BatchPolicyRecord>(call, call->context().cluster, BatchPolicyRecord::Set{*policy},
                           [=, policy = *policy] { answer_set(call, policy, true); });
}

}  // namespace

void add_policy(Routes& routes) {
  add_center_route(routes, Method::get, "/policy", Need::user, show);
  add_center_route(routes, Method::put, "/policy", Need::administrator, set);
}

}  // namespace orrery::aicenter
