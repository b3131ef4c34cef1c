#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// "Slurm Job_id=1000 Name=train Ended, Run time 00:02:00, COMPLETED, ExitCode 0": as Slurm's own
/// mails are headed. `type` is one of `job_mail_type`.
std::string job_mail_subject(const JobRow& job, std::uint16_t type);

/// A few lines for people; Slurm's mails have none.
std::string job_mail_text(const JobRow& job, std::string_view cluster);

}  // namespace orrery::aicenter
