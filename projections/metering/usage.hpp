#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/billing_events.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// "gpu-hours", "disk-gb-hours": the unit of the first is one GPU, that of the second one GB of a
/// data disk (metered as its size in GiB).
std::string_view to_string(UsageMetric metric);

/// What is asked. All days are UTC days.
struct UsageQuery {
  /// Ids; none means none.
  std::vector<std::string> projects;
  /// The first day that counts; nothing: from the beginning.
  std::optional<std::chrono::sys_days> from;
  /// What ran at this moment or later doesn't count. A midnight, or the present: within a day that
  /// is over, closed runs are not cut any more.
  Time until{};
  /// One row a month instead of one a day; its date is the first of the month.
  bool monthly = false;
};

/// What a project used of one thing on one day (or in one month). Never 0.
struct UsageRow {
  std::chrono::sys_days date{};
  std::string project_id;
  UsageMetric metric = UsageMetric::gpu_hours;
  /// The type of the VM, "l40s-48gb.2x", or of the disk, "persistent-ssd".
  std::string resource_type;
  std::string location;
  /// Empty where it ran on demand.
  std::string reservation_id;
  /// GPUs (or GB) times whole seconds.
  std::uint64_t unit_seconds = 0;

  bool operator==(const UsageRow&) const = default;
};

/// What a project owes for one thing at one price, over the time asked for.
struct ChargeLine {
  std::string project_id;
  UsageMetric metric = UsageMetric::gpu_hours;
  std::string resource_type;
  std::string location;
  std::string reservation_id;
  /// Micro-USD for one unit and hour, as it was in force; 0 where no price was set.
  std::int64_t micro_usd_per_hour = 0;
  std::uint64_t unit_seconds = 0;
  /// Rounded once, here; the sum of an invoice is the sum of these.
  std::int64_t cents = 0;

  bool operator==(const ChargeLine&) const = default;
};

/// Unit-seconds at a price an hour, in cents, half up: the only division of money there is.
std::int64_t cents_of(std::uint64_t unit_seconds, std::int64_t micro_usd_per_hour);

/// The same in micro-USD, of unit-seconds by their price: one division for all of them.
std::int64_t micro_usd_of(const std::map<std::int64_t, std::uint64_t>& unit_seconds_at);

/// Unit-seconds as hours with at most six decimals, half up, as a JSON number: "2", "0.5",
/// "1.000278".
std::string hours_text(std::uint64_t unit_seconds);

/// Cents as "12.05".
std::string usd_text(std::int64_t cents);

/// Micro-USD as dollars without needless zeros: "1.25", "0.00013", "2".
std::string micro_usd_text(std::int64_t micro_usd);

/// The midnight at which the UTC day of `time` began: what usage shows until.
inline Time midnight_before(Time time) { return std::chrono::floor<std::chrono::days>(time); }
/// The first day of the month of `time`.
std::chrono::sys_days first_of_month(Time time);
/// "2024-02-29".
std::string date_text(std::chrono::sys_days day);

}  // namespace orrery
