#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace orrery {

/// A hash table from names to small values that never move and whose names live in large blocks: no
/// allocation per entry. The part of the log's index that hasn't gone to disk yet.
template <class Value>
class RecentTable {
 public:
  struct Entry {
    std::string_view name;
    Value value;
  };

  RecentTable() = default;
  RecentTable(RecentTable&&) noexcept = default;
  RecentTable& operator=(RecentTable&&) noexcept = default;

  Entry* find(std::string_view name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  const Entry* find(std::string_view name) const {
    return const_cast<RecentTable*>(this)->find(name);
  }

  /// `name` must not be there yet. The entry stays where it is until the table goes.
  Entry& insert(std::string_view name, const Value& value) {
    auto& entry = entries_.emplace_back(Entry{keep(name), value});
    by_name_.emplace(entry.name, &entry);
    return entry;
  }

  std::size_t size() const { return entries_.size(); }

  /// In order of insertion.
  const std::deque<Entry>& entries() const { return entries_; }

 private:
  static constexpr std::size_t block_size = 256u << 10;

  std::string_view keep(std::string_view name) {
    if (block_used_ + name.size() > block_room_) {
      block_room_ = std::max(block_size, name.size());
      blocks_.push_back(std::make_unique<char[]>(block_room_));
      block_used_ = 0;
    }
    auto* const kept = blocks_.back().get() + block_used_;
    std::memcpy(kept, name.data(), name.size());
    block_used_ += name.size();
    return {kept, name.size()};
  }

  boost::unordered_flat_map<std::string_view, Entry*, std::hash<std::string_view>> by_name_;
  std::deque<Entry> entries_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_room_ = 0;
  std::size_t block_used_ = 0;
};

}  // namespace orrery
