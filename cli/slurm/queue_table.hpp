#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/slurm/client.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/job_row.hpp"

namespace orrery::slurm {

/// Tasks of an array that wait alike become one line.
std::vector<JobRow> joined_tasks(const std::vector<JobRow>& rows);

/// By --sort: fields of -o with commas between, a minus before one that goes down.
void sort_jobs(std::vector<JobRow>& rows, std::string_view fields);

/// What squeue prints.
Result<std::string> queue_text(std::vector<Column> columns, const std::vector<JobRow>& rows,
                               bool with_header);

}  // namespace orrery::slurm
