#include <algorithm>

#include "http/aicenter/accounting/record_json.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

json::object account_json(const AicenterContext& context, const Association& account,
                          const std::vector<Association>& associations) {
  json::array all;
  for (const auto& each : associations)
    if (each.account == account.account) all.push_back(short_json(context, each));
  const bool is_root = account.team == nullptr;
  return {{"associations", std::move(all)},
          {"coordinators", json::array()},
          {"description", is_root ? "default root account" : account.team->team.description},
          {"name", account.account},
          {"organization", is_root ? std::string(root_account) : account.team->team.organization},
          {"flags", json::array()}};
}

std::string_view level_of(CenterRole role) {
  switch (role) {
    case CenterRole::administrator:
      return "Administrator";
    case CenterRole::operator_:
      return "Operator";
    case CenterRole::none:
      break;
  }
  return "None";
}

json::object user_json(const AicenterContext& context, const Association& association) {
  const auto& user = *association.user;
  return {{"administrator_level", level_of(user.grant.role)},
          {"associations", json::array{short_json(context, association)}},
          {"coordinators", json::array()},
          {"default", json::object{{"account", user.grant.team}, {"wckey", ""}}},
          {"flags", json::array()},
          {"name", user.name}};
}

/// By name, as Slurm lists them.
json::array sorted(json::array array) {
  std::ranges::stable_sort(array, {}, [](const json::value& each) {
    return std::string_view(each.at("name").as_string());
  });
  return array;
}

}  // namespace

json::array accounts_json(const AicenterContext& context,
                          const std::vector<Association>& associations) {
  json::array array;
  for (const auto& each : associations)
    if (!each.user) array.push_back(account_json(context, each, associations));
  return sorted(std::move(array));
}

json::array users_json(const AicenterContext& context,
                       const std::vector<Association>& associations) {
  json::array array;
  for (const auto& each : associations)
    if (each.user) array.push_back(user_json(context, each));
  return sorted(std::move(array));
}

}  // namespace orrery::aicenter
