#include "cli/demo_center.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "cli/exit_codes.hpp"
#include "cli/policy_file.hpp"
#include "cli/start_failure.hpp"
#include "http/aicenter/slurm_tokens.hpp"
#include "projections/center/center_view.hpp"
#include "storage/clock.hpp"

namespace orrery {

namespace {

constexpr std::string_view sender = "process/demo";
constexpr std::chrono::hours token_lifespan{365 * 24};
/// So many may have been erased.
constexpr unsigned attempt_count_max = 100;
/// As of a real system: numbers below are the system's.
constexpr std::uint32_t uid_first = 2'001;

struct DemoTeam {
  std::string_view name;
  std::string_view description;
  std::string_view organization;
};
constexpr std::array<DemoTeam, 3> teams{{{"aix", "the center's own people", "inha"},
                                         {"nlp-lab", "language processing", "inha"},
                                         {"partners", "companies and citizens", "incheon"}}};

struct DemoUser {
  std::string_view name;
  std::string_view class_name;
  std::string_view team;
  CenterRole role = CenterRole::none;
};
constexpr DemoUser professor{"kim", "A", "nlp-lab"};
constexpr DemoUser administrator{"choi", "A", "aix", CenterRole::administrator};
constexpr std::array<DemoUser, 2> others{{{"lee", "B", "nlp-lab"}, {"park", "C", "partners"}}};

/// Blocks until it is durable; what exists already stays as it is.
template <class A>
void send(const AicenterContext& context, const std::string& id, typename A::Command command) {
  std::promise<std::string> answered;
  context.gateway->submit<A>(
      {id, std::move(command), Origin{std::string(sender), 0, {}}, {}}, [&](const auto& outcome) {
        if (!outcome)
          answered.set_value(outcome.error().reason);
        else if (outcome->rejection)
          answered.set_value(boost::describe::enum_to_string(*outcome->rejection, "refused"));
        else
          answered.set_value("");
      });
  if (const auto problem = answered.get_future().get(); !problem.empty())
    throw StartFailure{exit_demo,
                       fmt::format("the demo's {}/{}: {}", A::stream_prefix, id, problem)};
}

void provide_policy(const AicenterContext& context) {
  if (context.center->policy(context.cluster)) return;
  auto policy = read_policy_toml(embedded_policy_toml(), embedded_policy_name);
  if (!policy) throw StartFailure{exit_demo, boost::algorithm::join(policy.error().problems, "\n")};
  send<BatchPolicyRecord>(context, context.cluster, BatchPolicyRecord::Set{std::move(*policy)});
}

void provide_teams(const AicenterContext& context) {
  for (const auto& [name, description, organization] : teams)
    if (!context.center->team(name))
      send<CenterTeam>(
          context, std::string(name),
          CenterTeam::Set{{std::string(description), std::string(organization), "", {}}});
}

/// Whether somebody of that name is, or may become, the demo's.
bool may_be(const CenterView& center, const std::string& name) {
  for (const auto& erased : center.erased())
    if (erased == name) return false;
  const auto user = center.user(name);
  return !user || user->status == CenterUserDetails::Status::approved;
}

/// His name.
std::string provide_user(const AicenterContext& context, const DemoUser& user) {
  for (unsigned number = 0; number < attempt_count_max; ++number) {
    auto name = number == 0 ? std::string(user.name) : fmt::format("{}-{}", user.name, number);
    if (!may_be(*context.center, name)) continue;
    if (context.center->user(name)) return name;
    CenterUserApproved approval;
    approval.grant = {std::string(user.class_name), std::string(user.team), {}, user.role};
    approval.uid = std::max(uid_first, context.center->largest_uid() + 1);
    send<CenterUser>(context, name, CenterUser::Approve{std::move(approval)});
    return name;
  }
  throw StartFailure{exit_demo, "the demo's people of the center can't be made"};
}

void provide_kittens(const AicenterContext& context) {
  send<Kitten>(context, "1", Kitten::Welcome{{"Fluffums", "calico", 6, 7}});
  send<Kitten>(context, "2", Kitten::Welcome{{"Max", "unknown", 5, 10}});
}

}  // namespace

DemoCenter provide_demo_center(const AicenterContext& context) {
  provide_policy(context);
  provide_teams(context);
  provide_kittens(context);
  DemoCenter demo;
  demo.user = provide_user(context, professor);
  demo.admin_user = provide_user(context, administrator);
  for (const auto& user : others) provide_user(context, user);
  const auto now = context.clock->now();
  demo.token = context.tokens->mint(demo.user, now, token_lifespan);
  demo.admin_token = context.tokens->mint(demo.admin_user, now, token_lifespan);
  demo.api_key = "meowmeowmeow";
  return demo;
}

}  // namespace orrery
