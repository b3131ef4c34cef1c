#include "http/aicenter/jobs/job_reference.hpp"

#include <algorithm>

#include "http/aicenter/sbatch/words.hpp"

namespace orrery::aicenter {

std::optional<JobReference> find_job(const JobView& view, std::string_view text,
                                     ReferenceProblem& problem) {
  const auto underscore = text.find('_');
  const auto id = sbatch::parse_number<std::uint32_t>(text.substr(0, underscore));
  problem = ReferenceProblem::malformed;
  const bool is_number = !text.empty() && text.find_first_not_of("-0123456789") == text.npos;
  if (!id) {
    // slurmrestd asks its controller for numbers that are none of jobs.
    if (is_number) problem = ReferenceProblem::absent;
    return std::nullopt;
  }
  if (*id == 0) return std::nullopt;
  if (underscore != std::string_view::npos) {
    const auto task = sbatch::parse_number<std::uint32_t>(text.substr(underscore + 1));
    if (!task) return std::nullopt;
    for (auto& row : view.tasks(*id))
      if (row.task && row.task->task_id == *task) return JobReference{{std::move(row)}, {}};
    return std::nullopt;
  }
  problem = ReferenceProblem::absent;
  auto row = view.find(*id);
  if (!row) return std::nullopt;
  if (row->task && row->task->array_id == *id) {
    auto tasks = view.tasks(*id);
    if (!tasks.empty()) return JobReference{std::move(tasks), *id};
  }
  return JobReference{{*std::move(row)}, {}};
}

}  // namespace orrery::aicenter
