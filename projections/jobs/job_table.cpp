#include "projections/jobs/job_table.hpp"

#include <utility>

namespace orrery {
namespace {

bool lives(const JobTable::Entry& entry) { return entry && !has_ended(entry->row.status); }

}  // namespace

const JobTable::Entry* JobTable::find(std::uint32_t id) const {
  const auto block = blocks_.find(id / block_size);
  if (block == blocks_.end()) return nullptr;
  const auto& entry = block->second.entries[id % block_size];
  return entry ? &entry : nullptr;
}

JobTable::Entry JobTable::put(Entry entry) {
  const auto number = entry->row.id / block_size;
  auto& block = blocks_[number];
  auto& place = block.entries[entry->row.id % block_size];
  if (!place) {
    ++size_;
    ++block.count;
  }
  block.living_count += lives(entry) ? 1 : 0;
  block.living_count -= lives(place) ? 1 : 0;
  if (block.living_count > 0)
    living_blocks_.emplace(number, &block);
  else
    living_blocks_.erase(number);
  place.swap(entry);
  return entry;
}

JobTable::Entry JobTable::remove(std::uint32_t id) {
  const auto block = blocks_.find(id / block_size);
  auto entry = std::move(block->second.entries[id % block_size]);
  --size_;
  if (--block->second.count == 0) blocks_.erase(block);
  return entry;
}

bool JobTable::take_living(std::vector<Entry>& entries, std::uint32_t& next_block) const {
  auto block = living_blocks_.lower_bound(next_block);
  for (std::size_t i = 0; i < block_count_max && block != living_blocks_.end(); ++i, ++block)
    for (const auto& entry : block->second->entries)
      if (lives(entry)) entries.push_back(entry);
  if (block == living_blocks_.end()) return false;
  next_block = block->first;
  return true;
}

}  // namespace orrery
