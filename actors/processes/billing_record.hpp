#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/folds/billing_terms.hpp"

namespace orrery {

/// How long what isn't used is kept: an instance that is off, a volume that nobody mounts.
inline constexpr std::int64_t stopped_instance_kept_s = 15 * seconds_per_day;
inline constexpr std::int64_t unmounted_volume_kept_s = 7 * seconds_per_day;

/// A piece of what ran, to be charged once it is over.
struct UsageDue {
  std::int64_t over_at_s = 0;
  /// The event that ended it; 0 where a full hour of the clock did, even if the run ended with it:
  /// whoever charges it at the hour can't know.
  Position ended = 0;

  /// A wallet is charged in this order.
  auto operator<=>(const UsageDue&) const = default;
};

/// What the billing process knows of an instance and its order.
struct BilledInstance {
  enum class Phase : std::uint8_t {
    /// It hasn't run yet.
    creating,
    /// It runs, or is to run again.
    on,
    /// Somebody has it switched off.
    stopping,
    off,
    /// Somebody has it deleted.
    deleting,
    /// It never ran and never will.
    failed,
    deleted,
  };
  /// From a start to what ended it.
  struct Run {
    Span span;
    /// The events at both ends; 0 while it goes on.
    Position started = 0;
    Position ended = 0;

    BOOST_DESCRIBE_CLASS(Run, (), (span, started, ended), (), ())
  };

  std::string wallet_id;
  std::string order_id;
  OrderTerms terms;
  Position ordered = 0;
  /// Closed, or refunded.
  bool order_has_ended = false;
  /// Of data volumes.
  std::vector<std::string> volume_ids;

  Phase phase = Phase::creating;
  bool has_run = false;
  /// When it went off or failed.
  std::int64_t idle_since_s = 0;
  /// Code of its failure, where it failed.
  std::string failure_code;
  /// Of what is paid for as it goes: what isn't charged to its end, in order.
  std::vector<Run> runs;
  std::int64_t charged_until_s = 0;
  PrepaidTerm term;
  /// Paid for when it was being deleted already.
  std::vector<std::string> late_renewals;

  /// The event that changed it last, and the request behind it: for the origin of commands.
  Position causation = 0;
  std::string correlation;

  /// Not saved: how its next charge is listed with its wallet.
  std::optional<UsageDue> listed_charge;

  BOOST_DESCRIBE_CLASS(BilledInstance, (),
                       (wallet_id, order_id, terms, ordered, order_has_ended, volume_ids, phase,
                        has_run, idle_since_s, failure_code, runs, charged_until_s, term,
                        late_renewals, causation, correlation),
                       (), ())

  bool is_prepaid() const { return terms.selling_type != SellingType::pay_as_you_go; }
  bool is_going() const { return phase == Phase::deleting || is_gone(); }
  bool is_gone() const { return phase == Phase::failed || phase == Phase::deleted; }

  void start(std::int64_t at_s, Position position);
  /// Whatever ends a run, also where none goes on.
  void end_run(std::int64_t at_s, Position position);
  void charged(std::int64_t until_s);
};

/// What is to be charged next of what ran: the rest of the first run that isn't charged, up to the
/// next full hour. It may not be over yet. Nothing where all is charged and nothing goes on.
struct UsageCharge {
  Span span;
  UsageDue due;
  /// The events behind it.
  std::vector<Position> causes;
};
std::optional<UsageCharge> next_charge(const BilledInstance& instance);

/// What an instance is owed apart from charges.
enum class BillingStep : std::uint8_t {
  refund_order,
  refund_late_renewals,
  close_order,
  stop_expired,
  stop_in_debt,
  delete_instance,
};

/// The one step that an instance is owed next, and from when on; nothing where somebody else has to
/// act first.
struct OwedStep {
  BillingStep step = BillingStep::close_order;
  /// 0 where it is owed at once.
  std::int64_t at_s = 0;

  bool operator==(const OwedStep&) const = default;
};
std::optional<OwedStep> owed_step(const BilledInstance& instance, bool wallet_is_in_debt);

/// What it knows of a data volume.
struct BilledVolume {
  std::string wallet_id;
  std::uint32_t size_gb = 0;
  Position created = 0;
  /// Instances that have it.
  std::set<std::string> mounts;
  /// Since when nobody has, where nobody has.
  std::int64_t unmounted_since_s = 0;
  /// It is paid for from the first time that an instance runs with it.
  bool is_stored = false;

  BOOST_DESCRIBE_CLASS(BilledVolume, (),
                       (wallet_id, size_gb, created, mounts, unmounted_since_s, is_stored), (), ())

  std::uint64_t bytes() const { return std::uint64_t{size_gb} * 1'000'000'000; }
};

/// What it knows of an image that a customer saved.
struct BilledImage {
  std::string wallet_id;
  std::uint64_t bytes = 0;
  Position saved = 0;

  BOOST_DESCRIBE_CLASS(BilledImage, (), (wallet_id, bytes, saved), (), ())
};

}  // namespace orrery
