#include <algorithm>

#include "actors/center_user/center_user.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/center/grant_json.hpp"
#include "http/aicenter/files/file_store.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {
namespace {

void show(const Call& call, const std::string& name, unsigned status = 200) {
  const auto user = call->context().center->user(name);
  if (!user) return call->not_found("user");
  call->answer(user_json(call->context(), *user), status);
}

/// What operators may do to people, they may not do to administrators.
CenterHandler unless_above(CenterHandler handler) {
  return [handler = std::move(handler)](const Call& call) {
    const auto user = call->context().center->user(call->parameter(0));
    const auto& caller = call->caller();
    const bool is_above = user && user->grant.role == CenterRole::administrator &&
                          !caller.is_administrator() && caller.name() != user->name;
    if (is_above)
      return call->refuse(403, "forbidden", "This needs an administrator of the center.");
    handler(call);
  };
}

/// Of somebody who is there: sends `command`, then shows him.
template <class C>
void change(const Call& call, C command) {
  const auto name = call->parameter(0);
  if (!call->context().center->user(name)) return call->not_found("user");
  order<CenterUser>(call, name, std::move(command), [=] { show(call, name); });
}

std::uint32_t draw_uid(const AicenterContext& context) {
  const auto largest = std::max(context.center->largest_uid(), center_uid_min - 1);
  return static_cast<std::uint32_t>(context.uid_numbers->take(largest, 1));
}

void approve(const Call& call, const std::string& name, const CenterGrant& grant, unsigned status) {
  const auto uid = draw_uid(call->context());
  order<CenterUser>(call, name, CenterUser::Approve{{grant, uid}},
                    [=] { show(call, name, status); });
}

/// What he applied for, unless the body says otherwise.
void approve_applicant(const Call& call) {
  const auto name = call->parameter(0);
  const auto user = call->context().center->user(name);
  if (!user) return call->not_found("user");
  with_body(
      call, [&](JsonFields& fields) { return read_grant(call->context(), user->grant, fields); },
      [&](const CenterGrant& grant) { approve(call, name, grant, 200); });
}

/// Without an application: nothing is known of the person but the name.
void create(const Call& call) {
  struct Wish {
    std::string name;
    CenterGrant grant;
  };
  const auto read = [&](JsonFields& fields) {
    Wish wish;
    wish.name = fields.required_string("name", word_bytes_max);
    check_login_name(wish.name, fields);
    wish.grant = read_grant(call->context(), {}, fields);
    return wish;
  };
  with_body(call, read, [&](const Wish& wish) {
    const auto known = call->context().center->user(wish.name);
    if (known && known->status == CenterUserDetails::Status::applied)
      return call->refuse(409, "user_has_applied",
                          "This user has applied: approve the application.");
    approve(call, wish.name, wish.grant, 201);
  });
}

std::string read_reason(JsonFields& fields) {
  return std::string(fields.required_string("reason", word_bytes_max));
}

void decline(const Call& call) {
  with_body(call, read_reason,
            [&](std::string reason) { change(call, CenterUser::Decline{std::move(reason)}); });
}

void change_grant(const Call& call) {
  const auto user = call->context().center->user(call->parameter(0));
  if (!user) return call->not_found("user");
  with_body(
      call, [&](JsonFields& fields) { return read_grant(call->context(), user->grant, fields); },
      [&](CenterGrant grant) { change(call, CenterUser::ChangeGrant{std::move(grant)}); });
}

void suspend(const Call& call) {
  const auto read = [&](JsonFields& fields) {
    CenterUserSuspended suspension;
    suspension.reason = read_reason(fields);
    suspension.until_s = read_moment(fields, "until").value_or(0);
    if (suspension.until_s != 0 && suspension.until_s <= call->now_s())
      fields.refuse("until", "must be in the future");
    return suspension;
  };
  with_body(call, read, [&](CenterUserSuspended suspension) {
    change(call, CenterUser::Suspend{std::move(suspension)});
  });
}

/// All that there are, also those of this very second.
void revoke_tokens(const Call& call) {
  const auto name = call->parameter(0);
  if (!call->caller().may_change(name)) return call->not_found("user");
  change(call, CenterUser::RevokeTokens{call->now_s() + 1});
}

void erase_key(const Call& call, const std::string& name) {
  const auto& context = call->context();
  if (!context.subject_keys->erase(sealing_subject(name)))
    return call->refuse(503, "unavailable",
                        "The user is gone, but the key could not be erased: try again.");
  if (!context.files) return call->done();
  const bool is_taken = context.files->run([call, name] {
    call->context().files->erase(name);
    call->done();
  });
  if (!is_taken)
    call->refuse(503, "unavailable",
                 "The user is gone, but the files could not be removed now: try again.");
}

/// He is gone first, so that nothing new is sealed for him. Asked again, it makes sure of the key.
void erase(const Call& call) {
  const auto name = call->parameter(0);
  const auto& center = *call->context().center;
  if (!center.user(name)) {
    const auto erased = center.erased();
    const bool is_known = std::ranges::find(erased, name) != erased.end();
    return is_known ? erase_key(call, name) : call->not_found("user");
  }
  order<CenterUser>(call, name, CenterUser::Erase{}, [=] { erase_key(call, name); });
}

}  // namespace

void add_user_changes(Routes& routes) {
  const auto add = [&](Method method, std::string_view rest, Need need, CenterHandler handler) {
    add_center_route(routes, method, std::string("/users/{user}").append(rest), need,
                     std::move(handler));
  };
  add_center_route(routes, Method::post, "/users", Need::administrator, create);
  add(Method::post, "/approve", Need::administrator, approve_applicant);
  add(Method::post, "/decline", Need::administrator, decline);
  add(Method::put, "/grant", Need::administrator, change_grant);
  add(Method::post, "/suspend", Need::operator_, unless_above(suspend));
  add(Method::post, "/reinstate", Need::operator_,
      unless_above([](const Call& call) { change(call, CenterUser::Reinstate{}); }));
  add(Method::post, "/revoke-tokens", Need::user, unless_above(revoke_tokens));
  add(Method::delete_, "", Need::administrator, erase);
}

}  // namespace orrery::aicenter
