#include "http/auth/guess_limit.hpp"

#include <algorithm>
#include <functional>

namespace orrery {

GuessLimit::Shard& GuessLimit::shard_of(std::string_view name) {
  return shards_[std::hash<std::string_view>{}(name) % shards_.size()];
}

void GuessLimit::Shard::forget(const std::string& name) {
  const auto found = full_at.find(name);
  if (found == full_at.end()) return;
  by_time.erase({found->second, name});
  full_at.erase(found);
}

bool GuessLimit::take(std::string_view name_text, Time now) {
  auto& shard = shard_of(name_text);
  const std::string name(name_text);
  const auto step = allowance_.pause;
  const std::scoped_lock lock(shard.mutex);
  const auto known = shard.full_at.find(name);
  const auto before = known == shard.full_at.end() ? now : std::max(known->second, now);
  if (before + step > now + allowance_.count * step) return false;
  shard.forget(name);
  const auto is_over = [&] { return shard.by_time.begin()->first <= now; };
  while (!shard.by_time.empty() && (is_over() || shard.by_time.size() >= name_count_max))
    shard.forget(std::string(shard.by_time.begin()->second));
  shard.full_at.emplace(name, before + step);
  shard.by_time.emplace(before + step, name);
  return true;
}

void GuessLimit::forgive(std::string_view name) {
  auto& shard = shard_of(name);
  const std::scoped_lock lock(shard.mutex);
  shard.forget(std::string(name));
}

void GuessLimit::give_back(std::string_view name_text) {
  auto& shard = shard_of(name_text);
  const std::string name(name_text);
  const std::scoped_lock lock(shard.mutex);
  const auto known = shard.full_at.find(name);
  if (known == shard.full_at.end()) return;
  const auto full_at = known->second - allowance_.pause;
  shard.forget(name);
  shard.full_at.emplace(name, full_at);
  shard.by_time.emplace(full_at, name);
}

std::chrono::seconds GuessLimit::wait(std::string_view name, Time now) {
  auto& shard = shard_of(name);
  const std::scoped_lock lock(shard.mutex);
  const auto known = shard.full_at.find(std::string(name));
  if (known == shard.full_at.end()) return {};
  const auto next_at = known->second + allowance_.pause - allowance_.count * allowance_.pause;
  return next_at > now ? std::chrono::ceil<std::chrono::seconds>(next_at - now)
                       : std::chrono::seconds{};
}

}  // namespace orrery
