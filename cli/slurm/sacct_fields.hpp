#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <boost/json/object.hpp>

#include "cli/slurm/record_table.hpp"

namespace orrery::slurm {

/// A job as /slurmdb/v0.0.38/jobs shows it, or one of its steps.
struct AccountedJob {
  const boost::json::object* job = nullptr;
  /// Null: the job itself.
  const boost::json::object* step = nullptr;

  const boost::json::object& own() const { return step != nullptr ? *step : *job; }
};

/// "1080", "1080_3", "1080.batch"
std::string accounted_id(const AccountedJob& record);
std::string accounted_state(const AccountedJob& record);
/// 0 where the job is no task of an array.
std::int64_t accounted_array(const AccountedJob& record);

/// Of sacct's --format.
std::span<const RecordField<AccountedJob>> sacct_fields();

}  // namespace orrery::slurm
