#include "actors/account/account.hpp"

namespace orrery {

using Answer = Decision<Account::Event, Account::Rejection>;

Answer Account::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Register& join) -> Answer {
            if (join.description.password_hash.empty())
              return Rejection::password_hash_must_not_be_empty;
            return happens<Answer>(join.description);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::account_does_not_exist; },
          [](const Active& account, const Register& join) -> Answer {
            // Hashes are salted: the same one comes from the same command only.
            if (join.description.password_hash == account.password_hash)
              return nothing_happens<Answer>();
            return Rejection::account_exists_already;
          },
          [](const Active& account, const JoinOrganization& join) -> Answer {
            const auto known = account.organizations.find(join.membership.organization_id);
            if (known != account.organizations.end() && known->second == join.membership.role)
              return nothing_happens<Answer>();
            return happens<Answer>(join.membership);
          },
          [](const Active& account, const ChangePassword& change) -> Answer {
            if (change.password_hash.empty()) return Rejection::password_hash_must_not_be_empty;
            if (change.password_hash == account.password_hash) return nothing_happens<Answer>();
            return happens<Answer>(AccountPasswordChanged{change.password_hash});
          },
          [](const Active&, const Disable&) -> Answer {
            return happens<Answer>(AccountDisabled{});
          },
          [](const Disabled&, const Disable&) -> Answer { return nothing_happens<Answer>(); },
          [](const Disabled&, const Register&) -> Answer {
            return Rejection::account_exists_already;
          },
          [](const Disabled&, const auto&) -> Answer { return Rejection::account_is_disabled; },
      },
      state, command);
}

Account::State Account::evolve(State state, const Event& event) {
  const auto active = [&]() -> Active& { return std::get<Active>(state); };
  std::visit(
      Match{
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
          [&](const AccountDisabled&) { state = Disabled{std::move(active())}; },
          [&](const AccountEnabled&) { state = std::move(std::get<Disabled>(state).account); },
      },
      event);
  return state;
}

}  // namespace orrery
