#include "http/aicenter/center/grant_json.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "events/batch_policy_events.hpp"
#include "http/aicenter/accounting/associations.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/json/timestamp.hpp"
#include "storage/clock.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

template <class T>
json::value count_json(const std::optional<T>& count) {
  return count ? json::value(*count) : json::value(nullptr);
}

void read_count(JsonFields& fields, std::string_view name, std::optional<std::uint32_t>& out) {
  constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
  if (const auto count = fields.optional_integer(name, 0, most))
    out = static_cast<std::uint32_t>(*count);
}

CenterRole read_role(JsonFields& fields, CenterRole otherwise) {
  const auto word = fields.optional_string("role", 32);
  if (!word) return otherwise;
  for (const auto role : {CenterRole::none, CenterRole::operator_, CenterRole::administrator})
    if (*word == role_word(role)) return role;
  fields.refuse("role", "must be none, operator or administrator");
  return otherwise;
}

json::value opened(const AicenterContext& context, const Sealed& sealed) {
  if (sealed.subject.empty()) return nullptr;
  const auto text = context.subject_keys->open(sealed);
  return text ? json::value(*text) : json::value(nullptr);
}

json::value moment_json(Time time) {
  return time == Time{} ? json::value(nullptr) : json::value(rfc3339_seconds(time));
}

std::string partition_of(const AicenterContext& context, std::string_view class_name) {
  const auto policy = context.center->policy(context.cluster);
  if (!policy) return {};
  const auto found = std::ranges::find(policy->classes, class_name, &BatchClass::name);
  return found == policy->classes.end() ? std::string() : found->partition;
}

json::value suspension_json(const CenterUserDetails& user) {
  if (!user.suspension) return nullptr;
  return json::object{{"reason", user.suspension->reason},
                      {"until", time_json(user.suspension->until_s)}};
}

}  // namespace

json::object limits_json(const CenterLimits& limits) {
  return {{"jobs_max", count_json(limits.jobs_max)},
          {"running_max", count_json(limits.running_max)},
          {"gpus_max", count_json(limits.gpus_max)},
          {"gpus_per_job_max", count_json(limits.gpus_per_job_max)},
          {"time_limit_max_min", count_json(limits.time_limit_max_min)},
          {"shares", count_json(limits.shares)},
          {"quota_bytes", count_json(limits.quota_bytes)}};
}

CenterLimits read_limits(JsonFields& fields) {
  CenterLimits limits;
  auto given = fields.optional_object("limits");
  if (!given) return limits;
  read_count(*given, "jobs_max", limits.jobs_max);
  read_count(*given, "running_max", limits.running_max);
  read_count(*given, "gpus_max", limits.gpus_max);
  read_count(*given, "gpus_per_job_max", limits.gpus_per_job_max);
  read_count(*given, "time_limit_max_min", limits.time_limit_max_min);
  read_count(*given, "shares", limits.shares);
  if (const auto bytes =
          given->optional_integer("quota_bytes", 0, std::numeric_limits<std::int64_t>::max()))
    limits.quota_bytes = static_cast<std::uint64_t>(*bytes);
  for (const auto name : given->names())
    if (!limits_json(limits).contains(name)) given->refuse(name, "is no limit");
  return limits;
}

void check_class(const AicenterContext& context, std::string_view class_name, JsonFields& fields) {
  const auto policy = context.center->policy(context.cluster);
  if (!policy || policy->classes.empty()) return;
  std::string names;
  for (const auto& each : policy->classes) {
    if (each.name == class_name) return;
    names += (names.empty() ? "" : ", ") + each.name;
  }
  fields.refuse("class", fmt::format("must be one of {}", names));
}

void check_team(const AicenterContext& context, std::string_view team, std::string_view field,
                JsonFields& fields) {
  if (!context.center->team(team)) fields.refuse(field, "must be the name of a team");
}

CenterGrant read_grant(const AicenterContext& context, const CenterGrant& otherwise,
                       JsonFields& fields) {
  CenterGrant grant = otherwise;
  if (const auto given = fields.optional_string("class", word_bytes_max)) grant.class_name = *given;
  if (const auto given = fields.optional_string("team", word_bytes_max)) grant.team = *given;
  grant.role = read_role(fields, otherwise.role);
  if (fields.has("limits")) grant.limits = read_limits(fields);
  if (grant.class_name.empty()) fields.refuse("class", "is required");
  if (grant.team.empty()) fields.refuse("team", "is required");
  check_class(context, grant.class_name, fields);
  check_team(context, grant.team, "team", fields);
  return grant;
}

std::string_view role_word(CenterRole role) {
  switch (role) {
    case CenterRole::operator_:
      return "operator";
    case CenterRole::administrator:
      return "administrator";
    case CenterRole::none:
      break;
  }
  return "none";
}

json::object user_json(const AicenterContext& context, const CenterUserDetails& user) {
  using Status = CenterUserDetails::Status;
  const auto& grant = user.grant;
  const auto* const status = user.status == Status::applied    ? "applied"
                             : user.status == Status::declined ? "declined"
                                                               : "approved";
  return {{"name", user.name},
          {"status", status},
          {"full_name", opened(context, user.person.full_name)},
          {"email", opened(context, user.person.email)},
          {"affiliation", opened(context, user.person.affiliation)},
          {"purpose", opened(context, user.person.purpose)},
          {"class", grant.class_name},
          {"partition", text_json(partition_of(context, grant.class_name))},
          {"team", text_json(grant.team)},
          {"role", role_word(grant.role)},
          {"limits", limits_json(grant.limits)},
          {"uid", user.uid == 0 ? json::value(nullptr) : json::value(user.uid)},
          {"suspension", suspension_json(user)},
          {"decline_reason", text_json(user.decline_reason)},
          {"applied_at", moment_json(user.applied_at)},
          {"approved_at", moment_json(user.approved_at)}};
}

}  // namespace orrery::aicenter
