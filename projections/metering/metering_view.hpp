#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "projections/metering/usage.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A price as it is now.
struct PriceInForce {
  PriceChanged price;
  Time since{};

  BOOST_DESCRIBE_CLASS(PriceInForce, (), (price, since), (), ())
};

/// What every project used, by the second of what ran, and what it costs. Integers only, so that
/// folding the log again gives the same cents.
///
/// A VM is metered from `VmStarted` until it has stopped, failed or been deleted; a data disk as
/// long as it exists. GPUs cost the price of the VM type's family, or of the VM's reservation until
/// that ends. A change of either counts from its second on. A started second counts where it
/// starts: a run from `a` to `b` has floor(b) − floor(a) seconds, so runs that are cut anywhere add
/// up.
class MeteringView : public View {
 public:
  MeteringView();
  ~MeteringView() override;

  /// Sorted by date, project, metric, type, location and reservation.
  std::vector<UsageRow> usage(const UsageQuery& query) const;

  /// The same split by price instead of by day, sorted likewise. `query.monthly` means nothing.
  std::vector<ChargeLine> charges(const UsageQuery& query) const;

  /// What a project owes, in micro-USD and rounded once: for the money quota, with the first of the
  /// month and the present.
  std::int64_t spent_micro_usd(std::string_view project_id, std::chrono::sys_days from,
                               Time until) const;

  /// Sorted by metric and product.
  std::vector<PriceInForce> prices() const;

  std::string_view name() const override { return "metering"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<MeteringView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
