#include "actors/batch/pass.hpp"

#include <algorithm>
#include <limits>

#include "actors/batch/node_fit.hpp"
#include "actors/batch/priority.hpp"

namespace orrery::batch {
namespace {

constexpr std::uint32_t no_node = 0xffff'ffff;

}  // namespace

Plan plan(const Queue& queue, const std::vector<FleetNode>& fleet, const BatchPolicy& policy,
          std::int64_t now_s) {
  return Pass(queue, fleet, policy, now_s).run();
}

Pass::Pass(const Queue& queue, const std::vector<FleetNode>& fleet, const BatchPolicy& policy,
           std::int64_t now_s)
    : queue_(queue),
      fleet_(fleet),
      policy_(policy),
      now_s_(now_s),
      plan_{{}, {}, std::make_shared<Forecast>(), 0},
      forecast_(*plan_.forecast),
      views_(queue.book.shapes(), fleet, policy),
      memos_(queue.book.shapes().number_count()),
      pools_(views_.pool_count()),
      user_loads_(queue.people.users().size()),
      team_loads_(queue.people.teams().size()),
      access_(queue.people.associations().size()),
      partition_is_blocked_(policy.partitions.size()) {
  forecast_.notes.emplace_back();
  forecast_.shares = queue.shares.by_name;
  forecast_.node_count = views_.node_count();
  forecast_.cpu_count = views_.cpu_count();
}

Plan Pass::run() {
  look_at_nodes();
  look_at_reservations();
  look_at_runs();
  sweep();
  std::uint32_t rank = 0;
  for (const auto& next : order_) {
    forecast_.jobs[next.slot].rank = ++rank;
    if (forecast_.jobs[next.slot].reason == WaitReason::none) consider(next.slot);
  }
  return std::move(plan_);
}

void Pass::wake_at(std::int64_t at_s) {
  if (at_s > now_s_ && (plan_.next_s == 0 || at_s < plan_.next_s)) plan_.next_s = at_s;
}

void Pass::look_at_nodes() {
  std::uint32_t number_max = 0;
  for (const auto& node : fleet_) number_max = std::max(number_max, node.number);
  index_of_node_.assign(number_max + 1, no_node);
  tenants_.resize(fleet_.size());
  outlooks_.reserve(fleet_.size());
  for (std::uint32_t i = 0; i < fleet_.size(); ++i) {
    const auto& node = fleet_[i];
    index_of_node_[node.number] = i;
    auto& outlook = outlooks_.emplace_back(node, now_s_);
    if (node.shunned_until_s > now_s_) {
      outlook.block(now_s_, node.shunned_until_s, 0);
      wake_at(node.shunned_until_s);
    }
    if (!node.is_usable) continue;
    const auto room = node.room();
    pools_[ShapeViews::pool_of_cpus].capacity += node.size.cpu_count;
    pools_[ShapeViews::pool_of_any_gpus].capacity += static_cast<double>(room.gpus);
    if (const auto pool = views_.pool_of(node.size.gpu_model); pool != ShapeViews::pool_of_any_gpus)
      pools_[pool].capacity += static_cast<double>(room.gpus);
  }
}

void Pass::look_at_reservations() {
  for (std::size_t i = 0; i < policy_.reservations.size() && i < 64; ++i) {
    const auto& reservation = policy_.reservations[i];
    if (reservation.end_time_s <= now_s_) continue;
    wake_at(reservation.start_time_s);
    wake_at(reservation.end_time_s);
    for (std::uint32_t node = 0; node < fleet_.size(); ++node)
      if (contains(reservation.nodes, fleet_[node].size.id))
        outlooks_[node].block(reservation.start_time_s, reservation.end_time_s, Access{1} << i);
  }
}

void Pass::look_at_runs() {
  for (const auto& [id, run] : queue_.book.runs()) {
    const auto* job = queue_.book.find(id);
    if (job == nullptr) continue;
    const auto& view = view_of(job->shape);
    const auto ends_s = run.ends_s(now_s_, policy_.kill_wait_s);
    ends_s_[id] = ends_s;
    add_load(*job, *view.shape);
    add_work(view, static_cast<std::uint32_t>((ends_s - now_s_) / 60));
    for (const auto number : run.nodes) {
      const auto index = number < index_of_node_.size() ? index_of_node_[number] : no_node;
      if (index == no_node) continue;
      outlooks_[index].timeline().take(now_s_, ends_s, view.need);
      tenants_[index].push_back(id);
    }
  }
}

const ShapeView& Pass::view_of(std::uint32_t shape) { return views_.of(shape); }

Access Pass::access_of(std::uint32_t association) {
  auto& access = access_[association];
  if (access) return *access;
  access = 0;
  const auto& pair = queue_.people.associations()[association];
  for (std::size_t i = 0; i < policy_.reservations.size() && i < 64; ++i) {
    const auto& reservation = policy_.reservations[i];
    if (contains(reservation.users, queue_.people.users()[pair.user].name) ||
        contains(reservation.accounts, queue_.people.teams()[pair.team].name))
      *access |= Access{1} << i;
  }
  return *access;
}

void Pass::sweep() {
  if (queue_.book.has_singletons()) find_namesakes();
  const auto waiting = queue_.book.waiting_count();
  forecast_.jobs.reserve(waiting);
  order_.reserve(waiting);
  job_of_slot_.reserve(waiting);
  const auto& jobs = queue_.book.jobs();
  for (std::uint32_t index = 0; index < jobs.size(); ++index)
    if (jobs[index].is_waiting()) sweep_one(index);
  std::sort(order_.begin(), order_.end(), [](const Order& a, const Order& b) {
    return a.key != b.key ? a.key < b.key : a.slot < b.slot;
  });
}

void Pass::sweep_one(std::uint32_t index) {
  const auto& job = queue_.book.jobs()[index];
  const auto& view = view_of(job.shape);
  JobForecast forecast;
  forecast.job_id = job.id;
  forecast.reason = obstacle_of(job, view);
  const bool is_held = job.hold != JobHold::none;
  forecast.priority = is_held ? 0 : priority_for(job, view);
  const auto tier = is_held ? 0 : std::uint64_t{view.tier};
  order_.push_back(
      {~(tier << 32 | forecast.priority), static_cast<std::uint32_t>(forecast_.jobs.size())});
  job_of_slot_.push_back(index);
  forecast_.jobs.push_back(forecast);
}

std::uint32_t Pass::priority_for(const QueuedJob& job, const ShapeView& view) const {
  if (job.priority != 0) return job.priority;
  PriorityFactors factors;
  factors.age = age_factor(policy_.weights, std::max(job.submitted_s, job.begin_time_s), now_s_);
  factors.fair_share = queue_.shares.factors[job.association];
  factors.job_size = view.size_factor;
  factors.partition = view.partition_factor;
  factors.qos = view.qos_factor;
  return priority_of(policy_.weights, factors, job.nice);
}

WaitReason Pass::obstacle_of(const QueuedJob& job, const ShapeView& view) {
  if (job.hold == JobHold::user) return WaitReason::held_by_user;
  if (job.hold == JobHold::admin) return WaitReason::held_by_admin;
  if (job.has_dependencies) {
    const auto state = queue_.book.dependency_state(job);
    if (state == DependencyState::never) return WaitReason::dependency_never_satisfied;
    if (state == DependencyState::waiting || is_behind_its_namesake(job))
      return WaitReason::dependency;
  }
  if (job.begin_time_s > now_s_) {
    wake_at(job.begin_time_s);
    return WaitReason::begin_time;
  }
  const auto& user = queue_.people.users()[queue_.people.associations()[job.association].user];
  if (user.is_suspended(now_s_)) {
    wake_at(user.suspension->until_s);
    return WaitReason::user_suspended;
  }
  if (view.obstacle != WaitReason::none) return view.obstacle;
  const bool some_partition_allows =
      std::any_of(view.places.begin(), view.places.end(), [&](const PartitionNodes& place) {
        const auto most = place.partition->time_limit_max_min;
        return most == 0 || job.time_limit_min <= most;
      });
  return some_partition_allows ? WaitReason::none : WaitReason::partition_time_limit;
}

/// Jobs are in the order of their ids: the first of a name is the oldest.
void Pass::find_namesakes() {
  for (const auto& job : queue_.book.jobs())
    if (!job.has_ended)
      namesakes_.emplace(
          std::pair(queue_.people.associations()[job.association].user, job.name_hash), job.id);
}

bool Pass::is_behind_its_namesake(const QueuedJob& job) const {
  if (!queue_.book.is_singleton(job)) return false;
  const auto oldest =
      namesakes_.find(std::pair(queue_.people.associations()[job.association].user, job.name_hash));
  return oldest != namesakes_.end() && oldest->second != job.id;
}

}  // namespace orrery::batch
