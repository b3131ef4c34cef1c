#include "actors/account/account.hpp"

namespace orrery {

using Answer = Decision<Account::Event, Account::Rejection>;

namespace {

Answer join(const Account::Active& account, const AccountJoinedOrganization& membership) {
  const auto known = account.organizations.find(membership.organization_id);
  if (known != account.organizations.end() && known->second == membership.role)
    return nothing_happens<Answer>();
  return happens<Answer>(membership);
}

Answer leave(const Account::Active& account, const std::string& organization_id) {
  if (!account.organizations.contains(organization_id)) return nothing_happens<Answer>();
  return happens<Answer>(AccountLeftOrganization{organization_id});
}

Answer change_password(const Account::Active& account, const std::string& hash) {
  if (hash.empty()) return Account::Rejection::password_hash_must_not_be_empty;
  if (hash == account.password_hash) return nothing_happens<Answer>();
  return happens<Answer>(AccountPasswordChanged{hash});
}

/// Hashes are salted: the same one comes from the same command only.
Answer register_again(const Account::Active& account, const AccountRegistered& description) {
  if (description.password_hash == account.password_hash) return nothing_happens<Answer>();
  return Account::Rejection::account_exists_already;
}

}  // namespace

Answer Account::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Register& person) -> Answer {
            if (person.description.password_hash.empty())
              return Rejection::password_hash_must_not_be_empty;
            return happens<Answer>(person.description);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::account_does_not_exist; },

          [](const Active& account, const Register& person) -> Answer {
            return register_again(account, person.description);
          },
          [](const Active& account, const JoinOrganization& member) -> Answer {
            return join(account, member.membership);
          },
          [](const Active& account, const LeaveOrganization& member) -> Answer {
            return leave(account, member.organization_id);
          },
          [](const Active& account, const ChangePassword& change) -> Answer {
            return change_password(account, change.password_hash);
          },
          [](const Active&, const Disable&) -> Answer {
            return happens<Answer>(AccountDisabled{});
          },
          [](const Active&, const Enable&) -> Answer { return nothing_happens<Answer>(); },

          [](const Disabled&, const Register&) -> Answer {
            return Rejection::account_exists_already;
          },
          [](const Disabled& disabled, const JoinOrganization& member) -> Answer {
            return join(disabled.account, member.membership);
          },
          [](const Disabled& disabled, const LeaveOrganization& member) -> Answer {
            return leave(disabled.account, member.organization_id);
          },
          [](const Disabled&, const Disable&) -> Answer { return nothing_happens<Answer>(); },
          [](const Disabled&, const Enable&) -> Answer {
            return happens<Answer>(AccountEnabled{});
          },
          [](const Disabled&, const ChangePassword&) -> Answer {
            return Rejection::account_is_disabled;
          },
      },
      state, command);
}

Account::State Account::evolve(State state, const Event& event) {
  const auto active = [&]() -> Active& {
    auto* disabled = std::get_if<Disabled>(&state);
    return disabled ? disabled->account : std::get<Active>(state);
  };
  std::visit(Match{
                 [&](const AccountRegistered& account) {
                   state = Active{{}, account.password_hash};
                 },
                 [&](const AccountJoinedOrganization& joined) {
                   active().organizations[joined.organization_id] = joined.role;
                 },
                 [&](const AccountPasswordChanged& changed) {
                   active().password_hash = changed.password_hash;
                 },
                 [&](const AccountLeftOrganization& left) {
                   active().organizations.erase(left.organization_id);
                 },
                 [&](const AccountDisabled&) { state = Disabled{Active{std::move(active())}}; },
                 [&](const AccountEnabled&) { state = Active{std::move(active())}; },
             },
             event);
  return state;
}

}  // namespace orrery
