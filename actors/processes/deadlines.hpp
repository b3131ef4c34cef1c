#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace orrery {

/// At which moment each of many things is due, sorted: to see that nothing is costs one look.
template <class Key>
class Deadlines {
 public:
  /// From now on it is due then; not at all where `at_s` is nothing.
  void set(const Key& key, std::optional<std::int64_t> at_s) {
    if (const auto known = at_.find(key); known != at_.end()) {
      if (at_s == known->second) return;
      sorted_.erase({known->second, key});
      at_.erase(known);
    }
    if (!at_s) return;
    at_.emplace(key, *at_s);
    sorted_.emplace(*at_s, key);
  }

  /// What is due at `now_s`, the earliest first; it is forgotten.
  std::vector<Key> take_until(std::int64_t now_s) {
    std::vector<Key> due;
    while (!sorted_.empty() && sorted_.begin()->first <= now_s) {
      due.push_back(sorted_.begin()->second);
      at_.erase(due.back());
      sorted_.erase(sorted_.begin());
    }
    return due;
  }

  void clear() {
    at_.clear();
    sorted_.clear();
  }

 private:
  std::map<Key, std::int64_t> at_;
  std::set<std::pair<std::int64_t, Key>> sorted_;
};

}  // namespace orrery
