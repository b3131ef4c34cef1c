#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Sees to the money of the NeoLink dialect: charges what ran and what was stored, refunds orders
/// whose instance never ran and closes those whose instance is gone, stops instances at the end of
/// what was paid for or in arrears, and deletes what is kept no longer (docs/billing.md).
///
/// Pure: it folds wallets, instances, volumes and saved images into records (billing_record.hpp),
/// and what is owed next, and when, is a function of these. It knows the time of the last event,
/// and what `at` says. A charge never spans a full hour, each follows from the times of events
/// alone, and a wallet's are made one after the other in the order of their ends: so whoever comes
/// late, or back from a crash, makes the same charges. Its cost at rest is one look at the earliest
/// deadline.
class BillingProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/billing";
  /// The grace of instances that are stopped by it.
  static constexpr std::uint32_t grace_period_s = 10;

  BillingProcess();
  ~BillingProcess();
  BillingProcess(BillingProcess&&) noexcept;
  BillingProcess& operator=(BillingProcess&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  /// Every event before `now` must have been folded.
  std::vector<OwedCommand> at(Time now);
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// What it still remembers.
  std::size_t instance_count() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(TimedTailer<BillingProcess>);

}  // namespace orrery
