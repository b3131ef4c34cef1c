#include "actors/batch/outlook.hpp"

#include <algorithm>
#include <tuple>

namespace orrery::batch {

void Outlook::block(std::int64_t from_s, std::int64_t until_s, Access access) {
  if (until_s > from_s) blocks_.push_back({from_s, until_s, access});
}

const Outlook::Block* Outlook::obstacle(std::int64_t from_s, std::int64_t until_s,
                                        Access access) const {
  const Block* first = nullptr;
  for (const auto& block : blocks_)
    if ((block.access & access) == 0 && block.from_s < until_s && block.until_s > from_s &&
        (first == nullptr || block.from_s < first->from_s))
      first = &block;
  return first;
}

std::int64_t Outlook::fits_until(std::int64_t from_s, const Wish& wish) const {
  const auto until_s = timeline_.fits_until(from_s, wish.need);
  const auto* in_the_way = obstacle(from_s, until_s, wish.access);
  return in_the_way == nullptr ? until_s : std::max(from_s, in_the_way->from_s);
}

std::int64_t Outlook::earliest(std::int64_t from_s, const Wish& wish) const {
  for (auto at_s = from_s;;) {
    at_s = timeline_.earliest(at_s, wish.duration_s, wish.need);
    if (at_s == never_s) return never_s;
    const auto* in_the_way = obstacle(at_s, at_s + wish.duration_s, wish.access);
    if (in_the_way == nullptr) return at_s;
    if (in_the_way->until_s == never_s) return never_s;
    at_s = in_the_way->until_s;
  }
}

void Outlook::add_moments(std::int64_t after_s, std::vector<std::int64_t>& moments) const {
  timeline_.add_moments(after_s, moments);
  for (const auto& block : blocks_)
    if (block.until_s > after_s && block.until_s != never_s) moments.push_back(block.until_s);
}

std::vector<std::uint32_t> nodes_at(std::int64_t at_s, const Wish& wish, std::uint32_t count,
                                    const std::vector<std::uint32_t>& given,
                                    const std::vector<std::uint32_t>& named,
                                    const std::vector<Outlook>& outlooks) {
  std::vector<std::uint32_t> fitting;
  for (const auto node : given)
    if (outlooks[node].is_usable() && outlooks[node].fits(at_s, wish)) fitting.push_back(node);
  if (fitting.size() < count) return {};
  const auto is_named = [&](std::uint32_t node) {
    return std::find(named.begin(), named.end(), node) != named.end();
  };
  const auto named_count = std::count_if(fitting.begin(), fitting.end(), is_named);
  if (static_cast<std::size_t>(named_count) < named.size()) return {};
  const auto rank = [&](std::uint32_t node) {
    const auto& free = outlooks[node].timeline().free_at(at_s);
    return std::tuple(!is_named(node), free.gpus, free.cpus, node);
  };
  std::sort(fitting.begin(), fitting.end(),
            [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
  fitting.resize(count);
  return fitting;
}

namespace {

std::int64_t earliest_of_one(std::int64_t from_s, const Wish& wish,
                             const std::vector<std::uint32_t>& nodes,
                             const std::vector<Outlook>& outlooks) {
  auto first_s = never_s;
  for (const auto node : nodes)
    if (outlooks[node].is_usable())
      first_s = std::min(first_s, outlooks[node].earliest(from_s, wish));
  return first_s;
}

}  // namespace

Slot earliest_slot(std::int64_t from_s, const Wish& wish, std::uint32_t count,
                   const std::vector<std::uint32_t>& given, const std::vector<std::uint32_t>& named,
                   const std::vector<Outlook>& outlooks) {
  if (count == 1) {
    const auto at_s = earliest_of_one(from_s, wish, named.empty() ? given : named, outlooks);
    if (at_s == never_s) return {};
    return {at_s, nodes_at(at_s, wish, count, given, named, outlooks)};
  }
  std::vector<std::int64_t> moments{from_s};
  for (const auto node : given)
    if (outlooks[node].is_usable()) outlooks[node].add_moments(from_s, moments);
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  for (const auto at_s : moments)
    if (auto nodes = nodes_at(at_s, wish, count, given, named, outlooks); !nodes.empty())
      return {at_s, std::move(nodes)};
  return {};
}

}  // namespace orrery::batch
