#pragma once

#include <cstdint>
#include <vector>

#include "sim/traces/play/machines.hpp"
#include "sim/traces/play/runs.hpp"

namespace orrery::play {

/// What backfill promises to the job that is next and doesn't fit: nodes, and the moment at which
/// it fits there at the latest. Who goes ahead of it has ended by then, or leaves enough of those
/// nodes.
///
/// The promise stands until the job has started or isn't next any more; it is made anew where a job
/// has ended sooner than expected and the moment may come sooner too.
class Promise {
 public:
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  Promise(Machines& machines, const Runs& runs) : machines_(machines), runs_(runs) {}

  /// To whom; `nobody` while there is none.
  std::uint32_t job() const { return job_; }
  std::int64_t due_ms() const { return due_ms_; }

  /// Promises the earliest moment. The shape doesn't fit now, and would on empty nodes; it outlives
  /// the promise.
  void make(std::uint32_t job, const Shape& shape, std::int64_t now_ms);
  void drop();
  /// What runs on these nodes has changed.
  void look_again_at(const Parts& parts);
  /// A job ended there sooner than expected: whether the moment may come sooner now.
  bool may_come_sooner(const Parts& parts) const;

 private:
  /// Keeps that many nodes for the need: those that would serve it now, then those where it fits
  /// first. Returns when it fits on all.
  std::int64_t find(const Need& need, std::uint32_t count, std::int64_t now_ms);
  /// Waits for one run after the other to end until that many more nodes hold the need. Of nodes
  /// that do at the same moment the ones with the smallest numbers are kept.
  std::int64_t wait_for(const Need& need, std::uint32_t count);
  void keep(std::uint32_t node);
  /// Leaves to others what the job won't need of the node.
  void share_out(std::uint32_t node);
  bool is_of_rest(std::uint32_t node) const {
    return shape_->has_rest && !nodes_.empty() && nodes_.back() == node;
  }

  Machines& machines_;
  const Runs& runs_;
  std::uint32_t job_ = nobody;
  const Shape* shape_ = nullptr;
  /// When the whole nodes are there, when the rest is, and when both are.
  std::int64_t whole_ms_ = 0;
  std::int64_t rest_ms_ = 0;
  std::int64_t due_ms_ = 0;
  /// In the order of the shape's parts.
  std::vector<std::uint32_t> nodes_;
};

}  // namespace orrery::play
