#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "sim/traces/play/shape.hpp"
#include "sim/traces/play/usages.hpp"
#include "sim/traces/trace_run.hpp"

namespace orrery {

/// The rules of `run_trace` without any index: every question looks at everything. For jobs that
/// end when expected.
class ObviousScheduler {
 public:
  ObviousScheduler(const Trace& trace, const TraceRunSettings& settings)
      : trace_(trace),
        settings_(settings),
        usages_(trace.tenants.size(), settings.fairshare_half_life_min),
        ranks_(trace.tenants.size()),
        outcomes_(trace.jobs.size()) {
    const play::Shapes shapes(settings.cluster);
    for (const auto& job : trace.jobs) shapes_.push_back(shapes.of(job));
    for (const auto& kind : settings.cluster.nodes)
      for (std::uint32_t i = 0; i < kind.node_count; ++i)
        nodes_.push_back({kind.gpus_per_node, unless_zero(kind.cpus_per_node),
                          unless_zero(kind.memory_mib_per_node)});
    for (std::uint32_t job = 0; job < outcomes_.size(); ++job) outcomes_[job].job = job;
  }

  std::vector<TracedJob> run() {
    std::uint32_t next = 0;
    while (next < trace_.jobs.size() || !running_.empty()) {
      now_ = next < trace_.jobs.size() ? trace_.jobs[next].submit_ms : Line::anything;
      for (const auto& run : running_) now_ = std::min(now_, run.end_ms);
      end_runs();
      for (; next < trace_.jobs.size() && trace_.jobs[next].submit_ms == now_; ++next)
        if (would_ever_fit(next)) waiting_.push_back(next);
      schedule();
    }
    return outcomes_;
  }

 private:
  struct Line {
    static constexpr std::int64_t anything = std::int64_t{1} << 60;
  };
  struct Part {
    std::uint32_t node = 0;
    std::set<std::uint32_t> gpus;
    play::Need need;
  };
  struct Running {
    std::uint32_t job = 0;
    std::int64_t end_ms = 0;
    std::vector<Part> parts;
  };
  /// What is there of a node at some moment.
  struct Room {
    std::vector<std::uint32_t> milli_free;
    Supply supply;
  };
  /// A place, and what makes it better than others: the smaller the better.
  using Merit = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
  struct Choice {
    std::uint32_t node = 0;
    std::set<std::uint32_t> gpus;
  };

  static std::uint64_t unless_zero(std::uint32_t count) {
    return count == 0 ? Supply::unlimited : count;
  }

  /// The node once everything that is expected to have ended by then has ended.
  Room room_at(std::uint32_t node, std::int64_t at_ms) const {
    Room room{std::vector<std::uint32_t>(nodes_[node].gpu_count, 1'000), nodes_[node]};
    for (const auto& run : running_)
      for (const auto& part : run.parts) {
        if (part.node != node || run.end_ms <= at_ms) continue;
        for (const auto gpu : part.gpus) room.milli_free[gpu] -= part.need.gpu_milli;
        if (room.supply.cpu_count != Supply::unlimited)
          room.supply.cpu_count -= part.need.of_node.cpu_count;
        if (room.supply.memory_mib != Supply::unlimited)
          room.supply.memory_mib -= part.need.of_node.memory_mib;
      }
    room.supply.gpu_count = static_cast<std::uint32_t>(
        std::count(room.milli_free.begin(), room.milli_free.end(), 1'000U));
    return room;
  }
  /// Now, with what has started at this moment and ends in it.
  Room room_now(std::uint32_t node) const { return room_at(node, now_ - 1); }

  static bool holds(const Room& room, const play::Need& need) {
    if (room.supply.holds(need.of_node)) return true;
    if (!need.is_share()) return false;
    const auto roomy = std::any_of(room.milli_free.begin(), room.milli_free.end(),
                                   [&](auto free) { return free >= need.gpu_milli; });
    auto supply = room.supply;
    supply.gpu_count = 1;
    return roomy && supply.holds(need.of_node);
  }

  /// What those may use of a node who stay beyond the promise, or not.
  std::optional<Supply> offer(std::uint32_t node, bool beyond) const {
    const auto free = room_now(node).supply;
    const auto promised = promised_.find(node);
    if (!beyond || promised == promised_.end()) return free;
    if (promised->second.is_share()) return std::nullopt;
    auto later = room_at(node, due_ms_).supply;
    const auto& need = promised->second.of_node;
    later.gpu_count -= need.gpu_count;
    if (later.cpu_count != Supply::unlimited) later.cpu_count -= need.cpu_count;
    if (later.memory_mib != Supply::unlimited) later.memory_mib -= need.memory_mib;
    return Supply{std::min(free.gpu_count, later.gpu_count),
                  std::min(free.cpu_count, later.cpu_count),
                  std::min(free.memory_mib, later.memory_mib)};
  }

  std::optional<Choice> choose(const play::Need& need, bool beyond,
                               const std::set<std::uint32_t>& without) const {
    const auto whole = choose_untouched(need, beyond, without);
    if (!need.is_share()) return whole;
    const auto shared = choose_shared(need, beyond, without);
    const auto packs = settings_.policy.strategy == PlacementStrategy::pack;
    return packs ? (shared ? shared : whole) : (whole ? whole : shared);
  }

  std::optional<Choice> choose_untouched(const play::Need& need, bool beyond,
                                         const std::set<std::uint32_t>& without) const {
    std::optional<std::pair<Merit, std::uint32_t>> best;
    const bool packs = settings_.policy.strategy == PlacementStrategy::pack;
    const auto& demand = need.of_node;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      if (without.contains(node)) continue;
      const auto supply = offer(node, beyond);
      if (!supply || !supply->holds(demand)) continue;
      const auto signed_of = [](std::uint64_t amount) {
        return static_cast<std::int64_t>(std::min(amount, std::uint64_t{1} << 62));
      };
      const bool packs_gpus = packs || demand.gpu_count == 0;
      Merit merit{packs_gpus ? supply->gpu_count : -signed_of(supply->gpu_count), 0, 0, 0};
      if (demand.counts_room()) {
        std::get<1>(merit) = supply->counts_room() ? 0 : 1;
        std::get<2>(merit) = (packs ? 1 : -1) * signed_of(supply->cpu_count);
        std::get<3>(merit) = (packs ? 1 : -1) * signed_of(supply->memory_mib);
      }
      if (!best || merit < best->first) best = {merit, node};
    }
    if (!best) return std::nullopt;
    Choice choice{best->second, {}};
    const auto room = room_now(best->second);
    for (std::uint32_t gpu = 0; choice.gpus.size() < demand.gpu_count; ++gpu)
      if (room.milli_free[gpu] == 1'000) choice.gpus.insert(gpu);
    return choice;
  }

  std::optional<Choice> choose_shared(const play::Need& need, bool beyond,
                                      const std::set<std::uint32_t>& without) const {
    std::optional<std::pair<std::int64_t, Choice>> best;
    const bool packs = settings_.policy.strategy == PlacementStrategy::pack;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      if (without.contains(node) || (beyond && promised_.contains(node))) continue;
      const auto room = room_now(node);
      auto supply = room.supply;
      supply.gpu_count = 1;
      if (!supply.holds(need.of_node)) continue;
      for (std::uint32_t gpu = 0; gpu < room.milli_free.size(); ++gpu) {
        const std::int64_t free = room.milli_free[gpu];
        if (free == 1'000 || free < need.gpu_milli) continue;
        const auto merit = packs ? free : -free;
        if (!best || merit < best->first) best = {merit, Choice{node, {gpu}}};
      }
    }
    if (!best) return std::nullopt;
    return best->second;
  }

  bool would_ever_fit(std::uint32_t job) const {
    const auto& shape = shapes_[job];
    const auto holding = [&](const play::Need& need) {
      return std::count_if(nodes_.begin(), nodes_.end(),
                           [&](const Supply& node) { return node.holds(need.of_node); });
    };
    if (shape.whole_node_count > 0 && holding(shape.whole) < shape.whole_node_count) return false;
    return !shape.has_rest || holding(shape.rest) > shape.whole_node_count;
  }

  bool start(std::uint32_t job, bool beyond) {
    const auto& shape = shapes_[job];
    Running run{job, now_ + trace_.jobs[job].run_ms, {}};
    running_.push_back(run);  // So that parts see each other.
    for (std::uint32_t i = 0; i < shape.part_count(); ++i) {
      const auto choice = choose(shape.part(i), beyond, {});
      if (!choice) {
        running_.pop_back();
        return false;
      }
      running_.back().parts.push_back({choice->node, choice->gpus, shape.part(i)});
    }
    outcomes_[job] = {job, now_, run.end_ms};
    usages_.change(trace_.jobs[job].tenant, static_cast<std::int64_t>(shape.gpu_milli_sum), now_);
    std::erase(waiting_, job);
    return true;
  }

  void end_runs() {
    std::erase_if(running_, [&](const Running& run) {
      if (run.end_ms != now_) return false;
      usages_.change(trace_.jobs[run.job].tenant,
                     -static_cast<std::int64_t>(shapes_[run.job].gpu_milli_sum), now_);
      return true;
    });
  }

  std::pair<std::int64_t, std::uint32_t> turn_of(std::uint32_t job) const {
    switch (settings_.policy.order) {
      case TraceOrder::fifo:
        return {0, job};
      case TraceOrder::sjf:
        return {trace_.jobs[job].run_ms, job};
      case TraceOrder::fairshare:
        return {ranks_[trace_.jobs[job].tenant], job};
    }
    return {};
  }

  void schedule() {
    if (settings_.policy.order == TraceOrder::fairshare && waiting_.size() > 1 &&
        usages_.are_due(now_))
      ranks_ = usages_.ranks(now_);
    std::sort(waiting_.begin(), waiting_.end(),
              [&](auto a, auto b) { return turn_of(a) < turn_of(b); });
    // Who starts in his turn takes what he likes, so others' promises are void.
    while (!waiting_.empty() && start(waiting_.front(), false)) promised_to_.reset();
    if (waiting_.size() < 2 || !settings_.policy.backfills) return;
    if (promised_to_ != waiting_.front()) promise(waiting_.front());
    const auto others = waiting_;
    for (std::size_t i = 1; i < others.size(); ++i)
      start(others[i], trace_.jobs[others[i]].run_ms > due_ms_ - now_);
  }

  void promise(std::uint32_t job) {
    promised_.clear();
    promised_to_ = job;
    due_ms_ = now_;
    const auto& shape = shapes_[job];
    std::set<std::uint32_t> kept;
    for (std::uint32_t i = 0; i < shape.part_count(); ++i) {
      const auto& need = shape.part(i);
      const auto choice = choose(need, false, kept);
      const auto node = choice ? choice->node : first_to_hold(need, kept);
      kept.insert(node);
      promised_.emplace(node, need);
    }
  }

  std::uint32_t first_to_hold(const play::Need& need, const std::set<std::uint32_t>& kept) {
    std::set<std::int64_t> moments;
    for (const auto& run : running_) moments.insert(run.end_ms);
    for (const auto at_ms : moments)
      for (std::uint32_t node = 0; node < nodes_.size(); ++node)
        if (!kept.contains(node) && holds(room_at(node, at_ms), need)) {
          due_ms_ = std::max(due_ms_, at_ms);
          return node;
        }
    return 0;
  }

  const Trace& trace_;
  const TraceRunSettings& settings_;
  std::vector<play::Shape> shapes_;
  std::vector<Supply> nodes_;
  play::Usages usages_;
  std::vector<std::int64_t> ranks_;
  std::vector<std::uint32_t> waiting_;
  std::vector<Running> running_;
  std::vector<TracedJob> outcomes_;
  std::int64_t now_ = 0;
  std::optional<std::uint32_t> promised_to_;
  std::map<std::uint32_t, play::Need> promised_;
  std::int64_t due_ms_ = 0;
};

}  // namespace orrery
