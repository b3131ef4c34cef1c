#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

// What slurmrestd is sent and sends, v0.0.38.

std::string rest_submission(const SlurmOrder& order);

/// An answer with its errors made a failure. One without a list of them isn't Slurm's, but of what
/// stands before it, such as a gateway; only of such does `status` tell.
SlurmResult<boost::json::object> read_rest_answer(std::string_view text, unsigned status);

std::optional<std::uint64_t> read_rest_job_id(const boost::json::object& answer);
/// Those of this user. Nothing where it has no list of jobs: that isn't an empty one.
std::optional<std::vector<SlurmJob>> read_rest_jobs(const boost::json::object& answer,
                                                    std::string_view user);
std::optional<std::vector<SlurmNode>> read_rest_nodes(const boost::json::object& answer);
std::optional<std::vector<SlurmPartition>> read_rest_partitions(const boost::json::object& answer);
/// Of `/diag`.
std::optional<SlurmController> read_rest_controller(const boost::json::object& answer);

}  // namespace orrery
