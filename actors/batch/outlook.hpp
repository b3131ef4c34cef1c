#pragma once

#include <cstdint>
#include <vector>

#include "actors/batch/plan.hpp"
#include "actors/batch/timeline.hpp"

namespace orrery::batch {

/// Which reservations of the policy somebody may use: bit i stands for the i-th.
using Access = std::uint64_t;

/// A job's part of a node, for so long, as somebody who may use these reservations.
struct Wish {
  Room need;
  std::int64_t duration_s = 0;
  Access access = 0;
};

/// When a node has room for whom: what is free, and who may use it.
class Outlook {
 public:
  Outlook(const FleetNode& node, std::int64_t now_s)
      : timeline_(now_s, node.room()), is_usable_(node.is_usable) {}

  /// Kept for those who have the access.
  void block(std::int64_t from_s, std::int64_t until_s, Access access);

  Timeline& timeline() { return timeline_; }
  const Timeline& timeline() const { return timeline_; }
  bool is_usable() const { return is_usable_; }
  bool has_blocks() const { return !blocks_.empty(); }

  /// The first moment from which on the wish can't be had any more; `from_s` where it can't then.
  std::int64_t fits_until(std::int64_t from_s, const Wish& wish) const;
  bool fits(std::int64_t from_s, const Wish& wish) const {
    return wish.need.fits_in(timeline_.free_at(from_s)) &&
           fits_until(from_s, wish) >= from_s + wish.duration_s;
  }
  /// `never_s` where there is no such moment.
  std::int64_t earliest(std::int64_t from_s, const Wish& wish) const;
  void add_moments(std::int64_t after_s, std::vector<std::int64_t>& moments) const;

 private:
  struct Block {
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
    Access access = 0;
  };

  /// The first block in the way of somebody in that time; null where there is none.
  const Block* obstacle(std::int64_t from_s, std::int64_t until_s, Access access) const;

  Timeline timeline_;
  std::vector<Block> blocks_;
  bool is_usable_ = false;
};

/// Nodes for a job and the moment from which on they are its.
struct Slot {
  std::int64_t start_s = never_s;
  /// Indices into the outlooks.
  std::vector<std::uint32_t> nodes;
};

/// The nodes, of those given, that a job gets if it starts at that moment: those it names (all are
/// among the given), then the fullest that will do. Empty where too few will do.
std::vector<std::uint32_t> nodes_at(std::int64_t at_s, const Wish& wish, std::uint32_t count,
                                    const std::vector<std::uint32_t>& given,
                                    const std::vector<std::uint32_t>& named,
                                    const std::vector<Outlook>& outlooks);

/// The earliest time and place for a job.
Slot earliest_slot(std::int64_t from_s, const Wish& wish, std::uint32_t count,
                   const std::vector<std::uint32_t>& given, const std::vector<std::uint32_t>& named,
                   const std::vector<Outlook>& outlooks);

}  // namespace orrery::batch
