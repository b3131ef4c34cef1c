#include "http/auth/guess_limit.hpp"

#include <algorithm>
#include <functional>

namespace orrery {

GuessLimit::Shard& GuessLimit::shard_of(std::string_view name) {
  return shards_[std::hash<std::string_view>{}(name) % shards_.size()];
}

bool GuessLimit::take(std::string_view name, Time now) {
  auto& shard = shard_of(name);
  const std::scoped_lock lock(shard.mutex);
  auto& names = shard.full_at;
  if (names.size() >= name_count_max) {
    std::erase_if(names, [&](const auto& entry) { return entry.second <= now; });
    // Still too many: somebody guesses for thousands of names, and the hashing pool bounds him.
    if (names.size() >= name_count_max)
      names.erase(
          std::ranges::min_element(names, {}, [](const auto& entry) { return entry.second; }));
  }
  auto& full_at = names[std::string(name)];
  full_at = std::max(full_at, now);
  if (full_at + pause > now + guess_count_max * pause) return false;
  full_at += pause;
  return true;
}

void GuessLimit::forgive(std::string_view name) {
  auto& shard = shard_of(name);
  const std::scoped_lock lock(shard.mutex);
  shard.full_at.erase(std::string(name));
}

}  // namespace orrery
