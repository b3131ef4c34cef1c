#pragma once

#include "http/aicenter/route_table.hpp"

namespace orrery::aicenter {

/// One function a resource. Of Slurm's controller:
void add_jobs(Routes& routes);
void add_job_submission(Routes& routes);
void add_job_changes(Routes& routes);
void add_job_cancellation(Routes& routes);
/// Nodes, partitions, reservations, and what `add_controller` adds: licenses, ping and diag.
void add_cluster(Routes& routes);
void add_controller(Routes& routes);

/// Of Slurm's accounting: everything below /slurmdb/v0.0.38.
void add_accounting(Routes& routes);

/// Our own below /orrery/v1/center, but for files: people, teams, notices, the policy, why jobs
/// wait, tokens.
void add_center(Routes& routes);

}  // namespace orrery::aicenter
