#include "actors/processes/billing_record.hpp"

#include <algorithm>

namespace orrery {
namespace {

/// Of an instance that is there.
std::optional<OwedStep> step_of_living(const BilledInstance& instance, bool wallet_is_in_debt) {
  switch (instance.phase) {
    case BilledInstance::Phase::on:
      if (instance.is_prepaid())
        return OwedStep{BillingStep::stop_expired, instance.term.ends_at_s};
      if (wallet_is_in_debt) return OwedStep{BillingStep::stop_in_debt};
      return std::nullopt;
    case BilledInstance::Phase::off:
      return OwedStep{
          BillingStep::delete_instance,
          std::max(instance.idle_since_s, instance.term.ends_at_s) + stopped_instance_kept_s};
    default:
      return std::nullopt;
  }
}

/// Of one that failed or was deleted.
std::optional<OwedStep> step_of_gone(const BilledInstance& instance) {
  if (!instance.order_has_ended) {
    if (!instance.has_run) return OwedStep{BillingStep::refund_order};
    if (!instance.late_renewals.empty()) return OwedStep{BillingStep::refund_late_renewals};
    if (instance.runs.empty()) return OwedStep{BillingStep::close_order};
    return std::nullopt;
  }
  if (instance.phase == BilledInstance::Phase::failed)
    return OwedStep{BillingStep::delete_instance, instance.idle_since_s + stopped_instance_kept_s};
  return std::nullopt;
}

}  // namespace

void BilledInstance::start(std::int64_t at_s, Position position) {
  has_run = true;
  if (is_prepaid())
    term.begin(at_s);
  else
    runs.push_back({{at_s, 0}, position, 0});
}

void BilledInstance::end_run(std::int64_t at_s, Position position) {
  if (runs.empty() || runs.back().ended != 0) return;
  auto& run = runs.back();
  run.span.until_s = at_s;
  run.ended = position;
  if (std::max(run.span.from_s, charged_until_s) >= at_s) runs.pop_back();
}

void BilledInstance::charged(std::int64_t until_s) {
  charged_until_s = until_s;
  std::erase_if(runs,
                [&](const Run& run) { return run.ended != 0 && run.span.until_s <= until_s; });
}

std::optional<UsageCharge> next_charge(const BilledInstance& instance) {
  if (instance.order_has_ended || instance.runs.empty()) return std::nullopt;
  const auto& run = instance.runs.front();
  const auto from = std::max(run.span.from_s, instance.charged_until_s);
  const auto hour = next_hour_s(from);
  UsageCharge charge{{from, hour}, {hour, 0}, {instance.ordered, run.started}};
  if (run.ended != 0 && run.span.until_s < hour) {
    charge.span.until_s = run.span.until_s;
    charge.due = {run.span.until_s, run.ended};
    charge.causes.push_back(run.ended);
  }
  return charge;
}

std::optional<OwedStep> owed_step(const BilledInstance& instance, bool wallet_is_in_debt) {
  return instance.is_gone() ? step_of_gone(instance) : step_of_living(instance, wallet_is_in_debt);
}

}  // namespace orrery
