#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/slurm/client.hpp"
#include "cli/slurm/job_row.hpp"
#include "cli/slurm/words.hpp"

namespace orrery::slurm {

/// Which jobs a command means: lists with commas between, empty where anything will do.
struct JobWishes {
  std::string ids;
  std::string users;
  std::string accounts;
  std::string partitions;
  std::string names;
  std::string qos;
  /// Slurm's words, whole or short; "all". Empty: those that live.
  std::string states;
  /// A host list.
  std::string nodes;
  bool is_mine = false;
};
/// -j, -u, -A, -p, -n, -q, -t, -w and --me.
std::vector<Option> job_options(JobWishes& wishes);

/// "1080", "1080_3", "1080_[1-3]" as somebody names a job, or tasks of an array.
struct JobName {
  std::uint32_t id = 0;
  /// Empty: the job, or every task.
  std::vector<std::uint32_t> tasks;

  bool means(const JobRow& job) const;
};
std::optional<JobName> parse_job_name(std::string_view text);

/// Rows point into the answer.
struct JobList {
  std::shared_ptr<const boost::json::object> answer;
  std::vector<JobRow> rows;
};
Result<JobList> load_jobs(const Client& client, const JobWishes& wishes);

/// Less than 0 where `left` comes before `right` by a field of squeue's -o; by numbers where the
/// field is one.
int compare_jobs(const JobRow& left, const JobRow& right, std::string_view letter);

/// "0-7%2" of tasks in their order; 0: any number runs at once.
std::string task_list_text(const std::vector<std::uint32_t>& tasks, std::uint32_t running_max);

std::int64_t now_s();
/// Of this host's clocks.
std::int32_t utc_offset_min();
/// "Sun Nov 22 05:28:54 2026"
std::string date_line();

/// "NAME: error: …" to stderr; the exit code.
int complain(std::string_view command, std::string_view message);
int complain_plainly(std::string_view message);

}  // namespace orrery::slurm
