#include "http/aicenter/cluster/cluster_answers.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/errors.hpp"
#include "projections/center/center_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

/// Far more than a cluster has.
constexpr std::size_t node_count_max = 10'000;

Response with_errors(unsigned status, std::string_view errors, std::string_view member) {
  std::string body(answer_head(Face::slurm));
  // The head ends with the list of errors, which is empty.
  body.pop_back();
  body.append(errors).append(fmt::format(R"(],"{}":[]}})", member));
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

std::int64_t ClusterChanges::policy_changed_s(const AicenterContext& context) {
  auto policy = context.center->policy(context.cluster);
  const std::lock_guard lock(mutex_);
  if (seen_s_ == 0 || seen_ != policy) {
    seen_ = std::move(policy);
    seen_s_ = seconds_of(context.clock->now());
  }
  return seen_s_;
}

std::int64_t ClusterChanges::nodes_changed_s(const AicenterContext& context) {
  auto changed = std::max(policy_changed_s(context), seconds_of(context.jobs->changed_at()));
  for (const auto& node : context.nodes->list(context.cluster, {}, node_count_max))
    changed = std::max(changed, seconds_of(node.since));
  return changed;
}

std::optional<std::int64_t> update_time_of(const Request& request) {
  const auto text = request.query_parameter("update_time");
  std::int64_t time = 0;
  if (text.empty()) return time;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, time);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(time) : std::nullopt;
}

Response not_modified() {
  Response response;
  response.status = 304;
  return response;
}

Response nothing_named(int number, std::string_view member) {
  return with_errors(500, fmt::format(R"({{"error":"{}","errno":{}}})", words_of(number), number),
                     member);
}

Response wrong_query(std::string_view member) { return with_errors(400, {}, member); }

}  // namespace orrery::aicenter
