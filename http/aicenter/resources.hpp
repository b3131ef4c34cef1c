#pragma once

#include "http/aicenter/route_table.hpp"

namespace orrery::aicenter {

/// One function a resource. Of Slurm's controller:
void add_jobs(Routes& routes);
void add_job_submission(Routes& routes);
void add_job_changes(Routes& routes);
void add_job_cancellation(Routes& routes);

}  // namespace orrery::aicenter
