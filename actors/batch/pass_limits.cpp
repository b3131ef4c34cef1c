#include <fmt/format.h>

#include "actors/batch/pass.hpp"

namespace orrery::batch {
namespace {

/// Whether there would be more than allowed; 0 allows any number.
bool is_over(std::uint64_t has, std::uint64_t wants, std::uint64_t most) {
  return most != 0 && has + wants > most;
}

}  // namespace

std::uint64_t Pass::qos_key(const QueuedJob& job, const ShapeView& view) const {
  return std::uint64_t{view.qos_index} << 32 | queue_.people.associations()[job.association].user;
}

void Pass::add_load(const QueuedJob& job, const Shape& shape) {
  const auto add = [&](Load& load) {
    ++load.jobs;
    load.gpus += shape.gpu_count();
  };
  const auto& pair = queue_.people.associations()[job.association];
  add(user_loads_[pair.user]);
  for (auto team = pair.team; team != People::none; team = queue_.people.parent_of(team))
    add(team_loads_[team]);
  if (const auto& view = view_of(job.shape); view.qos != nullptr)
    add(qos_loads_[qos_key(job, view)]);
  if (job.array_id != 0) ++array_loads_[job.array_id];
}

/// A sentence for all whom the same rule keeps waiting, made once.
template <class Make>
std::uint32_t Pass::note(WaitReason reason, std::uint32_t whose, Make make) {
  const auto [known, is_new] =
      notes_.try_emplace({reason, whose}, static_cast<std::uint32_t>(forecast_.notes.size()));
  if (is_new) forecast_.notes.push_back(make());
  return known->second;
}

WaitReason Pass::limit_against(const Candidate& candidate) {
  for (const auto limit :
       {&Pass::limit_of_array, &Pass::limit_of_user, &Pass::limit_of_teams, &Pass::limit_of_qos})
    if (const auto reason = (this->*limit)(candidate); reason != WaitReason::none) return reason;
  return WaitReason::none;
}

WaitReason Pass::limit_of_array(const Candidate& candidate) {
  const auto& job = candidate.job;
  if (job.array_id == 0) return WaitReason::none;
  const auto* array = queue_.book.array(job.array_id);
  if (array == nullptr || array->running_max == 0) return WaitReason::none;
  const auto load = array_loads_.find(job.array_id);
  const auto running = load == array_loads_.end() ? 0 : load->second;
  if (running < array->running_max) return WaitReason::none;
  candidate.forecast.note = note(WaitReason::array_task_limit, job.array_id, [&]() {
    return ForecastNote{"job.array", fmt::format("{} tasks of array {} run, {} at most at once",
                                                 running, job.array_id, array->running_max)};
  });
  return WaitReason::array_task_limit;
}

WaitReason Pass::limit_of_user(const Candidate& candidate) {
  const auto number = queue_.people.associations()[candidate.job.association].user;
  const auto& user = queue_.people.users()[number];
  const auto& load = user_loads_[number];
  const auto jobs_max = user.grant.limits.running_max.value_or(policy_.limits.running_max);
  if (is_over(load.jobs, 1, jobs_max)) {
    candidate.forecast.note = note(WaitReason::running_limit, number, [&]() {
      return ForecastNote{"limits.running_max", fmt::format("{} runs {} jobs, {} at most",
                                                            user.name, load.jobs, jobs_max)};
    });
    return WaitReason::running_limit;
  }
  const auto gpus_max = user.grant.limits.gpus_max.value_or(policy_.limits.gpus_max);
  if (is_over(load.gpus, candidate.view.shape->gpu_count(), gpus_max)) {
    candidate.forecast.note = note(WaitReason::gpu_limit, number, [&]() {
      return ForecastNote{"limits.gpus_max", fmt::format("{} has {} GPUs, {} at most at once",
                                                         user.name, load.gpus, gpus_max)};
    });
    return WaitReason::gpu_limit;
  }
  return WaitReason::none;
}

WaitReason Pass::limit_of_teams(const Candidate& candidate) {
  // Numbers of teams are apart from those of users.
  const auto key = [](std::uint32_t team) { return team | 0x8000'0000; };
  auto number = queue_.people.associations()[candidate.job.association].team;
  for (; number != People::none; number = queue_.people.parent_of(number)) {
    const auto& team = queue_.people.teams()[number];
    const auto& load = team_loads_[number];
    const auto jobs_max = team.limits.running_max.value_or(0);
    if (is_over(load.jobs, 1, jobs_max)) {
      candidate.forecast.note = note(WaitReason::running_limit, key(number), [&]() {
        return ForecastNote{
            "team.limits.running_max",
            fmt::format("team {} runs {} jobs, {} at most", team.name, load.jobs, jobs_max)};
      });
      return WaitReason::running_limit;
    }
    const auto gpus_max = team.limits.gpus_max.value_or(0);
    if (is_over(load.gpus, candidate.view.shape->gpu_count(), gpus_max)) {
      candidate.forecast.note = note(WaitReason::gpu_limit, key(number), [&]() {
        return ForecastNote{
            "team.limits.gpus_max",
            fmt::format("team {} has {} GPUs, {} at most at once", team.name, load.gpus, gpus_max)};
      });
      return WaitReason::gpu_limit;
    }
  }
  return WaitReason::none;
}

WaitReason Pass::limit_of_qos(const Candidate& candidate) {
  const auto* qos = candidate.view.qos;
  if (qos == nullptr || (qos->jobs_max == 0 && qos->gpus_max == 0)) return WaitReason::none;
  const auto& load = qos_loads_[qos_key(candidate.job, candidate.view)];
  const bool too_many_jobs = is_over(load.jobs, 1, qos->jobs_max);
  if (!too_many_jobs && !is_over(load.gpus, candidate.view.shape->gpu_count(), qos->gpus_max))
    return WaitReason::none;
  const auto number = queue_.people.associations()[candidate.job.association].user;
  candidate.forecast.note =
      note(WaitReason::qos_limit, number * 64 + candidate.view.qos_index, [&]() {
        return ForecastNote{
            fmt::format("qos.{}.{}", qos->name, too_many_jobs ? "jobs_max" : "gpus_max"),
            fmt::format("{} runs {} jobs with {} GPUs in qos {}; {} jobs and {} GPUs at most (0: "
                        "any number)",
                        queue_.people.users()[number].name, load.jobs, load.gpus, qos->name,
                        qos->jobs_max, qos->gpus_max)};
      });
  return WaitReason::qos_limit;
}

}  // namespace orrery::batch
