#include "cli/slurm/job_row.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "cli/slurm/columns.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> short_states{
    {{"PENDING", "PD"},
     {"CONFIGURING", "CF"},
     {"RUNNING", "R"},
     {"COMPLETING", "CG"},
     {"SUSPENDED", "S"},
     {"COMPLETED", "CD"},
     {"CANCELLED", "CA"},
     {"FAILED", "F"},
     {"TIMEOUT", "TO"},
     {"PREEMPTED", "PR"},
     {"NODE_FAIL", "NF"},
     {"BOOT_FAIL", "BF"},
     {"OUT_OF_MEMORY", "OOM"}}};

}  // namespace

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->get_int64();
  if (value->is_uint64()) return static_cast<std::int64_t>(value->get_uint64());
  return value->is_double() ? static_cast<std::int64_t>(value->get_double()) : 0;
}

bool truth_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool has_word(const json::object& object, std::string_view key, std::string_view word) {
  const auto* list = object.if_contains(key);
  if (list == nullptr || !list->is_array()) return false;
  return std::ranges::any_of(list->get_array(), [&](const json::value& each) {
    return each.is_string() && each.get_string() == json::string_view(word.data(), word.size());
  });
}

std::string short_state_of(std::string_view state) {
  for (const auto& [whole, brief] : short_states)
    if (whole == state) return std::string(brief);
  return std::string(state);
}

int exit_code_of(const JobRow& job) {
  // As waitpid's: the signal below, the code above.
  const auto status = number_of(job.json(), "exit_code");
  if ((status & 0x7F) != 0) return 128 + static_cast<int>(status & 0x7F);
  const auto code = static_cast<int>(status >> 8 & 0xFF);
  return code == 0 && job.has_ended() && job.state() != "COMPLETED" ? 1 : code;
}

std::uint32_t JobRow::id() const { return static_cast<std::uint32_t>(number_of(*job_, "job_id")); }

std::uint32_t JobRow::array_id() const {
  return static_cast<std::uint32_t>(number_of(*job_, "array_job_id"));
}

std::optional<std::uint32_t> JobRow::task_id() const {
  const auto* task = job_->if_contains("array_task_id");
  if (array_id() == 0 || task == nullptr || task->is_null()) return std::nullopt;
  return static_cast<std::uint32_t>(number_of(*job_, "array_task_id"));
}

std::string JobRow::tasks_text() const {
  if (!tasks_.empty()) return tasks_;
  if (const auto task = task_id()) return std::to_string(*task);
  return text_of(*job_, "array_task_string");
}

std::string JobRow::id_text() const {
  const auto tasks = tasks_text();
  if (array_id() == 0 || tasks.empty()) return std::to_string(id());
  const bool is_one = tasks_.empty() && task_id();
  return fmt::format(fmt::runtime(is_one ? "{}_{}" : "{}_[{}]"), array_id(), tasks);
}

std::string JobRow::state() const { return text_of(*job_, "job_state"); }
std::string JobRow::short_state() const { return short_state_of(state()); }

bool JobRow::has_ended() const {
  constexpr std::array living{"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED"};
  return std::ranges::find(living, state()) == living.end();
}

std::int64_t JobRow::run_s() const {
  const auto start = number_of(*job_, "start_time");
  if (is_pending() || start == 0) return 0;
  const auto end = number_of(*job_, "end_time");
  const auto until = has_ended() && end != 0 ? end : now_s_;
  return std::max<std::int64_t>(0, until - start);
}

std::string JobRow::nodes() const { return text_of(*job_, "nodes"); }

std::string JobRow::nodes_or_reason() const {
  const auto shown = state();
  if (shown == "PENDING" || shown == "TIMEOUT" || shown == "FAILED" || shown == "OUT_OF_MEMORY")
    return fmt::format("({})", text_of(*job_, "state_reason"));
  return nodes();
}

std::string JobRow::time_limit() const {
  const auto* limit = job_->if_contains("time_limit");
  if (limit == nullptr || limit->is_null()) return "UNLIMITED";
  return duration_text(number_of(*job_, "time_limit") * 60);
}

std::string JobRow::time_left() const {
  const auto* limit = job_->if_contains("time_limit");
  if (limit == nullptr || limit->is_null()) return "UNLIMITED";
  const auto left = number_of(*job_, "time_limit") * 60 - run_s();
  return duration_text(std::max<std::int64_t>(0, left));
}

std::string JobRow::memory() const {
  const auto per_node = number_of(*job_, "memory_per_node");
  const auto per_cpu = number_of(*job_, "memory_per_cpu");
  return memory_text(static_cast<std::uint64_t>(per_node != 0 ? per_node : per_cpu));
}

}  // namespace orrery::slurm
