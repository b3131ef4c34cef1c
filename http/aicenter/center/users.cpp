#include <charconv>

#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/center/grant_json.hpp"

namespace orrery::aicenter {
namespace {

constexpr std::size_t page_size_max = 1'000;
using Status = CenterUserDetails::Status;

/// Which people a list shows.
struct Wish {
  std::optional<Status> status;
  std::string team;
  std::string class_name;
  std::string after;
  std::size_t limit = page_size_max;

  bool passes(const CenterUserDetails& user) const {
    return user.name > after && (!status || user.status == *status) &&
           (team.empty() || user.grant.team == team) &&
           (class_name.empty() || user.grant.class_name == class_name);
  }
};

bool read_status(std::string_view word, Wish& wish) {
  if (word.empty()) return true;
  if (word == "applied") wish.status = Status::applied;
  if (word == "declined") wish.status = Status::declined;
  if (word == "approved") wish.status = Status::approved;
  return wish.status.has_value();
}

bool read_limit(std::string_view text, Wish& wish) {
  if (text.empty()) return true;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, wish.limit);
  return parsed.ec == std::errc() && parsed.ptr == end && wish.limit > 0 &&
         wish.limit <= page_size_max;
}

void list(const Call& call) {
  const auto& request = call->request();
  Wish wish;
  if (!read_status(request.query_parameter("status"), wish))
    return call->wrong("status must be applied, declined or approved");
  if (!read_limit(request.query_parameter("limit"), wish))
    return call->wrong("limit must be a number from 1 to 1000");
  wish.team = request.query_parameter("team");
  wish.class_name = request.query_parameter("class");
  wish.after = request.query_parameter("after");
  std::vector<CenterView::User> page;
  bool is_more = false;
  for (const auto& user : call->context().center->users()) {
    if (!wish.passes(*user)) continue;
    if (page.size() == wish.limit) {
      is_more = true;
      break;
    }
    page.push_back(user);
  }
  auto json = listed(page, [&](const auto& user) { return user_json(call->context(), *user); });
  if (is_more) json["next"] = page.back()->name;
  call->answer(json);
}

/// His own, or an operator's to see.
void show(const Call& call) {
  const auto name = call->parameter(0);
  const auto& caller = call->caller();
  const auto user = call->context().center->user(name);
  if (!user || (!caller.is_operator() && caller.name() != name)) return call->not_found("user");
  call->answer(user_json(call->context(), *user));
}

/// Who the credential speaks for.
void show_me(const Call& call) {
  const auto& context = call->context();
  auto user = call->caller().user;
  if (!user) return call->answer(boost::json::object{{"name", "root"}, {"operator", true}});
  if (context.present) user = context.center->user(user->name);
  if (!user) return call->not_found("user");
  auto json = user_json(context, *user);
  call->answer(json);
}

}  // namespace

void add_users(Routes& routes) {
  add_center_route(routes, Method::get, "/users", Need::operator_, list);
  add_center_route(routes, Method::get, "/users/{user}", Need::user, show);
  add_center_route(routes, Method::get, "/me", Need::user, show_me);
}

}  // namespace orrery::aicenter
