#include "actors/center_user/center_user.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace orrery {

using Answer = Decision<CenterUser::Event, CenterUser::Rejection>;
using Rejection = CenterUser::Rejection;

namespace {

constexpr std::size_t name_size_max = 32;
constexpr std::string_view subject_prefix = "center-";

/// The last line of every table below.
Answer refuse(const CenterUser::Absent&) { return Rejection::user_does_not_exist; }
Answer refuse(const CenterUser::Erased&) { return Rejection::user_is_erased; }
Answer refuse(const CenterUser::Approved&) { return Rejection::user_exists_already; }
Answer refuse(const auto&) { return Rejection::user_is_not_approved; }

/// What is told is sealed for who tells it, and names him.
bool is_sealed_for_a_user(const Sealed& sealed) {
  if (sealed.subject.empty()) return true;
  const std::string_view subject = sealed.subject;
  return subject.starts_with(subject_prefix) &&
         is_login_name(subject.substr(subject_prefix.size()));
}

Answer apply(const CenterUserApplied& application) {
  const auto& person = application.person;
  for (const auto* sealed :
       {&person.full_name, &person.email, &person.affiliation, &person.purpose})
    if (!is_sealed_for_a_user(*sealed)) return Rejection::name_is_not_a_login_name;
  if (application.class_name.empty()) return Rejection::class_must_not_be_empty;
  return happens<Answer>(application);
}

bool is_retry(const CenterUserApplied& known, const CenterUserApplied& application) {
  if (known == application) return true;
  return !application.request_id.empty() && application.request_id == known.request_id &&
         application.request_digest == known.request_digest;
}

/// Whatever gives a grant; nothing where it is whole.
template <class Next>
Answer check_grant(const CenterGrant& grant, Next next) {
  if (grant.class_name.empty()) return Rejection::class_must_not_be_empty;
  if (grant.team.empty()) return Rejection::team_must_not_be_empty;
  return next();
}

// One table a command: what it does in which state.

Answer decide_on(const CenterUser::State& state, const CenterUser::Apply& wish) {
  return std::visit(Match{
                        [&](const CenterUser::Absent&) { return apply(wish.application); },
                        [&](const CenterUser::Declined&) { return apply(wish.application); },
                        [&](const CenterUser::Applied& known) -> Answer {
                          if (is_retry(known.application, wish.application))
                            return nothing_happens<Answer>();
                          return Rejection::user_exists_already;
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// The number of a user is drawn anew when an approval is sent again: the first one stays.
Answer decide_on(const CenterUser::State& state, const CenterUser::Approve& wish) {
  const auto& grant = wish.approval.grant;
  return std::visit(Match{
                        [](const CenterUser::Erased& erased) { return refuse(erased); },
                        [&](const CenterUser::Approved& known) -> Answer {
                          if (known.approval.grant == grant) return nothing_happens<Answer>();
                          return refuse(known);
                        },
                        [&](const auto&) -> Answer {
                          return check_grant(grant, [&] { return happens<Answer>(wish.approval); });
                        },
                    },
                    state);
}

Answer decide_on(const CenterUser::State& state, const CenterUser::Decline& wish) {
  return std::visit(Match{
                        [&](const CenterUser::Applied&) -> Answer {
                          if (wish.reason.empty()) return Rejection::reason_must_not_be_empty;
                          return happens<Answer>(CenterUserDeclined{wish.reason});
                        },
                        [](const CenterUser::Declined&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// Of what only an approved user has: `then(user)` decides.
template <class Then>
Answer if_approved(const CenterUser::State& state, Then then) {
  return std::visit(Match{
                        [&](const CenterUser::Approved& known) -> Answer { return then(known); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const CenterUser::State& state, const CenterUser::ChangeGrant& wish) {
  return if_approved(state, [&](const CenterUser::Approved& known) {
    return check_grant(wish.grant, [&] {
      if (known.approval.grant == wish.grant) return nothing_happens<Answer>();
      return happens<Answer>(CenterUserGrantChanged{wish.grant});
    });
  });
}

Answer decide_on(const CenterUser::State& state, const CenterUser::Suspend& wish) {
  return if_approved(state, [&](const CenterUser::Approved& known) -> Answer {
    if (wish.suspension.reason.empty()) return Rejection::reason_must_not_be_empty;
    if (known.suspension == wish.suspension) return nothing_happens<Answer>();
    return happens<Answer>(wish.suspension);
  });
}

Answer decide_on(const CenterUser::State& state, const CenterUser::Reinstate&) {
  return if_approved(state, [](const CenterUser::Approved& known) {
    return known.suspension ? happens<Answer>(CenterUserReinstated{}) : nothing_happens<Answer>();
  });
}

Answer decide_on(const CenterUser::State& state, const CenterUser::RevokeTokens& wish) {
  return if_approved(state, [&](const CenterUser::Approved& known) {
    if (wish.issued_before_s <= known.tokens_from_s) return nothing_happens<Answer>();
    return happens<Answer>(CenterUserTokensRevoked{wish.issued_before_s});
  });
}

Answer decide_on(const CenterUser::State& state, const CenterUser::Erase&) {
  return std::visit(Match{
                        [](const CenterUser::Absent& absent) { return refuse(absent); },
                        [](const CenterUser::Erased&) { return nothing_happens<Answer>(); },
                        [](const auto&) { return happens<Answer>(CenterUserErased{}); },
                    },
                    state);
}

CenterUser::Approved approved(CenterUser::State& state) {
  return std::get<CenterUser::Approved>(std::move(state));
}

}  // namespace

bool is_login_name(std::string_view name) {
  if (name.empty() || name.size() > name_size_max) return false;
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return is_letter(name.front()) && std::ranges::all_of(name, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

Answer CenterUser::decide(const State& state, const Command& command) {
  return std::visit([&](const auto& wanted) { return decide_on(state, wanted); }, command);
}

CenterUser::State CenterUser::evolve(State state, const Event& event) {
  return std::visit(
      Match{
          [](const CenterUserApplied& application) -> State { return Applied{application}; },
          [](const CenterUserApproved& approval) -> State {
            return Approved{approval, {}, 0};
          },
          [](const CenterUserDeclined& declined) -> State { return Declined{declined.reason}; },
          [&](const CenterUserGrantChanged& change) -> State {
            auto user = approved(state);
            user.approval.grant = change.grant;
            return user;
          },
          [&](const CenterUserSuspended& suspension) -> State {
            auto user = approved(state);
            user.suspension = suspension;
            return user;
          },
          [&](const CenterUserReinstated&) -> State {
            auto user = approved(state);
            user.suspension.reset();
            return user;
          },
          [&](const CenterUserTokensRevoked& revoked) -> State {
            auto user = approved(state);
            user.tokens_from_s = revoked.issued_before_s;
            return user;
          },
          [](const CenterUserErased&) -> State { return Erased{}; },
      },
      event);
}

}  // namespace orrery
