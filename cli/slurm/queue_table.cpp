#include "cli/slurm/queue_table.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "cli/slurm/job_list.hpp"

namespace orrery::slurm {

std::vector<JobRow> joined_tasks(const std::vector<JobRow>& rows) {
  using Alike = std::tuple<std::uint32_t, std::string>;
  std::map<Alike, std::vector<std::uint32_t>> tasks;
  const auto alike = [](const JobRow& row) {
    return Alike{row.array_id(), text_of(row.json(), "state_reason")};
  };
  for (const auto& row : rows)
    if (row.is_pending() && row.task_id()) tasks[alike(row)].push_back(*row.task_id());
  std::vector<JobRow> lines;
  for (const auto& row : rows) {
    if (!row.is_pending() || !row.task_id()) {
      lines.push_back(row);
      continue;
    }
    const auto found = tasks.find(alike(row));
    if (found == tasks.end()) continue;
    lines.push_back(row);
    const auto running_max = static_cast<std::uint32_t>(number_of(row.json(), "array_max_tasks"));
    std::ranges::sort(found->second);
    lines.back().stand_for(task_list_text(found->second, running_max));
    tasks.erase(found);
  }
  return lines;
}

void sort_jobs(std::vector<JobRow>& rows, std::string_view fields) {
  auto keys = split_list(fields);
  std::ranges::reverse(keys);
  for (const auto& key : keys) {
    const bool goes_down = key.starts_with('-');
    const auto letter = key.substr(key.find_first_not_of("+-"));
    std::ranges::stable_sort(rows, [&](const JobRow& left, const JobRow& right) {
      const auto order = compare_jobs(goes_down ? right : left, goes_down ? left : right, letter);
      return order < 0;
    });
  }
}

Result<std::string> queue_text(std::vector<Column> columns, const std::vector<JobRow>& rows,
                               bool with_header) {
  std::vector<const JobField*> fields;
  Line titles;
  for (auto& column : columns) {
    fields.push_back(find_job_field(column.field));
    if (fields.back() == nullptr)
      return Failure{fmt::format("Invalid job format specification: {}", column.field)};
    column.is_whole = fields.back()->name.starts_with("time");
    titles.emplace_back(column.width == 0 ? fields.back()->title
                                          : fields.back()->title.substr(0, column.width));
  }
  std::vector<Line> lines;
  if (with_header) lines.push_back(std::move(titles));
  for (const auto& row : rows) {
    Line line;
    line.reserve(fields.size());
    for (const auto* field : fields) line.push_back(field->text(row));
    lines.push_back(std::move(line));
  }
  return {boost::system::in_place_value, aligned_text(columns, lines)};
}

}  // namespace orrery::slurm
