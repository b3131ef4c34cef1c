#pragma once

#include <string>

#include "cli/slurm/job_row.hpp"

namespace orrery::slurm {

/// Records as `scontrol show` prints them: lines of Name=value, an empty line after each.
/// `details`: with the GPUs that a job has.
std::string job_record(const JobRow& job, bool details);
std::string node_record(const boost::json::object& node);
std::string partition_record(const boost::json::object& partition);
std::string reservation_record(const boost::json::object& reservation);

/// The same on one line (-o).
std::string on_one_line(const std::string& record);

}  // namespace orrery::slurm
