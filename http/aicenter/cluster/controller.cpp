#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "actors/batch/forecast.hpp"
#include "events/folds/billing_terms.hpp"
#include "http/aicenter/resources.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

json::array pings(const AicenterContext& context) {
  return {{{"hostname", context.host}, {"ping", "UP"}, {"status", 0}, {"mode", "primary"}}};
}

std::uint64_t count_of(const JobView::Counts& counts, std::initializer_list<JobStatus> statuses) {
  std::uint64_t sum = 0;
  for (const auto status : statuses) sum += counts[static_cast<std::size_t>(status)];
  return sum;
}

void add_jobs(const AicenterContext& context, json::object& statistics) {
  using enum JobStatus;
  const auto counts = context.jobs->counts();
  std::uint64_t submitted = 0;
  for (const auto count : counts) submitted += count;
  const auto waiting = count_of(counts, {JobStatus::pending});
  statistics["jobs_submitted"] = submitted;
  statistics["jobs_started"] = submitted - waiting;
  statistics["jobs_completed"] = count_of(counts, {completed});
  statistics["jobs_canceled"] = count_of(counts, {cancelled});
  statistics["jobs_failed"] = count_of(counts, {failed, timeout, node_fail});
  statistics["jobs_pending"] = waiting;
  statistics["jobs_running"] = count_of(counts, {configuring, running, completing});
  statistics["job_states_ts"] = seconds_of(context.clock->now());
}

/// The one scheduler looks at all who wait, and fills gaps as it goes: so its last pass is shown
/// under both names that Slurm has.
void add_backfill(const batch::Forecast& forecast, json::object& statistics) {
  statistics["bf_backfilled_jobs"] = 0;
  statistics["bf_last_backfilled_jobs"] = 0;
  statistics["bf_backfilled_het_jobs"] = 0;
  statistics["bf_cycle_counter"] = forecast.pass_count;
  statistics["bf_cycle_mean"] = forecast.pass_us;
  statistics["bf_depth_mean"] = forecast.jobs.size();
  statistics["bf_depth_mean_try"] = forecast.jobs.size();
  statistics["bf_cycle_last"] = forecast.pass_us;
  statistics["bf_cycle_max"] = forecast.pass_us;
  statistics["bf_queue_len"] = forecast.jobs.size();
  statistics["bf_queue_len_mean"] = forecast.jobs.size();
  statistics["bf_table_size"] = forecast.details.size();
  statistics["bf_table_size_mean"] = forecast.details.size();
  statistics["bf_when_last_cycle"] = seconds_of(forecast.made_at);
  statistics["bf_active"] = false;
}

double passes_per_minute(const AicenterContext& context, const batch::Forecast& forecast) {
  const auto up_s = seconds_of(context.clock->now()) - context.started_s;
  return up_s <= 0 ? 0 : static_cast<double>(forecast.pass_count) * 60 / static_cast<double>(up_s);
}

json::object statistics_of(const AicenterContext& context) {
  auto known = context.forecasts ? context.forecasts->of(context.cluster) : nullptr;
  const auto forecast = known ? std::move(known) : std::make_shared<const batch::Forecast>();
  json::object statistics{{"rpcs_by_message_type", json::array()},
                          {"rpcs_by_user", json::array()},
                          {"parts_packed", 1},
                          {"req_time", seconds_of(context.clock->now())},
                          {"req_time_start", context.started_s},
                          {"server_thread_count", 1},
                          {"agent_queue_size", 0},
                          {"agent_count", 0},
                          {"agent_thread_count", 0},
                          {"dbd_agent_queue_size", 0},
                          {"gettimeofday_latency", 0},
                          {"schedule_cycle_max", forecast->pass_us},
                          {"schedule_cycle_last", forecast->pass_us},
                          {"schedule_cycle_total", forecast->pass_count},
                          {"schedule_cycle_mean", forecast->pass_us},
                          {"schedule_cycle_mean_depth", forecast->jobs.size()}};
  statistics["schedule_cycle_per_minute"] = std::llround(passes_per_minute(context, *forecast));
  statistics["schedule_queue_length"] = forecast->jobs.size();
  add_jobs(context, statistics);
  add_backfill(*forecast, statistics);
  return statistics;
}

template <class Make>
void add_shown(Routes& routes, std::string_view name, std::string_view member, Make make) {
  routes.add(Method::get, std::string(slurm_root).append(name),
             [=](const Context& context, const Request&, const Caller&, const Reply& reply) {
               reply(answered(Face::slurm, member, json::serialize(make(*context))));
             });
}

}  // namespace

void add_controller(Routes& routes) {
  add_shown(routes, "/ping", "pings", pings);
  add_shown(routes, "/diag", "statistics", statistics_of);
  add_shown(routes, "/licenses", "licenses", [](const AicenterContext&) { return json::array(); });
}

}  // namespace orrery::aicenter
