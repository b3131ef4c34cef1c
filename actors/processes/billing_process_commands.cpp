#include "actors/processes/billing_process_state.hpp"

// Of the billing process: what a record is owed, as a command.

namespace orrery {
namespace {

Instance::Stop stop_for(InstanceEndReason reason) {
  return {{reason, BillingProcess::grace_period_s, std::nullopt}};
}

}  // namespace

bool BillingProcess::State::is_in_debt(std::string_view wallet_id) const {
  const auto found = wallets_.find(wallet_id);
  return found != wallets_.end() && found->second.balance_fen < 0;
}

std::optional<BillingProcess::State::NextCharge> BillingProcess::State::next_charge_of(
    const BilledWallet& wallet) {
  std::optional<NextCharge> next;
  const auto consider = [&](NextCharge charge) {
    if (!next || charge < *next) next = std::move(charge);
  };
  if (!wallet.charges.empty())
    consider({wallet.charges.begin()->first, wallet.charges.begin()->second});
  if (const auto day = wallet.volumes.next())
    consider({{beijing_midnight_s(day->day + 1), 0}, "", StoredThing::volumes});
  if (const auto day = wallet.images.next())
    consider({{beijing_midnight_s(day->day + 1), 0}, "", StoredThing::images});
  return next;
}

std::optional<BillingProcess::State::Step> BillingProcess::State::step_of(
    const Subject& subject) const {
  const auto& [kind, id] = subject;
  switch (kind) {
    case Kind::wallet:
      return step_of_wallet(id);
    case Kind::instance:
      return step_of_instance(id);
    case Kind::volume:
      break;
  }
  return Step{DeleteVolume{}, {To<Volume>{id, Volume::Delete{}}, {std::string(name), 0, {}}}};
}

std::optional<BillingProcess::State::Step> BillingProcess::State::step_of_wallet(
    const std::string& wallet_id) const {
  const auto& wallet = wallets_.find(wallet_id)->second;
  const auto next = next_charge_of(wallet);
  if (!next) return std::nullopt;
  Origin origin{std::string(name), 0, {}};
  if (next->instance_id.empty()) {
    auto day = next->thing == StoredThing::volumes ? *wallet.volumes.next() : *wallet.images.next();
    if (!day.causes.empty()) origin.causation = day.causes.back();
    return Step{*next,
                {To<Wallet>{wallet_id, Wallet::ChargeStorage{next->thing, day.day, day.stored_gb,
                                                             std::move(day.causes)}},
                 std::move(origin)}};
  }
  const auto& instance = instances_.find(next->instance_id)->second;
  auto charge = *next_charge(instance);
  origin.causation = charge.causes.back();
  origin.correlation = instance.correlation;
  return Step{
      *next,
      {To<Wallet>{wallet_id, Wallet::ChargeUsage{instance.order_id, charge.span.from_s,
                                                 charge.span.until_s, std::move(charge.causes)}},
       std::move(origin)}};
}

std::optional<BillingProcess::State::Step> BillingProcess::State::step_of_instance(
    const std::string& instance_id) const {
  const auto& instance = instances_.find(instance_id)->second;
  const auto owed = owed_step(instance, is_in_debt(instance.wallet_id));
  if (!owed) return std::nullopt;
  return Step{owed->step,
              {command_for(owed->step, instance_id, instance),
               {std::string(name), instance.causation, instance.correlation}}};
}

AddressedCommand BillingProcess::State::command_for(BillingStep step,
                                                    const std::string& instance_id,
                                                    const BilledInstance& instance) {
  switch (step) {
    case BillingStep::refund_order:
      return To<Wallet>{instance.wallet_id,
                        Wallet::Refund{instance.order_id,
                                       instance.failure_code.empty() ? "deleted_before_it_ran"
                                                                     : instance.failure_code,
                                       {}}};
    case BillingStep::refund_late_renewals:
      return To<Wallet>{
          instance.wallet_id,
          Wallet::Refund{instance.order_id, "renewed_while_deleted", instance.late_renewals}};
    case BillingStep::close_order:
      return To<Wallet>{instance.wallet_id, Wallet::CloseOrder{instance.order_id}};
    case BillingStep::stop_expired:
      return To<Instance>{instance_id, stop_for(InstanceEndReason::expired)};
    case BillingStep::stop_in_debt:
      return To<Instance>{instance_id, stop_for(InstanceEndReason::arrears)};
    case BillingStep::delete_instance:
      break;
  }
  return To<Instance>{instance_id, Instance::Delete{InstanceEndReason::retention}};
}

}  // namespace orrery
