#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/traces/play/machines.hpp"
#include "sim/traces/play/no_room.hpp"
#include "sim/traces/play/promise.hpp"
#include "sim/traces/play/queue.hpp"
#include "sim/traces/play/runs.hpp"
#include "sim/traces/play/sampler.hpp"
#include "sim/traces/play/shape.hpp"
#include "sim/traces/play/usages.hpp"
#include "sim/traces/trace_run.hpp"

namespace orrery::play {

/// What is known of the jobs of a trace before the first is submitted.
struct Expectations {
  Expectations(const Trace& trace, const TraceRunSettings& settings);

  /// Every shape once; and by job the number of its shape, and how long it is expected to run.
  std::vector<Shape> shapes;
  std::vector<std::uint32_t> shape_of_job;
  std::vector<std::int64_t> expected_ms;
};

/// Inside of `run_trace`: one run, from moment to moment. At each first what ends gives back what
/// it had, then what is submitted waits, then those who fit start.
class Player {
 public:
  Player(const Trace& trace, const TraceRunSettings& settings);

  /// Plays all of it, once.
  TraceResult run();

 private:
  /// Who may go ahead of the first, and whether he will be there beyond its promise.
  struct Candidate {
    Turn turn;
    Stay stay = Stay::beyond;
  };
  struct Considered {
    Turn turn;
    std::uint32_t shape = 0;
    /// How many had started when it was looked at.
    std::uint64_t start_count = 0;

    bool operator>(const Considered& other) const { return turn > other.turn; }
  };

  std::int64_t next_moment() const;
  void end_runs();
  void submit_jobs();
  void schedule();
  /// Starts whose turn it is, until one doesn't fit.
  void start_in_turn();
  /// Lets others go ahead of the first.
  void backfill(bool has_freed);
  void fill(std::span<const std::uint32_t> shapes);
  std::optional<Candidate> candidate_of(std::uint32_t shape, NoRoom& no_room);
  bool start(std::uint32_t job, Stay stay);
  void tell_progress();
  TraceSample figures() const;
  void sum_up(TraceResult& result) const;

  const Shape& shape_of(std::uint32_t job) const {
    return expectations_.shapes[expectations_.shape_of_job[job]];
  }

  const Trace& trace_;
  const TraceRunSettings& settings_;
  const Expectations expectations_;
  Machines machines_;
  Runs runs_;
  Queue queue_;
  Promise promise_;
  Usages usages_;
  Sampler sampler_;
  /// By shape: it would fit if nothing ran.
  std::vector<bool> could_be_held_;

  std::int64_t now_ms_ = 0;
  std::uint32_t next_submission_ = 0;
  /// Shapes of those who were submitted at this moment.
  std::vector<std::uint32_t> submitted_shapes_;
  /// The first, if it was found not to fit.
  std::uint32_t stuck_ = Promise::nobody;
  /// Something has been given back since the last look at who waits.
  bool has_freed_ = false;
  /// What was promised may come sooner.
  bool may_come_sooner_ = false;
  std::uint64_t start_count_ = 0;
  std::uint64_t settled_count_ = 0;
  std::uint64_t told_count_ = 0;
  std::vector<TracedJob> outcomes_;
};

}  // namespace orrery::play
