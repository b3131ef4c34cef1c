#include "cli/slurm/job_list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <iostream>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "cli/exit_codes.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "storage/system_clock.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

/// Slurm's "Invalid job id specified".
constexpr int invalid_job_id = 2017;

/// In the order of Slurm's numbers.
constexpr std::array state_order{"PENDING",   "RUNNING", "SUSPENDED", "COMPLETED",
                                 "CANCELLED", "FAILED",  "TIMEOUT",   "NODE_FAIL",
                                 "PREEMPTED", "",        "",          "OUT_OF_MEMORY"};

int rank_of(const std::string& state) {
  const auto found = std::ranges::find(state_order, state);
  // CONFIGURING and COMPLETING are flags beside a state: such a job counts as running.
  return found == state_order.end() ? 1 : static_cast<int>(found - state_order.begin());
}

bool is_in(const std::vector<std::string>& list, const std::string& word) {
  return list.empty() || std::ranges::find(list, word) != list.end();
}

bool is_of_state(const std::vector<std::string>& wanted, const JobRow& row) {
  if (wanted.empty()) return !row.has_ended();
  return std::ranges::any_of(wanted, [&](const std::string& word) {
    const auto state = boost::algorithm::to_upper_copy(word);
    return state == "ALL" || state == row.state() || state == row.short_state();
  });
}

/// Whether it has, or had, one of the nodes.
bool is_on(const std::vector<std::string>& wanted, const JobRow& row) {
  if (wanted.empty()) return true;
  const auto held = sbatch::expand_host_list(row.nodes());
  return held && std::ranges::any_of(*held, [&](const auto& node) {
           return std::ranges::find(wanted, node) != wanted.end();
         });
}

/// Lists taken apart, once for all rows.
struct Filter {
  explicit Filter(const JobWishes& wishes)
      : users(split_list(wishes.users)),
        accounts(split_list(wishes.accounts)),
        partitions(split_list(wishes.partitions)),
        names(split_list(wishes.names)),
        qos(split_list(wishes.qos)),
        states(split_list(wishes.states)),
        nodes(sbatch::expand_host_list(wishes.nodes).value_or(std::vector<std::string>{})) {}

  bool passes(const JobRow& row) const {
    const auto& job = row.json();
    return is_in(users, text_of(job, "user_name")) && is_in(accounts, text_of(job, "account")) &&
           is_in(partitions, text_of(job, "partition")) && is_in(names, text_of(job, "name")) &&
           is_in(qos, text_of(job, "qos")) && is_of_state(states, row) && is_on(nodes, row);
  }

  std::vector<std::string> users, accounts, partitions, names, qos, states, nodes;
};

bool is_number(std::string_view letter) {
  return letter.size() == 1 &&
         std::string_view("ADCQUKyMlpS").find(letter) != std::string_view::npos;
}

/// What to sort by where the field is a number.
std::int64_t number_under(const JobRow& row, std::string_view letter) {
  switch (letter.front()) {
    case 'M':
      return row.run_s();
    case 'l':
      return number_of(row.json(), "time_limit");
    case 'S':
      return number_of(row.json(), "start_time");
    case 'D':
      return number_of(row.json(), "node_count");
    case 'C':
      return number_of(row.json(), "cpus");
    case 'U':
      return number_of(row.json(), "user_id");
    case 'y':
      return number_of(row.json(), "nice");
    case 'K':
      return row.task_id().value_or(0);
    case 'A':
      return row.id();
    default:
      return number_of(row.json(), "priority");
  }
}

}  // namespace

std::vector<Option> job_options(JobWishes& wishes) {
  return {value("jobs", 'j', wishes.ids),         value("job", 0, wishes.ids),
          value("user", 'u', wishes.users),       value("users", 0, wishes.users),
          value("account", 'A', wishes.accounts), value("partition", 'p', wishes.partitions),
          value("name", 'n', wishes.names),       value("qos", 'q', wishes.qos),
          value("states", 't', wishes.states),    value("state", 0, wishes.states),
          value("nodelist", 'w', wishes.nodes),   flag("me", 0, wishes.is_mine)};
}

bool JobName::means(const JobRow& job) const {
  if (tasks.empty()) return job.id() == id || (job.array_id() != 0 && job.array_id() == id);
  return job.array_id() == id && job.task_id() &&
         std::ranges::find(tasks, *job.task_id()) != tasks.end();
}

std::optional<JobName> parse_job_name(std::string_view text) {
  JobName name;
  const auto* begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + text.size(), name.id);
  if (error != std::errc{} || name.id == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - begin));
  if (text.empty()) return name;
  if (!text.starts_with('_')) return std::nullopt;
  text.remove_prefix(1);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text == "*") return name;
  const auto tasks = sbatch::parse_array(text);
  if (!tasks) return std::nullopt;
  name.tasks = tasks->task_ids;
  return name;
}

Result<JobList> load_jobs(const Client& client, const JobWishes& given) {
  auto wishes = given;
  if (wishes.is_mine) wishes.users = client.user();
  std::vector<JobName> names;
  for (const auto& id : split_list(wishes.ids)) {
    const auto name = parse_job_name(id);
    if (!name) return Failure{fmt::format("Invalid job id: {}", id)};
    names.push_back(*name);
  }
  // One job is asked for by itself: it is found also after it has ended.
  const bool is_one = names.size() == 1;
  auto answer = client.get(is_one ? fmt::format("{}/job/{}", controller, names.front().id)
                                  : fmt::format("{}/jobs", controller));
  if (!answer) return answer.error();
  JobList list{std::make_shared<const json::object>(std::move(*answer)), {}};
  if (is_one && list_of(*list.answer, "jobs").empty())
    return Failure{"Invalid job id specified", invalid_job_id};
  const Filter filter(wishes);
  const auto now = now_s();
  for (const auto& job : list_of(*list.answer, "jobs")) {
    const JobRow row(job.as_object(), now);
    const bool is_named = names.empty() || std::ranges::any_of(names, [&](const JobName& name) {
                            return name.means(row);
                          });
    if (is_named && filter.passes(row)) list.rows.push_back(row);
  }
  return list;
}

int compare_jobs(const JobRow& left, const JobRow& right, std::string_view letter) {
  const auto sign = [](auto before, auto after) { return before < after ? -1 : before > after; };
  if (letter == "t" || letter == "T") return sign(rank_of(left.state()), rank_of(right.state()));
  if (letter == "i") return sign(left.id(), right.id());
  if (is_number(letter)) return sign(number_under(left, letter), number_under(right, letter));
  const auto* field = find_job_field(letter);
  if (field == nullptr) return 0;
  return field->text(left).compare(field->text(right));
}

std::string task_list_text(const std::vector<std::uint32_t>& tasks, std::uint32_t running_max) {
  return sbatch::array_text(tasks, running_max);
}

std::int64_t now_s() {
  return std::chrono::floor<std::chrono::seconds>(SystemClock().now().time_since_epoch()).count();
}

std::int32_t utc_offset_min() {
  const std::time_t now = now_s();
  std::tm local{};
  localtime_r(&now, &local);
  return static_cast<std::int32_t>(local.tm_gmtoff / 60);
}

std::string date_line() {
  const std::time_t now = now_s();
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S %Y", &local);
  return text.data();
}

int complain(std::string_view command, std::string_view message) {
  std::cerr << fmt::format("{}: error: {}\n", command, message);
  return exit_failure;
}

int complain_plainly(std::string_view message) {
  std::cerr << message << '\n';
  return exit_failure;
}

}  // namespace orrery::slurm
