#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "actors/processes/billing_process.hpp"
#include "actors/processes/billing_record.hpp"
#include "actors/processes/deadlines.hpp"
#include "actors/processes/stored_days.hpp"

namespace orrery {

/// Inside of `BillingProcess`: the records, and when each is looked at next.
class BillingProcess::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void time_is(Time now) { tick_s_ = std::max(tick_s_, seconds_of(now)); }
  void save(std::string& out) const;
  void load(std::string_view bytes);
  std::size_t instance_count() const { return instances_.size(); }

 private:
  struct BilledWallet {
    std::int64_t balance_fen = 0;
    StoredDays volumes{StoredThing::volumes};
    StoredDays images{StoredThing::images};

    BOOST_DESCRIBE_CLASS(BilledWallet, (), (balance_fen, volumes, images), (), ())

    /// Derived from its instances: all that are remembered, and the next charge of each that has
    /// one.
    std::set<std::string> instance_ids;
    std::set<std::pair<UsageDue, std::string>> charges;
  };
  using Instances = std::map<std::string, BilledInstance, std::less<>>;

  // Facts become records: billing_process_fold.cpp.
  void on(const RecordedEvent& recorded, const WalletToppedUp& event);
  void on(const RecordedEvent& recorded, const OrderPlaced& event);
  void on(const RecordedEvent& recorded, const OrderRenewed& event);
  void on(const RecordedEvent& recorded, const OrderRefunded& event);
  void on(const RecordedEvent& recorded, const OrderClosed& event);
  void on(const RecordedEvent& recorded, const UsageCharged& event);
  void on(const RecordedEvent& recorded, const StorageCharged& event);
  void on(const RecordedEvent& recorded, const InstanceStarted& event);
  void on(const RecordedEvent& recorded, const InstanceStopRequested& event);
  void on(const RecordedEvent& recorded, const InstanceStopped& event);
  void on(const RecordedEvent& recorded, const InstanceStartRequested& event);
  void on(const RecordedEvent& recorded, const InstanceInterrupted& event);
  void on(const RecordedEvent& recorded, const InstanceFailed& event);
  void on(const RecordedEvent& recorded, const InstanceDeletionRequested& event);
  void on(const RecordedEvent& recorded, const InstanceDeleted& event);
  void on(const RecordedEvent& recorded, const VolumeCreated& event);
  void on(const RecordedEvent& recorded, const VolumeMounted& event);
  void on(const RecordedEvent& recorded, const VolumeUnmounted& event);
  void on(const RecordedEvent& recorded, const VolumeDeleted& event);
  void on(const RecordedEvent& recorded, const ContainerImageSaved& event);
  void on(const RecordedEvent& recorded, const ContainerImageWithdrawn& event);

  template <class Change>
  void update_instance(std::string_view instance_id, const RecordedEvent& recorded, Change change);
  template <class Change>
  void update_order(std::string_view order_id, const RecordedEvent& recorded, Change change);
  /// The instance of the event enters the phase, and what runs of it ends.
  void enter(const RecordedEvent& recorded, BilledInstance::Phase phase);
  void move_balance(const RecordedEvent& recorded, std::int64_t change_fen);
  void store_volumes(const BilledInstance& instance, const RecordedEvent& recorded);
  void forget(Instances::iterator instance);

  // When is a record looked at next? billing_process.cpp.
  enum class Kind : std::uint8_t { wallet, instance, volume };
  using Subject = std::pair<Kind, std::string>;
  /// Something about it changed.
  void touch(const std::string& instance_id, BilledInstance& instance);
  void touch(const std::string& wallet_id, const BilledWallet& wallet);
  void touch(const std::string& volume_id, const BilledVolume& volume);
  void touch_instances(const BilledWallet& wallet);
  void list_charge(const std::string& instance_id, BilledInstance& instance,
                   std::optional<UsageDue> due);

  // What is it owed then? billing_process_commands.cpp.
  /// What a wallet is charged next, and when that is over.
  struct NextCharge {
    UsageDue due;
    /// Of usage; empty for storage.
    std::string instance_id;
    StoredThing thing = StoredThing::volumes;

    auto operator<=>(const NextCharge&) const = default;
  };
  static std::optional<NextCharge> next_charge_of(const BilledWallet& wallet);
  struct DeleteVolume {
    bool operator==(const DeleteVolume&) const = default;
  };
  /// What was asked for last, to ask for it once.
  using Asked = std::variant<NextCharge, BillingStep, DeleteVolume>;
  struct Step {
    Asked asked;
    OwedCommand command;
  };
  std::optional<Step> step_of(const Subject& subject) const;
  std::optional<Step> step_of_wallet(const std::string& wallet_id) const;
  std::optional<Step> step_of_instance(const std::string& instance_id) const;
  static AddressedCommand command_for(BillingStep step, const std::string& instance_id,
                                      const BilledInstance& instance);
  bool is_in_debt(std::string_view wallet_id) const;
  std::int64_t now_s() const { return std::max(event_s_, tick_s_); }

  std::map<std::string, BilledWallet, std::less<>> wallets_;
  Instances instances_;
  std::map<std::string, BilledVolume, std::less<>> volumes_;
  std::map<std::string, BilledImage, std::less<>> images_;
  /// Of the last event.
  std::int64_t event_s_ = 0;

  /// Derived: order → instance.
  std::map<std::string, std::string, std::less<>> instance_of_order_;

  bool resumed_ = false;
  std::int64_t tick_s_ = 0;
  Deadlines<Subject> deadlines_;
  std::map<Subject, Asked> asked_;
};

}  // namespace orrery
