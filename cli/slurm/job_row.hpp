#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace orrery::slurm {

/// What an answer says under `key`: empty or 0 where it says nothing, or null.
std::string text_of(const boost::json::object& object, std::string_view key);
std::int64_t number_of(const boost::json::object& object, std::string_view key);
bool truth_of(const boost::json::object& object, std::string_view key);
/// Whether a list of texts has one.
bool has_word(const boost::json::object& object, std::string_view key, std::string_view word);

/// A job as /slurm/v0.0.38/jobs shows it, in squeue's words.
class JobRow {
 public:
  /// `now_s`: seconds since 1970.
  JobRow(const boost::json::object& job, std::int64_t now_s) : job_(&job), now_s_(now_s) {}

  /// One or more tasks of an array that wait alike: "0-7%2" instead of one task's number.
  void stand_for(std::string tasks) { tasks_ = std::move(tasks); }

  const boost::json::object& json() const { return *job_; }
  std::uint32_t id() const;
  /// 0 where it is none.
  std::uint32_t array_id() const;
  std::optional<std::uint32_t> task_id() const;
  /// "1080", "1080_3", "1080_[0-7%2]"
  std::string id_text() const;
  std::string state() const;
  /// "PD", "R", "CG" …
  std::string short_state() const;
  bool is_pending() const { return state() == "PENDING"; }
  bool has_ended() const;
  /// How long it has run.
  std::int64_t run_s() const;
  std::string nodes() const;
  /// "(Resources)", or where it runs.
  std::string nodes_or_reason() const;

  std::string time_limit() const;
  std::string time_left() const;
  /// "3", "0-7%2"; empty where it is no array's.
  std::string tasks_text() const;
  std::string memory() const;

 private:
  const boost::json::object* job_;
  std::int64_t now_s_;
  std::string tasks_;
};

/// One field of squeue's -o and -O.
struct JobField {
  /// Of -o; empty where only -O knows it.
  std::string_view letter;
  /// Of -O, in lower case.
  std::string_view name;
  std::string_view title;
  std::string (*text)(const JobRow& job);
};
/// Null where there is none of that letter or name.
const JobField* find_job_field(std::string_view letter_or_name);

/// What a command that waits for the job exits with: its exit code, 128 and the signal that ended
/// it, or 1 where it ended otherwise without either.
int exit_code_of(const JobRow& job);

/// "PD" of "PENDING".
std::string short_state_of(std::string_view state);

}  // namespace orrery::slurm
