#include "sim/traces/play/queue.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace orrery::play {

Queue::Queue(const Trace& trace, TraceOrder order, std::span<const std::uint32_t> shape_of_job,
             std::span<const std::int64_t> expected_ms, std::uint32_t shape_count)
    : trace_(trace),
      order_(order),
      shape_of_job_(shape_of_job),
      expected_ms_(expected_ms),
      of_shapes_(shape_count),
      ranks_(std::max<std::size_t>(trace.tenants.size(), 1)) {
  std::vector<std::uint32_t> tenants(trace.jobs.size());
  if (order == TraceOrder::fairshare)
    for (std::size_t job = 0; job < tenants.size(); ++job) {
      tenants[job] = trace.jobs[job].tenant;
      ranks_.resize(std::max<std::size_t>(ranks_.size(), std::size_t{tenants[job]} + 1));
    }
  place_jobs_in_lines(tenants);
}

void Queue::place_jobs_in_lines(std::span<const std::uint32_t> tenants) {
  std::unordered_map<std::uint64_t, std::uint32_t> line_of;
  std::vector<std::uint32_t> counts;
  line_of_job_.resize(tenants.size());
  for (std::uint32_t job = 0; job < tenants.size(); ++job) {
    const auto key = std::uint64_t{shape_of_job_[job]} << 32 | tenants[job];
    const auto [found, is_new] =
        line_of.emplace(key, static_cast<std::uint32_t>(tenant_of_line_.size()));
    if (is_new) {
      tenant_of_line_.push_back(tenants[job]);
      counts.push_back(0);
    }
    line_of_job_[job] = found->second;
    ++counts[found->second];
  }
  begin_of_line_.resize(counts.size() + 1);
  std::partial_sum(counts.begin(), counts.end(), begin_of_line_.begin() + 1);

  jobs_.resize(tenants.size());
  std::iota(jobs_.begin(), jobs_.end(), 0U);
  std::sort(jobs_.begin(), jobs_.end(), [&](std::uint32_t job, std::uint32_t other) {
    const auto key = [&](std::uint32_t of) {
      return std::tuple(line_of_job_[of], order_ == TraceOrder::sjf ? expected_ms_[of] : 0, of);
    };
    return key(job) < key(other);
  });
  place_of_job_.resize(jobs_.size());
  for (std::uint32_t i = 0; i < jobs_.size(); ++i)
    place_of_job_[jobs_[i]] = i - begin_of_line_[line_of_job_[jobs_[i]]];
  lines_.reserve(counts.size());
  for (const auto count : counts) lines_.emplace_back(count);
}

void Queue::add(std::uint32_t job) {
  ++job_count_;
  gpu_count_ += trace_.jobs[job].gpu_count;
  const auto line = line_of_job_[job];
  const bool was_empty = lines_[line].is_empty();
  lines_[line].take(place_of_job_[job], expected_ms_[job]);
  if (was_empty) open(line, of_shapes_[shape_of_job_[job]]);
  note_first(shape_of_job_[job]);
}

void Queue::remove(std::uint32_t job) {
  --job_count_;
  gpu_count_ -= trace_.jobs[job].gpu_count;
  const auto line = line_of_job_[job];
  lines_[line].leave(place_of_job_[job]);
  if (lines_[line].is_empty()) close(line, of_shapes_[shape_of_job_[job]]);
  note_first(shape_of_job_[job]);
}

Turn Queue::turn_of(std::uint32_t job) const {
  switch (order_) {
    case TraceOrder::fifo:
      return {0, job};
    case TraceOrder::sjf:
      return {expected_ms_[job], job};
    case TraceOrder::fairshare:
      return {ranks_[trace_.jobs[job].tenant], job};
  }
  return {};
}

std::optional<Turn> Queue::first() const {
  if (firsts_.empty()) return std::nullopt;
  return firsts_.begin()->first;
}

std::optional<Turn> Queue::first_of(std::uint32_t shape, std::int64_t expected_ms_max) const {
  std::optional<Turn> first;
  for (const auto line : of_shapes_[shape].lines) {
    if (first && ranks_[tenant_of_line_[line]] > first->rank) break;
    const auto place = lines_[line].first(expected_ms_max);
    if (place == Line::none) continue;
    const auto turn = turn_of(jobs_[begin_of_line_[line] + place]);
    if (!first || turn < *first) first = turn;
  }
  return first;
}

void Queue::set_ranks(std::vector<std::int64_t> ranks) {
  ranks_ = std::move(ranks);
  for (const auto shape : shapes_) {
    auto& lines = of_shapes_[shape].lines;
    std::sort(lines.begin(), lines.end(), [this](auto a, auto b) { return comes_before(a, b); });
    note_first(shape);
  }
}

bool Queue::comes_before(std::uint32_t line, std::uint32_t other) const {
  return std::pair(ranks_[tenant_of_line_[line]], line) <
         std::pair(ranks_[tenant_of_line_[other]], other);
}

void Queue::open(std::uint32_t line, OfShape& shape) {
  if (shape.lines.empty()) {
    shape.place = static_cast<std::uint32_t>(shapes_.size());
    shapes_.push_back(static_cast<std::uint32_t>(&shape - of_shapes_.data()));
  }
  const auto at =
      std::lower_bound(shape.lines.begin(), shape.lines.end(), line,
                       [this](std::uint32_t a, std::uint32_t b) { return comes_before(a, b); });
  shape.lines.insert(at, line);
}

void Queue::close(std::uint32_t line, OfShape& shape) {
  std::erase(shape.lines, line);
  if (!shape.lines.empty()) return;
  of_shapes_[shapes_.back()].place = shape.place;
  shapes_[shape.place] = shapes_.back();
  shapes_.pop_back();
}

void Queue::note_first(std::uint32_t number) {
  auto& shape = of_shapes_[number];
  const auto first = first_of(number, Line::anything);
  if (first == shape.first) return;
  if (shape.first) firsts_.erase({*shape.first, number});
  if (first) firsts_.emplace(*first, number);
  shape.first = first;
}

}  // namespace orrery::play
