#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/aicenter/accounting/associations.hpp"
#include "http/aicenter/accounting/job_query.hpp"
#include "http/aicenter/accounting/job_record.hpp"
#include "http/aicenter/accounting/job_record_stream.hpp"
#include "http/aicenter/accounting/record_json.hpp"
#include "http/aicenter/cluster/cluster_nodes.hpp"
#include "http/aicenter/resources.hpp"
#include "http/aicenter/tres.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

/// What slurmrestd says where nothing fits: 500, or 200 of jobs.
Refusal nothing_found(std::string_view source, std::string_view member, unsigned status = 500) {
  auto refusal =
      slurm_error(slurm_errno::rest_empty_result, "Nothing found", std::string(source), member);
  refusal.status = status;
  return refusal;
}

Response listed(std::string_view member, const json::array& items) {
  return answered(Face::slurmdb, member, json::serialize(items));
}

JobRecordWish wish_of(const AicenterContext& context) {
  return {context.clock->now(), true, context.nodes};
}

void answer_jobs(std::vector<JobRow> rows, const JobRecordWish& wish, const Reply& reply) {
  if (rows.empty()) return reply(nothing_found("slurmdb_jobs_get", "jobs", 200));
  if (rows.size() > JobRecordStream::row_count_min)
    return reply(Response{}, std::make_shared<JobRecordStream>(std::move(rows), wish));
  json::array items;
  for (const auto& job : rows) items.push_back(job_record_json(job, wish));
  reply(listed("jobs", items));
}

void list_jobs(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto offset_min = policy_of(*context)->idle.utc_offset_min;
  const auto query = read_job_query(request, context->clock->now(), offset_min);
  if (!query) return reply(query.error());
  JobFilter filter;
  filter.ended_since_s = query->start_s.value_or(0);
  auto rows = context->jobs->rows(filter);
  std::erase_if(rows, [&](const JobRow& job) { return !query->fits(job); });
  auto wish = wish_of(*context);
  wish.with_steps = !query->skip_steps;
  answer_jobs(std::move(rows), wish, reply);
}

/// A job, all tasks of an array, or one of them ("1000_3").
void show_job(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const std::string id(request.path_parameters[0]);
  std::uint32_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  auto rows = context->jobs->tasks(number);
  if (rows.empty())
    if (auto row = context->jobs->find(number)) rows.push_back(*std::move(row));
  std::erase_if(rows, [&](const JobRow& job) { return !is_named(job, id); });
  answer_jobs(std::move(rows), wish_of(*context), reply);
}

/// The items of a list of which the path names one by its member `key`.
json::array named(json::array items, std::string_view key, std::string_view name) {
  json::array found;
  for (auto& item : items)
    if (item.at(key).as_string() == name) found.push_back(std::move(item));
  return found;
}

json::array users_of(const AicenterContext& context) {
  return users_json(context, associations_of(context, *policy_of(context)));
}
json::array accounts_of(const AicenterContext& context) {
  return accounts_json(context, associations_of(context, *policy_of(context)));
}
json::array qos_of(const AicenterContext& context) { return qos_json(*policy_of(context)); }

/// A list, and one of it.
struct Record {
  std::string_view list_path;
  std::string_view one_path;
  std::string_view member;
  json::array (*items)(const AicenterContext&);
  /// Where nothing has the name; empty: an empty list without an error.
  std::string_view source;
};

void add_records(Routes& routes, const Record& record) {
  routes.add(Method::get, std::string(slurmdb_root).append(record.list_path),
             [=](const Context& context, const Request&, const Caller&, const Reply& reply) {
               reply(listed(record.member, record.items(*context)));
             });
  routes.add(
      Method::get, std::string(slurmdb_root).append(record.one_path),
      [=](const Context& context, const Request& request, const Caller&, const Reply& reply) {
        const auto found = named(record.items(*context), "name", request.path_parameters[0]);
        if (found.empty() && !record.source.empty())
          return reply(nothing_found(record.source, record.member));
        reply(listed(record.member, found));
      });
}

std::vector<Association> asked_for(const AicenterContext& context, const Request& request) {
  auto all = associations_of(context, *policy_of(context));
  const auto passes = [&](std::string_view name, std::string_view value) {
    const auto wanted = request.query_parameter(name);
    return wanted.empty() || wanted == value;
  };
  std::erase_if(all, [&](const Association& each) {
    return !passes("cluster", context.cluster) || !passes("account", each.account) ||
           !passes("user", each.user_name()) || !passes("partition", each.partition);
  });
  return all;
}

void answer_associations(const Context& context, const std::vector<Association>& found,
                         const Reply& reply) {
  if (found.empty()) return reply(nothing_found("slurmdb_associations_get", {}));
  const auto policy = policy_of(*context);
  json::array items;
  for (const auto& each : found) items.push_back(association_json(*context, *policy, each));
  reply(listed("associations", items));
}

void list_associations(const Context& context, const Request& request, const Caller&,
                       const Reply& reply) {
  answer_associations(context, asked_for(*context, request), reply);
}

void show_association(const Context& context, const Request& request, const Caller&,
                      const Reply& reply) {
  const auto found = asked_for(*context, request);
  if (found.size() > 1) {
    auto refusal = slurm_error(slurm_errno::rest_invalid_query,
                               "Ambiguous request: More than 1 association would have been dumped.",
                               {}, "associations");
    refusal.status = 400;
    return reply(refusal);
  }
  answer_associations(context, found, reply);
}

void add_associations(Routes& routes) {
  routes.add(Method::get, std::string(slurmdb_root) + "/associations", list_associations);
  routes.add(Method::get, std::string(slurmdb_root) + "/association", show_association);
}

/// Work keys are nobody's here.
void no_wckeys(const Context&, const Request&, const Caller&, const Reply& reply) {
  reply(nothing_found("slurmdb_wckeys_get", "wckeys"));
}

void show_tres(const Context&, const Request&, const Caller&, const Reply& reply) {
  reply(listed("TRES", known_tres()));
}

/// All of it at once, as for `sacctmgr dump`.
void show_config(const Context& context, const Request&, const Caller&, const Reply& reply) {
  const auto policy = policy_of(*context);
  const auto associations = associations_of(*context, *policy);
  json::array full;
  for (const auto& each : associations) full.push_back(association_json(*context, *policy, each));
  auto response = answered(Face::slurmdb);
  auto& body = response.body;
  body.pop_back();
  const auto add = [&](std::string_view member, const json::array& items) {
    body += fmt::format(R"(,"{}":{})", member, json::serialize(items));
  };
  add("clusters", clusters_json(*context));
  add("TRES", known_tres());
  add("accounts", accounts_json(*context, associations));
  add("users", users_json(*context, associations));
  add("QOS", qos_json(*policy));
  add("wckeys", {});
  add("associations", full);
  body += '}';
  reply(std::move(response));
}

/// There is no other server behind this one, whose calls could be counted.
void show_diag(const Context& context, const Request&, const Caller&, const Reply& reply) {
  const json::object statistics{{"time_start", context->started_s},
                                {"rollups", json::array()},
                                {"RPCs", json::array()},
                                {"users", json::array()}};
  reply(answered(Face::slurmdb, "statistics", json::serialize(statistics)));
}

}  // namespace

void add_accounting(Routes& routes) {
  const auto add = [&](std::string_view path, const Handler& handler) {
    routes.add(Method::get, std::string(slurmdb_root).append(path), handler);
  };
  add("/jobs", list_jobs);
  add("/job/{job_id}", show_job);
  add_records(routes, {"/accounts", "/account/{account_name}", "accounts", accounts_of,
                       "slurmdb_accounts_get"});
  add_records(routes, {"/users", "/user/{user_name}", "users", users_of, "slurmdb_users_get"});
  add_records(routes, {"/qos", "/qos/{qos_name}", "QOS", qos_of, {}});
  add_records(routes, {"/clusters", "/cluster/{cluster_name}", "clusters", clusters_json,
                       "slurmdb_clusters_get"});
  add_associations(routes);
  add("/wckeys", no_wckeys);
  add("/wckey/{wckey}", no_wckeys);
  add("/tres", show_tres);
  add("/config", show_config);
  add("/diag", show_diag);
}

}  // namespace orrery::aicenter
