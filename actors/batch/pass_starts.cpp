#include <algorithm>

#include <fmt/format.h>

#include "actors/batch/pass.hpp"

namespace orrery::batch {

void Pass::consider(std::uint32_t slot) {
  const auto& job = queue_.book.jobs()[job_of_slot_[slot]];
  Candidate candidate{job, view_of(job.shape), forecast_.jobs[slot], {}};
  candidate.wish = {candidate.view.need, duration_s(job.time_limit_min),
                    policy_.reservations.empty() ? 0 : access_of(job.association)};
  candidate.forecast.reason = limit_against(candidate);
  if (candidate.forecast.reason == WaitReason::none) {
    if (start_now(candidate)) return;
    reserve(candidate);
  }
  if (candidate.forecast.expected_start_s == 0) estimate(candidate);
  add_work(candidate.view, job.time_limit_min);
}

bool Pass::is_known_to_fail(const Candidate& candidate, std::uint32_t limit_min) const {
  const auto& memo = memos_[candidate.job.shape];
  return limit_min >= memo.fails_from_min && memo.access == candidate.wish.access;
}

bool Pass::may_start_in(const Candidate& candidate, const PartitionNodes& place) const {
  const auto most = place.partition->time_limit_max_min;
  if (most != 0 && candidate.job.time_limit_min > most) return false;
  return policy_.backfill.is_on || !partition_is_blocked_[place.partition_index];
}

bool Pass::start_now(const Candidate& candidate) {
  const auto& job = candidate.job;
  const bool may_be_shorter =
      job.time_limit_min_least != 0 && job.time_limit_min_least < job.time_limit_min;
  const auto shortest = may_be_shorter ? job.time_limit_min_least : job.time_limit_min;
  if (is_known_to_fail(candidate, shortest)) return false;
  for (const auto& place : candidate.view.places)
    if (may_start_in(candidate, place) && start_in(candidate, place)) return true;
  if (may_be_shorter)
    for (const auto& place : candidate.view.places)
      if (may_start_in(candidate, place) && start_shortened(candidate, place)) return true;
  // Where partitions set limits of their own, not every job of the shape was tried everywhere.
  const bool was_tried_everywhere =
      std::all_of(candidate.view.places.begin(), candidate.view.places.end(),
                  [&](const PartitionNodes& place) { return may_start_in(candidate, place); });
  if (was_tried_everywhere) memos_[job.shape] = {shortest, candidate.wish.access};
  return false;
}

bool Pass::start_in(const Candidate& candidate, const PartitionNodes& place) {
  const auto nodes = nodes_at(now_s_, candidate.wish, candidate.view.shape->resources.node_count,
                              place.nodes, candidate.view.named, outlooks_);
  if (nodes.empty()) return false;
  start(candidate, place, nodes, candidate.job.time_limit_min);
  return true;
}

bool Pass::start_shortened(const Candidate& candidate, const PartitionNodes& place) {
  const auto count = candidate.view.shape->resources.node_count;
  auto wish = candidate.wish;
  wish.duration_s = duration_s(candidate.job.time_limit_min_least);
  const auto nodes = nodes_at(now_s_, wish, count, place.nodes, candidate.view.named, outlooks_);
  if (nodes.empty()) return false;
  auto until_s = now_s_ + duration_s(candidate.job.time_limit_min);
  for (const auto node : nodes)
    until_s = std::min(until_s, outlooks_[node].fits_until(now_s_, wish));
  const auto limit_min = (until_s - now_s_ - policy_.kill_wait_s) / 60;
  start(candidate, place, nodes, static_cast<std::uint32_t>(limit_min));
  return true;
}

void Pass::start(const Candidate& candidate, const PartitionNodes& place,
                 const std::vector<std::uint32_t>& nodes, std::uint32_t limit_min) {
  PlannedStart planned{candidate.job.id, place.partition->name, {}, {},
                       limit_min,        some_wait_for_room_};
  for (const auto node : nodes) {
    planned.nodes.push_back(fleet_[node].number);
    planned.node_ids.push_back(fleet_[node].size.id);
    outlooks_[node].timeline().take(now_s_, now_s_ + duration_s(limit_min), candidate.view.need);
  }
  plan_.starts.push_back(std::move(planned));
  add_load(candidate.job, *candidate.view.shape);
  add_work(candidate.view, limit_min);
  candidate.forecast.expected_start_s = now_s_;
  candidate.forecast.is_reserved = true;
}

Slot Pass::earliest_for(const Candidate& candidate, const PartitionNodes*& where) const {
  Slot best;
  for (const auto& place : candidate.view.places) {
    const auto most = place.partition->time_limit_max_min;
    if (most != 0 && candidate.job.time_limit_min > most) continue;
    auto slot = earliest_slot(now_s_, candidate.wish, candidate.view.shape->resources.node_count,
                              place.nodes, candidate.view.named, outlooks_);
    if (slot.start_s >= best.start_s) continue;
    best = std::move(slot);
    where = &place;
  }
  return best;
}

/// Whoever is the first to wait for GPUs of a model never starves, however many wait for others.
bool Pass::may_have_a_place(const ShapeView& view) const {
  constexpr std::uint32_t tries_of_a_pool = 4;
  const auto& pool = pools_[view.pool];
  const auto count_max = std::max(1U, policy_.backfill.reservation_count);
  return try_count_ < count_max || (!pool.has_reservation && pool.try_count < tries_of_a_pool);
}

void Pass::reserve(const Candidate& candidate) {
  wait_in_line(candidate);
  if (!may_have_a_place(candidate.view)) return;
  auto& pool = pools_[candidate.view.pool];
  const bool is_first = try_count_++ == 0;
  ++pool.try_count;
  const PartitionNodes* where = nullptr;
  auto slot = earliest_for(candidate, where);
  const auto soon_s = now_s_ + policy_.kill_wait_s + 1;
  if (slot.start_s > soon_s && preempt_for(candidate)) slot = earliest_for(candidate, where);
  if (is_blocked_by_a_reservation(candidate)) candidate.forecast.reason = WaitReason::reservation;
  if (where == nullptr || slot.nodes.empty()) {
    if (candidate.forecast.reason != WaitReason::reservation)
      candidate.forecast.reason = WaitReason::nodes_unavailable;
    return;
  }
  candidate.forecast.expected_start_s = slot.start_s;
  const auto window_s = std::int64_t{policy_.backfill.window_min} * 60;
  if (slot.start_s > now_s_ + window_s && !is_first) return;
  for (const auto node : slot.nodes)
    outlooks_[node].timeline().take(slot.start_s, slot.start_s + candidate.wish.duration_s,
                                    candidate.view.need);
  candidate.forecast.is_reserved = true;
  forecast_.details.emplace(candidate.job.id, detail_of(candidate, slot));
  pool.has_reservation = true;
}

/// The first of a partition waits for resources, the others for the first.
void Pass::wait_in_line(const Candidate& candidate) {
  const auto& places = candidate.view.places;
  const bool is_next = std::any_of(places.begin(), places.end(), [&](const PartitionNodes& place) {
    return !partition_is_blocked_[place.partition_index];
  });
  candidate.forecast.reason = is_next ? WaitReason::resources : WaitReason::priority;
  for (const auto& place : places) partition_is_blocked_[place.partition_index] = true;
  some_wait_for_room_ = true;
}

/// With every access it would fit now.
bool Pass::is_blocked_by_a_reservation(const Candidate& candidate) const {
  if (policy_.reservations.empty()) return false;
  auto wish = candidate.wish;
  wish.access = ~Access{0};
  return std::any_of(candidate.view.places.begin(), candidate.view.places.end(),
                     [&](const PartitionNodes& place) {
                       return !nodes_at(now_s_, wish, candidate.view.shape->resources.node_count,
                                        place.nodes, candidate.view.named, outlooks_)
                                   .empty();
                     });
}

/// By the work that comes before it: as if all of it were shared out evenly.
void Pass::estimate(const Candidate& candidate) {
  const auto& pool = pools_[candidate.view.pool];
  if (pool.capacity <= 0) return;
  const auto ahead_s = static_cast<std::int64_t>(pool.work / pool.capacity);
  candidate.forecast.expected_start_s =
      std::max(now_s_ + std::max<std::int64_t>(1, ahead_s), candidate.job.begin_time_s);
}

void Pass::add_work(const ShapeView& view, std::uint32_t limit_min) {
  const auto work = view.pool_units * limit_min * 60;
  pools_[view.pool].work += work;
  if (view.pool > ShapeViews::pool_of_any_gpus) pools_[ShapeViews::pool_of_any_gpus].work += work;
}

std::string Pass::detail_of(const Candidate& candidate, const Slot& slot) const {
  const auto& resources = candidate.view.shape->resources;
  std::int64_t most_free = 0;
  for (const auto& place : candidate.view.places)
    for (const auto node : place.nodes)
      most_free = std::max(most_free, outlooks_[node].timeline().free_now().gpus);
  const auto first = slot.nodes.front();
  std::uint32_t last_job = 0;
  std::int64_t last_end_s = 0;
  for (const auto id : tenants_[first])
    if (const auto end_s = ends_s_.at(id); end_s <= slot.start_s && end_s > last_end_s) {
      last_end_s = end_s;
      last_job = id;
    }
  auto text =
      fmt::format("needs {} {} on {}; most free on one now: {}", resources.gpus_per_node,
                  resources.gpu_model.empty() ? "GPUs" : resources.gpu_model,
                  resources.node_count == 1 ? std::string("one node")
                                            : fmt::format("each of {} nodes", resources.node_count),
                  most_free);
  const auto& node_id = fleet_[first].size.id;
  if (last_job != 0)
    return text + fmt::format("; {} has room when job {} has ended", node_id, last_job);
  return text + fmt::format("; a place is kept on {}", node_id);
}

}  // namespace orrery::batch
