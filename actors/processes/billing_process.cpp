#include "actors/processes/billing_process.hpp"

#include "actors/processes/billing_process_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery {

BillingProcess::BillingProcess() : state_(std::make_unique<State>()) {}
BillingProcess::~BillingProcess() = default;
BillingProcess::BillingProcess(BillingProcess&&) noexcept = default;
BillingProcess& BillingProcess::operator=(BillingProcess&&) noexcept = default;

void BillingProcess::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> BillingProcess::due() { return state_->due(); }
std::vector<OwedCommand> BillingProcess::resume() { return state_->resume(); }
void BillingProcess::save(std::string& out) const { state_->save(out); }
void BillingProcess::load(std::string_view bytes) { state_->load(bytes); }
std::size_t BillingProcess::instance_count() const { return state_->instance_count(); }

void BillingProcess::refused(const RefusedCommand&) {
  // What it asks for follows from the same events as the answer: somebody was faster, and the next
  // event about it says so.
}

std::vector<OwedCommand> BillingProcess::at(Time now) {
  state_->time_is(now);
  return state_->due();
}

void BillingProcess::State::touch(const std::string& instance_id, BilledInstance& instance) {
  if (!resumed_) return;
  const auto owed = owed_step(instance, is_in_debt(instance.wallet_id));
  deadlines_.set({Kind::instance, instance_id}, owed ? std::optional(owed->at_s) : std::nullopt);
  const auto charge = next_charge(instance);
  list_charge(instance_id, instance, charge ? std::optional(charge->due) : std::nullopt);
  touch(instance.wallet_id, wallets_[instance.wallet_id]);
}

void BillingProcess::State::touch(const std::string& wallet_id, const BilledWallet& wallet) {
  if (!resumed_) return;
  const auto next = next_charge_of(wallet);
  deadlines_.set({Kind::wallet, wallet_id},
                 next ? std::optional(next->due.over_at_s) : std::nullopt);
}

void BillingProcess::State::touch(const std::string& volume_id, const BilledVolume& volume) {
  if (!resumed_) return;
  const Subject subject{Kind::volume, volume_id};
  asked_.erase(subject);
  deadlines_.set(subject, volume.mounts.empty()
                              ? std::optional(volume.unmounted_since_s + unmounted_volume_kept_s)
                              : std::nullopt);
}

void BillingProcess::State::touch_instances(const BilledWallet& wallet) {
  if (!resumed_) return;
  for (const auto& instance_id : wallet.instance_ids)
    touch(instance_id, instances_.at(instance_id));
}

void BillingProcess::State::list_charge(const std::string& instance_id, BilledInstance& instance,
                                        std::optional<UsageDue> due) {
  auto& charges = wallets_[instance.wallet_id].charges;
  if (instance.listed_charge) charges.erase({*instance.listed_charge, instance_id});
  instance.listed_charge = due;
  if (due) charges.emplace(*due, instance_id);
}

std::vector<OwedCommand> BillingProcess::State::due() {
  std::vector<OwedCommand> owed;
  for (const auto& subject : deadlines_.take_until(now_s())) {
    auto step = step_of(subject);
    if (!step) continue;
    const auto asked = asked_.find(subject);
    if (asked != asked_.end() && asked->second == step->asked) continue;
    asked_.insert_or_assign(subject, std::move(step->asked));
    owed.push_back(std::move(step->command));
  }
  return owed;
}

std::vector<OwedCommand> BillingProcess::State::resume() {
  resumed_ = true;
  asked_.clear();
  deadlines_.clear();
  for (auto& [instance_id, instance] : instances_) touch(instance_id, instance);
  for (const auto& [wallet_id, wallet] : wallets_) touch(wallet_id, wallet);
  for (const auto& [volume_id, volume] : volumes_) touch(volume_id, volume);
  return due();
}

void BillingProcess::State::save(std::string& out) const {
  ByteWriter{out}(wallets_, instances_, volumes_, images_, event_s_);
}

void BillingProcess::State::load(std::string_view bytes) {
  *this = {};
  ByteReader reader(bytes);
  reader(wallets_, instances_, volumes_, images_, event_s_);
  expect_end(reader);
  for (const auto& [instance_id, instance] : instances_) {
    wallets_[instance.wallet_id].instance_ids.insert(instance_id);
    instance_of_order_.emplace(instance.order_id, instance_id);
  }
}

}  // namespace orrery
