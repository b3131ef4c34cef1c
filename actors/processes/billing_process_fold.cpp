#include "actors/processes/billing_process_state.hpp"
#include "events/stream_name.hpp"

// Of the billing process: facts become records.

namespace orrery {

using Phase = BilledInstance::Phase;

void BillingProcess::State::apply(const RecordedEvent& recorded) {
  event_s_ = std::max(event_s_, seconds_of(recorded.time));
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

/// Changes the record of an instance, if there is one, and sees to what follows from that.
template <class Change>
void BillingProcess::State::update_instance(std::string_view instance_id,
                                            const RecordedEvent& recorded, Change change) {
  const auto found = instances_.find(instance_id);
  if (found == instances_.end()) return;
  auto& instance = found->second;
  change(instance);
  instance.causation = recorded.position;
  instance.correlation = recorded.origin.correlation;
  asked_.erase({Kind::instance, found->first});
  const bool comes_or_is_gone =
      instance.phase == Phase::creating || instance.phase == Phase::deleted;
  if (instance.order_has_ended && comes_or_is_gone)
    forget(found);
  else
    touch(found->first, instance);
}

template <class Change>
void BillingProcess::State::update_order(std::string_view order_id, const RecordedEvent& recorded,
                                         Change change) {
  const auto found = instance_of_order_.find(order_id);
  if (found == instance_of_order_.end()) return;
  const std::string instance_id = found->second;
  if (instances_.at(instance_id).wallet_id == stream_id(recorded.stream))
    update_instance(instance_id, recorded, change);
}

void BillingProcess::State::forget(Instances::iterator found) {
  const auto [instance_id, instance] = *found;
  list_charge(instance_id, found->second, std::nullopt);
  instances_.erase(found);
  instance_of_order_.erase(instance.order_id);
  deadlines_.set({Kind::instance, instance_id}, std::nullopt);
  auto& wallet = wallets_[instance.wallet_id];
  wallet.instance_ids.erase(instance_id);
  touch(instance.wallet_id, wallet);
}

// Wallets.

void BillingProcess::State::move_balance(const RecordedEvent& recorded, std::int64_t change_fen) {
  auto& wallet = wallets_[std::string(stream_id(recorded.stream))];
  const bool was_in_debt = wallet.balance_fen < 0;
  wallet.balance_fen += change_fen;
  if ((wallet.balance_fen < 0) != was_in_debt) touch_instances(wallet);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const WalletToppedUp& event) {
  move_balance(recorded, event.amount_fen);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const OrderPlaced& event) {
  move_balance(recorded, -event.paid_fen);
  // Of two orders for one instance the first one has it; the instance process refunds the other.
  if (instances_.contains(event.instance_id) || instance_of_order_.contains(event.order_id)) return;
  BilledInstance instance;
  instance.wallet_id = stream_id(recorded.stream);
  instance.order_id = event.order_id;
  instance.terms = event.terms;
  instance.ordered = instance.causation = recorded.position;
  instance.correlation = recorded.origin.correlation;
  for (const auto& volume : event.specification.volumes)
    instance.volume_ids.push_back(volume.volume_id);
  if (instance.is_prepaid())
    instance.term.pay(event.terms.selling_type, event.period_count, seconds_of(recorded.time));
  wallets_[instance.wallet_id].instance_ids.insert(event.instance_id);
  instance_of_order_.insert_or_assign(event.order_id, event.instance_id);
  instances_.insert_or_assign(event.instance_id, std::move(instance));
}

void BillingProcess::State::on(const RecordedEvent& recorded, const OrderRenewed& event) {
  move_balance(recorded, -event.paid_fen);
  update_order(event.order_id, recorded, [&](BilledInstance& instance) {
    if (instance.is_going())
      instance.late_renewals.push_back(event.renewal_id);
    else
      instance.term.pay(event.terms.selling_type, event.period_count, seconds_of(recorded.time));
  });
}

void BillingProcess::State::on(const RecordedEvent& recorded, const OrderRefunded& event) {
  move_balance(recorded, event.refund_fen);
  update_order(event.order_id, recorded,
               [](BilledInstance& instance) { instance.order_has_ended = true; });
}

void BillingProcess::State::on(const RecordedEvent& recorded, const OrderClosed& event) {
  update_order(event.order_id, recorded,
               [](BilledInstance& instance) { instance.order_has_ended = true; });
}

void BillingProcess::State::on(const RecordedEvent& recorded, const UsageCharged& event) {
  move_balance(recorded, event.coupon_fen - event.amount_fen);
  update_order(event.order_id, recorded,
               [&](BilledInstance& instance) { instance.charged(event.until_s); });
}

void BillingProcess::State::on(const RecordedEvent& recorded, const StorageCharged& event) {
  move_balance(recorded, event.coupon_fen - event.amount_fen);
  const std::string wallet_id(stream_id(recorded.stream));
  auto& wallet = wallets_[wallet_id];
  (event.thing == StoredThing::volumes ? wallet.volumes : wallet.images).charged(event.day);
  touch(wallet_id, wallet);
}

// Instances.

void BillingProcess::State::enter(const RecordedEvent& recorded, Phase phase) {
  update_instance(stream_id(recorded.stream), recorded, [&](BilledInstance& instance) {
    const auto at_s = seconds_of(recorded.time);
    instance.end_run(at_s, recorded.position);
    instance.phase = phase;
    if (phase == Phase::off || phase == Phase::failed) instance.idle_since_s = at_s;
  });
}

void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceStarted&) {
  update_instance(stream_id(recorded.stream), recorded, [&](BilledInstance& instance) {
    instance.phase = Phase::on;
    instance.start(seconds_of(recorded.time), recorded.position);
    store_volumes(instance, recorded);
  });
}

void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceStopRequested&) {
  enter(recorded, Phase::stopping);
}
void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceStopped&) {
  enter(recorded, Phase::off);
}
void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceStartRequested&) {
  enter(recorded, Phase::on);
}
void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceInterrupted&) {
  enter(recorded, Phase::on);
}
void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceFailed& event) {
  enter(recorded, Phase::failed);
  update_instance(stream_id(recorded.stream), recorded,
                  [&](BilledInstance& instance) { instance.failure_code = event.code; });
}
void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceDeletionRequested&) {
  enter(recorded, Phase::deleting);
}
void BillingProcess::State::on(const RecordedEvent& recorded, const InstanceDeleted&) {
  enter(recorded, Phase::deleted);
}

// What is stored.

void BillingProcess::State::store_volumes(const BilledInstance& instance,
                                          const RecordedEvent& recorded) {
  for (const auto& volume_id : instance.volume_ids) {
    const auto found = volumes_.find(volume_id);
    if (found == volumes_.end() || found->second.is_stored) continue;
    auto& volume = found->second;
    volume.is_stored = true;
    wallets_[volume.wallet_id].volumes.add(beijing_day(seconds_of(recorded.time)), volume.bytes(),
                                           volume.created);
  }
}

void BillingProcess::State::on(const RecordedEvent& recorded, const VolumeCreated& event) {
  BilledVolume volume;
  volume.wallet_id = event.namespace_id;
  volume.size_gb = event.size_gb;
  volume.created = recorded.position;
  volume.unmounted_since_s = seconds_of(recorded.time);
  const auto found =
      volumes_.insert_or_assign(std::string(stream_id(recorded.stream)), std::move(volume)).first;
  touch(found->first, found->second);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const VolumeMounted& event) {
  const auto found = volumes_.find(stream_id(recorded.stream));
  if (found == volumes_.end()) return;
  found->second.mounts.insert(event.instance_id);
  touch(found->first, found->second);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const VolumeUnmounted& event) {
  const auto found = volumes_.find(stream_id(recorded.stream));
  if (found == volumes_.end()) return;
  found->second.mounts.erase(event.instance_id);
  found->second.unmounted_since_s = seconds_of(recorded.time);
  touch(found->first, found->second);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const VolumeDeleted&) {
  const auto found = volumes_.find(stream_id(recorded.stream));
  if (found == volumes_.end()) return;
  const auto volume = found->second;
  const Subject subject{Kind::volume, found->first};
  deadlines_.set(subject, std::nullopt);
  asked_.erase(subject);
  volumes_.erase(found);
  if (!volume.is_stored) return;
  auto& wallet = wallets_[volume.wallet_id];
  wallet.volumes.remove(beijing_day(seconds_of(recorded.time)), volume.bytes(), volume.created);
  touch(volume.wallet_id, wallet);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const ContainerImageSaved& event) {
  images_.insert_or_assign(std::string(stream_id(recorded.stream)),
                           BilledImage{event.namespace_id, event.size_bytes, recorded.position});
  auto& wallet = wallets_[event.namespace_id];
  wallet.images.add(beijing_day(seconds_of(recorded.time)), event.size_bytes, recorded.position);
  touch(event.namespace_id, wallet);
}

void BillingProcess::State::on(const RecordedEvent& recorded, const ContainerImageWithdrawn&) {
  const auto found = images_.find(stream_id(recorded.stream));
  if (found == images_.end()) return;  // One that is published costs its users nothing.
  const auto image = found->second;
  images_.erase(found);
  auto& wallet = wallets_[image.wallet_id];
  wallet.images.remove(beijing_day(seconds_of(recorded.time)), image.bytes, image.saved);
  touch(image.wallet_id, wallet);
}

}  // namespace orrery
