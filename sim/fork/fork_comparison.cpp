#include "sim/fork/fork_comparison.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "events/stream_name.hpp"
#include "sim/fork/forked_life.hpp"
#include "storage/chain.hpp"
#include "storage/position_at.hpp"

namespace orrery {
namespace {

/// One request for GPUs in one history.
struct Wish {
  std::string tenant;
  std::uint32_t gpu_count = 0;
  Time asked_at{};
  Position asked_position = 0;
  /// Of its first attempt.
  std::optional<Time> started_at;
  std::optional<Time> ended_at;
  TraceOutcome outcome = TraceOutcome::unknown;
};

/// By stream: "job/7", "lease/vm-1".
using Wishes = std::map<std::string, Wish>;

struct Fleet {
  std::uint32_t node_count = 0;
  std::uint32_t gpu_count = 0;
  std::uint32_t gpus_per_node = 0;
};

struct History {
  Wishes wishes;
  Fleet fleet;
};

TraceOutcome outcome_of(JobOutcome outcome) {
  switch (outcome) {
    case JobOutcome::completed:
      return TraceOutcome::completed;
    case JobOutcome::cancelled:
      return TraceOutcome::cancelled;
    default:
      return TraceOutcome::failed;
  }
}

/// Folds one history into its wishes.
class Folding {
 public:
  void apply(const RecordedEvent& recorded) {
    const auto aggregate = stream_aggregate(recorded.stream);
    if (aggregate == "job") on_job(recorded);
    if (aggregate == "lease") on_lease(recorded);
    if (const auto* node = std::get_if<NodeRegistered>(&recorded.event)) {
      ++history_.fleet.node_count;
      history_.fleet.gpu_count += node->gpu_count;
      history_.fleet.gpus_per_node = std::max(history_.fleet.gpus_per_node, node->gpu_count);
    }
  }

  History finished() && { return std::move(history_); }

 private:
  void on_job(const RecordedEvent& recorded) {
    const auto& event = recorded.event;
    if (const auto* job = std::get_if<JobSubmitted>(&event)) {
      const auto& wanted = job->specification;
      const auto gpus = wanted.resources.node_count * wanted.resources.gpus_per_node;
      history_.wishes[recorded.stream] = {wanted.user, gpus, recorded.time, recorded.position, {},
                                          {},          {}};
      return;
    }
    const auto found = history_.wishes.find(recorded.stream);
    if (found == history_.wishes.end()) return;
    auto& wish = found->second;
    if (std::holds_alternative<JobStarted>(event) && !wish.started_at)
      wish.started_at = recorded.time;
    if (const auto* end = std::get_if<JobEnded>(&event)) {
      wish.ended_at = recorded.time;
      wish.outcome = outcome_of(end->outcome);
    }
  }

  void on_lease(const RecordedEvent& recorded) {
    const auto& event = recorded.event;
    if (const auto* lease = std::get_if<LeaseRequested>(&event)) {
      const auto kind = stream_aggregate(lease->holder);
      if (kind == "job" || lease->gpu_count == 0) return;
      history_.wishes[recorded.stream] = {
          std::string(kind) + "/", lease->gpu_count, recorded.time, recorded.position, {}, {},
          TraceOutcome::unknown};
      return;
    }
    const auto found = history_.wishes.find(recorded.stream);
    if (found == history_.wishes.end()) return;
    auto& wish = found->second;
    if (std::holds_alternative<LeaseGranted>(event)) wish.started_at = recorded.time;
    if (std::holds_alternative<LeaseReleased>(event) ||
        std::holds_alternative<LeaseExpired>(event) || std::holds_alternative<LeaseRefused>(event))
      wish.ended_at = recorded.time;
  }

  History history_;
};

boost::system::result<History, ForkFailure> fold(const EventLog& log, Time until) {
  Folding folding;
  RecordedEvent recorded;
  const auto read = log.read(1, log.head(), [&](const StoredEvent& stored) {
    if (stored.time > until) return false;
    record(stored, recorded);
    folding.apply(recorded);
    return true;
  });
  if (!read) return ForkFailure{read.error().message};
  return std::move(folding).finished();
}

std::int64_t milliseconds_of(std::chrono::microseconds span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

/// What the two histories have in common, laid out for a report.
class Comparing {
 public:
  Comparing(const History& original, const History& fork, Time forked_at, Time until)
      : original_(original), fork_(fork), forked_at_(forked_at), until_(until) {}

  ForkComparison compare(Position position, double price_per_gpu_hour) {
    choose(position);
    ForkComparison comparison;
    comparison.span_ms = milliseconds_of(until_ - forked_at_);
    auto& trace = comparison.trace;
    trace.name = "fork";
    for (const auto& [stream, wish] : chosen_) trace.jobs.push_back(job_of(stream, *wish, trace));
    comparison.original = result_of(trace, "original", [this](const std::string& stream) {
      return find(original_.wishes, stream);
    });
    comparison.fork = result_of(trace, "fork", [this](const std::string& stream) {
      const auto* same = find(fork_.wishes, stream);
      return same != nullptr ? same : find(fork_.wishes, repeated_name(stream));
    });
    for (auto* result : {&comparison.original, &comparison.fork})
      result->cost = result->gpu_hours * price_per_gpu_hour;
    return comparison;
  }

 private:
  using Chosen = std::pair<std::string, const Wish*>;

  static const Wish* find(const Wishes& wishes, const std::string& stream) {
    const auto found = wishes.find(stream);
    return found == wishes.end() ? nullptr : &found->second;
  }

  /// What a lease of something that isn't repeated is called in the fork.
  static std::string repeated_name(const std::string& stream) {
    return stream_name("lease",
                       std::string(repeated_lease_prefix) + std::string(stream_id(stream)));
  }

  /// In order of time: what was not over at the fork, or came after it.
  void choose(Position position) {
    for (const auto& [stream, wish] : original_.wishes)
      if (wish.asked_position > position || !wish.ended_at || *wish.ended_at > forked_at_)
        chosen_.emplace_back(stream, &wish);
    std::stable_sort(chosen_.begin(), chosen_.end(), [](const Chosen& a, const Chosen& b) {
      return a.second->asked_at < b.second->asked_at;
    });
    if (!chosen_.empty()) begin_ = chosen_.front().second->asked_at;
  }

  std::uint32_t tenant_of(const std::string& name, Trace& trace) {
    const auto [known, is_new] =
        tenants_.emplace(name, static_cast<std::uint32_t>(trace.tenants.size()));
    if (is_new) trace.tenants.push_back(name);
    return known->second;
  }

  TraceJob job_of(const std::string& stream, const Wish& wish, Trace& trace) {
    TraceJob job;
    job.line = static_cast<std::uint32_t>(trace.jobs.size()) + 1;
    job.tenant = tenant_of(wish.tenant, trace);
    job.submit_ms = milliseconds_of(wish.asked_at - begin_);
    const auto* forked = find(fork_.wishes, stream);
    job.run_ms = std::max(run_ms_of(wish), forked != nullptr ? run_ms_of(*forked) : 0);
    job.gpu_count = wish.gpu_count;
    job.outcome = wish.outcome;
    if (wish.started_at) job.recorded_wait_ms = milliseconds_of(*wish.started_at - wish.asked_at);
    return job;
  }

  std::int64_t run_ms_of(const Wish& wish) const {
    if (!wish.started_at) return 0;
    return milliseconds_of(wish.ended_at.value_or(until_) - *wish.started_at);
  }

  template <class Find>
  TraceResult result_of(const Trace& trace, std::string policy, const Find& find_wish) {
    TraceResult result;
    result.trace = trace.name;
    result.policy = std::move(policy);
    result.node_count = original_.fleet.node_count;
    result.gpus_per_node = original_.fleet.gpus_per_node;
    double gpu_ms = 0;
    for (std::uint32_t i = 0; i < chosen_.size(); ++i) {
      const auto* wish = find_wish(chosen_[i].first);
      result.jobs.push_back(traced(i, wish));
      if (wish != nullptr) gpu_ms += gpu_ms_after_fork(*wish);
    }
    result.makespan_ms = milliseconds_of(until_ - begin_);
    result.gpu_hours = gpu_ms / 3'600'000;
    const auto available =
        static_cast<double>(milliseconds_of(until_ - forked_at_)) * original_.fleet.gpu_count;
    if (available > 0)
      result.utilisation_permille = static_cast<std::uint32_t>(1'000 * gpu_ms / available);
    return result;
  }

  TracedJob traced(std::uint32_t index, const Wish* wish) const {
    if (wish == nullptr || !wish->started_at) return {index, -1, -1};
    return {index, milliseconds_of(*wish->started_at - begin_),
            milliseconds_of(wish->ended_at.value_or(until_) - begin_)};
  }

  double gpu_ms_after_fork(const Wish& wish) const {
    if (!wish.started_at) return 0;
    const auto from = std::max(*wish.started_at, forked_at_);
    const auto to = std::min(wish.ended_at.value_or(until_), until_);
    return to <= from ? 0.0 : static_cast<double>(milliseconds_of(to - from)) * wish.gpu_count;
  }

  const History& original_;
  const History& fork_;
  Time forked_at_;
  Time until_;
  std::vector<Chosen> chosen_;
  Time begin_{};
  std::map<std::string, std::uint32_t> tenants_;
};

}  // namespace

boost::system::result<ForkComparison, ForkFailure> compare_fork(const EventLog& original,
                                                                const EventLog& fork,
                                                                Position position, Time until,
                                                                double price_per_gpu_hour) {
  const auto before = fold(original, until);
  if (!before) return before.error();
  const auto after = fold(fork, until);
  if (!after) return after.error();
  const auto forked_at = time_at(original, position);
  if (!forked_at) return ForkFailure{forked_at.error().message};
  auto comparison =
      Comparing(*before, *after, *forked_at, until).compare(position, price_per_gpu_hour);
  comparison.original.hash = to_hex(original.chain_hash());
  comparison.fork.hash = to_hex(fork.chain_hash());
  return comparison;
}

}  // namespace orrery
