#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "actors/batch/explain.hpp"
#include "actors/batch/forecast.hpp"
#include "events/folds/billing_terms.hpp"
#include "http/aicenter/accounting/job_query.hpp"
#include "http/aicenter/accounting/job_record.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/cluster/cluster_nodes.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

constexpr std::size_t page_size_max = 1'000;

/// "1000", or "1000_3" of an array.
std::optional<JobRow> job_named(const AicenterContext& context, std::string_view id) {
  std::uint32_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  if (id.find('_') == id.npos) {
    auto job = context.jobs->find(number);
    return job && id == std::to_string(number) ? std::move(job) : std::nullopt;
  }
  for (auto& task : context.jobs->tasks(number))
    if (is_named(task, id)) return std::move(task);
  return std::nullopt;
}

std::shared_ptr<const batch::Forecast> forecast_of(const AicenterContext& context) {
  return context.forecasts ? context.forecasts->of(context.cluster) : nullptr;
}

json::object factor_json(const batch::PriorityFactor& factor) {
  return {{"name", factor.name},
          {"value", factor.value},
          {"weight", factor.weight},
          {"points", factor.points()}};
}

json::object explained(const AicenterContext& context, const JobRow& job, std::int64_t now_s) {
  const auto& facts = *job.facts;
  const auto forecast = forecast_of(context);
  const auto found = batch::explain(forecast.get(), *policy_of(context),
                                    {.id = job.id,
                                     .user = facts.user,
                                     .account = facts.account,
                                     .qos = facts.qos,
                                     .partitions = facts.partitions,
                                     .resources = facts.resources,
                                     .hold = job.hold,
                                     .nice = facts.nice,
                                     .priority = job.priority,
                                     .begin_time_s = facts.begin_time_s,
                                     .submitted_s = seconds_of(job.submitted_at)},
                                    now_s);
  json::array factors;
  for (const auto& factor : found.factors) factors.push_back(factor_json(factor));
  return {{"reason", batch::to_slurm_word(found.reason)},
          {"rule", text_json(found.rule)},
          {"sentence", found.sentence},
          {"expected_start", time_json(found.expected_start_s)},
          {"reserved", found.is_reserved},
          {"priority", found.priority},
          {"rank", found.rank == 0 ? json::value(nullptr) : json::value(found.rank)},
          {"waiting_count", found.waiting_count},
          {"factors", std::move(factors)},
          {"nice", found.nice}};
}

std::string nodes_of(const JobRow& job) {
  std::vector<std::string> ids;
  if (job.run)
    for (const auto& place : job.run->places) ids.push_back(place.node_id);
  return ids.empty() ? "no node" : sbatch::host_list_text(ids);
}

/// Of one that doesn't wait.
std::string sentence_of(const JobRow& job) {
  const auto reason = job.reason.empty() || job.reason == "None" ? "" : ": " + job.reason;
  switch (job.status) {
    case JobStatus::configuring:
      return fmt::format("It has been given {}, which are being prepared.", nodes_of(job));
    case JobStatus::running:
      return fmt::format("It runs on {}.", nodes_of(job));
    case JobStatus::completing:
      return fmt::format("It is ending on {}{}.", nodes_of(job), reason);
    default:
      return fmt::format("It has ended as {}{}.", accounted_state(job.status), reason);
  }
}

json::object not_waiting(const JobRow& job) {
  return {{"reason", job.reason.empty() ? "None" : job.reason},
          {"rule", nullptr},
          {"sentence", sentence_of(job)},
          {"expected_start", time_json(seconds_of(job.started_at))},
          {"reserved", false},
          {"priority", job.priority},
          {"rank", nullptr},
          {"waiting_count", 0},
          {"factors", json::array()},
          {"nice", job.facts->nice}};
}

void why(const Call& call) {
  const auto job = job_named(call->context(), call->parameter(0));
  if (!job) return call->not_found("job");
  json::object answer{{"job_id", job->id}, {"state", accounted_state(job->status)}};
  auto rest = job->status == JobStatus::pending ? explained(call->context(), *job, call->now_s())
                                                : not_waiting(*job);
  for (auto& [name, value] : rest) answer[name] = std::move(value);
  call->answer(answer);
}

json::object entry_json(const batch::JobForecast& entry, const JobRow& job) {
  const auto& resources = job.facts->resources;
  return {{"rank", entry.rank},
          {"job_id", entry.job_id},
          {"name", job.facts->name},
          {"user", job.facts->user},
          {"team", job.facts->account},
          {"priority", entry.priority},
          {"reason", batch::to_slurm_word(entry.reason)},
          {"expected_start", time_json(entry.expected_start_s)},
          {"reserved", entry.is_reserved},
          {"node_count", resources.node_count},
          {"gpu_model", text_json(resources.gpu_model)},
          {"gpus_per_node", resources.gpus_per_node},
          {"time_limit_min", job.facts->time_limit_min}};
}

std::optional<std::uint32_t> number_of(std::string_view text, std::uint32_t otherwise) {
  if (text.empty()) return otherwise;
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

/// Who waits, first come those whose turn is next; as of the scheduler's last pass.
void show_queue(const Call& call) {
  const auto& request = call->request();
  const auto after = number_of(request.query_parameter("after"), 0);
  const auto limit = number_of(request.query_parameter("limit"), page_size_max);
  if (!after) return call->wrong("after must be the rank of a job");
  if (!limit || *limit == 0 || *limit > page_size_max)
    return call->wrong("limit must be a number from 1 to 1000");
  const auto forecast = forecast_of(call->context());
  std::vector<batch::JobForecast> waiting;
  if (forecast) waiting = forecast->jobs;
  std::erase_if(waiting, [&](const auto& entry) { return entry.rank <= *after; });
  std::ranges::sort(waiting, {}, &batch::JobForecast::rank);
  json::array items;
  std::uint32_t last = 0;
  for (const auto& entry : waiting) {
    if (items.size() == *limit) break;
    const auto job = call->context().jobs->find(entry.job_id);
    last = entry.rank;
    if (job && job->status == JobStatus::pending) items.push_back(entry_json(entry, *job));
  }
  json::object answer{{"items", std::move(items)},
                      {"waiting_count", forecast ? forecast->jobs.size() : 0},
                      {"made_at", time_json(forecast ? seconds_of(forecast->made_at) : 0)},
                      {"pass_us", forecast ? forecast->pass_us : 0}};
  if (!waiting.empty() && last < waiting.back().rank) answer["next"] = std::to_string(last);
  call->answer(answer);
}

}  // namespace

void add_waiting(Routes& routes) {
  add_center_route(routes, Method::get, "/jobs/{job_id}/why", Need::user, why);
  add_center_route(routes, Method::get, "/queue", Need::user, show_queue);
}

}  // namespace orrery::aicenter
