#include "http/aicenter/accounting/associations.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "events/batch_policy_events.hpp"
#include "http/aicenter/tres.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

constexpr std::uint32_t gpu_tres = 1001;

/// Builds the list by going down the tree. A team whose parent isn't there hangs below the root.
class Tree {
 public:
  Tree(const AicenterContext& context, const BatchPolicy& policy) : policy_(policy) {
    std::set<std::string, std::less<>> names;
    auto teams = context.center->teams();
    for (const auto& team : teams) names.insert(team->name);
    for (auto& team : teams) {
      const auto& parent = team->team.parent;
      const bool is_known = !parent.empty() && parent != team->name && names.contains(parent);
      const auto above = is_known ? parent : std::string(root_account);
      parts_[above].push_back(std::move(team));
    }
    for (auto& user : context.center->users())
      if (user->status == CenterUserDetails::Status::approved)
        users_[user->grant.team].push_back(std::move(user));
  }

  std::vector<Association> walk() {
    list_.push_back({std::string(root_account), {}, nullptr, nullptr, {}});
    add_users(std::string(root_account));
    add_below(std::string(root_account));
    // Teams that are part of each other hang nowhere.
    while (!parts_.empty()) add_below(parts_.begin()->first);
    return std::move(list_);
  }

 private:
  void add_below(const std::string& account) {
    const auto parts = parts_.extract(account);
    if (!parts) return;
    for (const auto& team : parts.mapped()) {
      list_.push_back({team->name, account, team, nullptr, {}});
      add_users(team->name);
      add_below(team->name);
    }
  }

  void add_users(const std::string& account) {
    for (const auto& user : users_[account])
      list_.push_back({account, {}, nullptr, user, partition_of(user->grant.class_name)});
  }

  std::string partition_of(std::string_view class_name) const {
    const auto found = std::ranges::find(policy_.classes, class_name, &BatchClass::name);
    return found == policy_.classes.end() ? std::string() : found->partition;
  }

  const BatchPolicy& policy_;
  std::map<std::string, std::vector<CenterView::Team>> parts_;
  std::map<std::string, std::vector<CenterView::User>> users_;
  std::vector<Association> list_;
};

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value limit_or_null(std::optional<std::uint32_t> limit, std::uint32_t otherwise = 0) {
  const auto value = limit.value_or(otherwise);
  return value == 0 ? json::value(nullptr) : json::value(value);
}

json::array gpus(std::optional<std::uint32_t> limit, std::uint32_t otherwise) {
  const auto value = limit.value_or(otherwise);
  if (value == 0) return {};
  return json::array{tres_json(gpu_tres, value)};
}

/// What holds for an association: its own, and of a user what everybody has where he has none.
json::object limits_json(const CenterLimits& own, const BatchLimits& all) {
  json::object jobs{
      {"per",
       json::object{{"count", nullptr},
                    {"accruing", nullptr},
                    {"submitted", nullptr},
                    {"wall_clock", limit_or_null(own.time_limit_max_min, all.time_limit_max_min)}}},
      {"active", limit_or_null(own.running_max, all.running_max)},
      {"accruing", nullptr},
      {"total", limit_or_null(own.jobs_max, all.jobs_max)}};
  json::object tres{{"total", gpus(own.gpus_max, all.gpus_max)},
                    {"minutes", json::object{{"per", json::object{{"job", json::array()}}},
                                             {"total", json::array()}}},
                    {"group", json::object{{"minutes", json::array()}, {"active", json::array()}}},
                    {"per", json::object{{"job", gpus(own.gpus_per_job_max, all.gpus_per_job_max)},
                                         {"node", json::array()}}}};
  json::object account{{"account", json::object{{"wall_clock", nullptr}}}};
  return {{"jobs", std::move(jobs)}, {"tres", std::move(tres)}, {"per", std::move(account)}};
}

/// None at all for teams that say nothing.
BatchLimits no_limits() {
  BatchLimits none;
  none.jobs_max = none.time_limit_max_min = none.gpus_per_job_max = 0;
  return none;
}

const CenterLimits& limits_of(const Association& association) {
  static const CenterLimits none;
  if (association.user) return association.user->grant.limits;
  return association.team ? association.team->team.limits : none;
}

}  // namespace

std::vector<Association> associations_of(const AicenterContext& context,
                                         const BatchPolicy& policy) {
  return Tree(context, policy).walk();
}

json::object short_json(const AicenterContext& context, const Association& association) {
  return {{"account", association.account},
          {"cluster", context.cluster},
          {"partition", text_or_null(association.partition)},
          {"user", text_or_null(association.user_name())}};
}

json::object association_json(const AicenterContext& context, const BatchPolicy& policy,
                              const Association& association) {
  const bool is_user = association.user != nullptr;
  const auto& own = limits_of(association);
  json::array flags;
  if (is_user) flags.emplace_back("DEFAULT");
  json::array qos;
  for (const auto& each : policy.qos) qos.emplace_back(each.name);
  return {{"account", association.account},
          {"cluster", context.cluster},
          {"default", json::object{{"qos", text_or_null(policy.default_qos)}}},
          {"flags", std::move(flags)},
          {"max", limits_json(own, is_user ? policy.limits : no_limits())},
          {"is_default", is_user ? 1 : 0},
          {"min", json::object{{"priority_threshold", nullptr}}},
          {"parent_account", text_or_null(association.parent)},
          {"partition", text_or_null(association.partition)},
          {"priority", nullptr},
          {"qos", std::move(qos)},
          {"shares_raw", own.shares.value_or(1)},
          {"usage", nullptr},
          {"user", text_or_null(association.user_name())}};
}

}  // namespace orrery::aicenter
