#include "cli/full_verification.hpp"

#include <chrono>
#include <ostream>

#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/progress_line.hpp"
#include "cli/snapshot_comparison.hpp"
#include "cli/stream_verification.hpp"
#include "projections/runtime/replay.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

class FullPass {
 public:
  FullPass(const EventLog& log, bool is_quiet)
      : log_(log),
        head_(log.head()),
        progress_("verified", "events", head_, is_quiet),
        views_(log),
        aggregates_(log) {}

  std::optional<LogDamage> run() {
    std::optional<LogDamage> unfit;
    const auto read = replay(
        log_, 1, head_,
        [&](std::span<const RecordedEvent> events) {
          views_.apply(events);
          for (const auto& event : events)
            if (!unfit) unfit = aggregates_.apply(event);
          progress_.reach(events.back().position);
          return !unfit;
        },
        [&](const StoredEvent& stored) { return streams_.check(stored); });
    if (!read) return read.error();
    return unfit ? unfit : streams_.check_index(log_);
  }

  std::vector<SnapshotDifference> differences() const {
    auto all = views_.differences();
    all.insert(all.end(), aggregates_.differences().begin(), aggregates_.differences().end());
    return all;
  }

  void print(std::chrono::duration<double> elapsed, std::ostream& out) const {
    out << fmt::format("ok: {} events in {} commits and {} streams, chain {}\n", head_,
                       streams_.commit_count(), streams_.stream_count(), to_hex(log_.chain_hash()));
    out << fmt::format("views: {} snapshots compared, {} not there yet\n", views_.compared_count(),
                       views_.missing_count());
    out << fmt::format("aggregates: {} snapshots compared\n", aggregates_.compared_count());
    out << fmt::format("{:.1f} s, {:.2f} million events/s\n", elapsed.count(),
                       static_cast<double>(head_) / 1e6 / elapsed.count());
  }

 private:
  const EventLog& log_;
  const Position head_;
  ProgressLine progress_;
  StreamVerification streams_;
  ViewComparison views_;
  AggregateComparison aggregates_;
};

}  // namespace

FullVerification verify_log_fully(const EventLog& log, bool is_quiet, std::ostream& out,
                                  std::ostream& err) {
  const auto start = std::chrono::steady_clock::now();
  FullPass pass(log, is_quiet);
  if (const auto damage = pass.run()) {
    err << fmt::format("orrery log: damage at position {}: {}\n", damage->position,
                       damage->message);
    return {exit_log_damaged, {}};
  }
  FullVerification verification;
  for (const auto& difference : pass.differences()) {
    err << "orrery log: " << difference.message << '\n';
    verification.bad_snapshots.push_back(difference.name);
  }
  if (verification.bad_snapshots.empty()) {
    pass.print(std::chrono::steady_clock::now() - start, out);
    return verification;
  }
  verification.exit_code = exit_log_damaged;
  err << "The log itself verifies; snapshots are derived from it. With the server stopped, "
         "--drop-bad-snapshots has them made anew.\n";
  return verification;
}

void drop_snapshots(EventLog& log, const std::vector<std::string>& names) {
  for (const auto& name : names) log.put_snapshot(name, {});
}

}  // namespace orrery
