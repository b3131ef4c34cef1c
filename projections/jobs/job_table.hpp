#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "projections/jobs/job_entry.hpp"

namespace orrery {

/// Jobs by their ids, which are nearly dense: blocks of them, so that a walk through those that
/// live goes over neighbours and passes over what has ended long ago. Guarded by its owner.
class JobTable {
 public:
  using Entry = std::shared_ptr<const JobEntry>;

  /// Null where there is none.
  const Entry* find(std::uint32_t id) const;
  /// Puts it in the place of the one with its id, which is returned.
  Entry put(Entry entry);
  /// Takes out one that has ended, and returns it.
  Entry remove(std::uint32_t id);

  /// Adds the living ones of some blocks, in the order of their ids, from the one that
  /// `next_block` names on, which is then that of the next call. False at the end.
  bool take_living(std::vector<Entry>& entries, std::uint32_t& next_block) const;

  std::size_t size() const { return size_; }
  /// All, in the order of their ids.
  template <class Visitor>
  void visit(const Visitor& visitor) const {
    for (const auto& [number, block] : blocks_)
      for (const auto& entry : block.entries)
        if (entry) visitor(*entry);
  }

 private:
  static constexpr std::uint32_t block_size = 256;
  /// What `take_living` looks at in one call.
  static constexpr std::size_t block_count_max = 16;

  struct Block {
    std::array<Entry, block_size> entries;
    std::uint32_t count = 0;
    std::uint32_t living_count = 0;
  };

  std::map<std::uint32_t, Block> blocks_;
  /// Those in which something lives.
  std::map<std::uint32_t, const Block*> living_blocks_;
  std::size_t size_ = 0;
};

}  // namespace orrery
