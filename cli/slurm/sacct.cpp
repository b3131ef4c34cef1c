#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json/serialize.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/sacct_fields.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "storage/system_clock.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

constexpr std::string_view help =
    "Usage: sacct [OPTIONS]\n"
    "  -a, --allusers              jobs of all users\n"
    "  -A, --accounts=list         jobs of these accounts\n"
    "  -b, --brief                 JobID, State, ExitCode\n"
    "  -e, --helpformat            fields of --format\n"
    "  -E, --endtime=time          jobs that began before\n"
    "  -j, --jobs=list             these jobs\n"
    "      --json                  the API's answer\n"
    "  -n, --noheader              no headers on output\n"
    "      --name=list             jobs of these names\n"
    "  -o, --format=list           such as JobID,JobName%20,State,Elapsed\n"
    "  -p, --parsable, -P, --parsable2\n"
    "                              '|' between the fields; -p after the last, too\n"
    "  -r, --partition=list        jobs of these partitions\n"
    "  -s, --state=list            jobs of these states\n"
    "  -S, --starttime=time        jobs that hadn't ended before; midnight where nobody says\n"
    "  -u, --uid=list, --user=list jobs of these users; mine where nobody says\n"
    "  -X, --allocations           jobs without their steps\n";

constexpr std::string_view usual = "jobid,jobname,partition,account,alloccpus,state,exitcode";
constexpr std::string_view brief = "jobid,state,exitcode";

struct Wishes {
  JobWishes jobs;
  std::string format;
  std::string start;
  std::string end;
  TableForm form;
  bool all_users = false;
  bool is_brief = false;
  bool no_steps = false;
  bool json = false;
  bool lists_fields = false;
};

std::vector<Option> options_of(Wishes& wishes) {
  return {value("jobs", 'j', wishes.jobs.ids),
          value("format", 'o', wishes.format),
          value("starttime", 'S', wishes.start),
          value("endtime", 'E', wishes.end),
          value("user", 'u', wishes.jobs.users),
          value("uid", 0, wishes.jobs.users),
          value("accounts", 'A', wishes.jobs.accounts),
          value("partition", 'r', wishes.jobs.partitions),
          value("name", 0, wishes.jobs.names),
          value("qos", 'q', wishes.jobs.qos),
          value("state", 's', wishes.jobs.states),
          value("nodelist", 'N', wishes.jobs.nodes),
          flag("allusers", 'a', wishes.all_users),
          flag("brief", 'b', wishes.is_brief),
          flag("noheader", 'n', wishes.form.no_header),
          flag("parsable", 'p', wishes.form.ends_with_bar),
          flag("parsable2", 'P', wishes.form.is_parsable),
          flag("allocations", 'X', wishes.no_steps),
          flag("json", 0, wishes.json),
          flag("helpformat", 'e', wishes.lists_fields),
          ignored("duplicates", 'D', false),
          ignored("verbose", 'v', false)};
}

/// Seconds since 1970; of nothing said, the last midnight where no job is named.
std::optional<std::int64_t> start_s(const Wishes& wishes) {
  if (wishes.start.empty() && !wishes.jobs.ids.empty()) return 0;
  if (!wishes.start.empty())
    return sbatch::parse_begin_time(wishes.start, SystemClock().now(), utc_offset_min());
  constexpr std::int64_t day_s = 86'400;
  const auto local = now_s() + std::int64_t{utc_offset_min()} * 60;
  return local / day_s * day_s - std::int64_t{utc_offset_min()} * 60;
}

bool is_in(const std::string& list, const std::string& word) {
  const auto words = split_list(list);
  return words.empty() || std::ranges::find(words, word) != words.end();
}

bool is_named(const std::string& ids, const AccountedJob& record) {
  const auto names = split_list(ids);
  if (names.empty()) return true;
  const auto array = accounted_array(record);
  const auto raw = std::to_string(number_of(*record.job, "job_id"));
  return std::ranges::any_of(names, [&](const std::string& name) {
    return name == accounted_id(record) || name == raw ||
           (array != 0 && name == std::to_string(array));
  });
}

bool is_shown(const Wishes& wishes, const AccountedJob& record) {
  const auto& jobs = wishes.jobs;
  const auto states = split_list(jobs.states);
  const auto state = accounted_state(record);
  const bool is_of_state =
      states.empty() || std::ranges::any_of(states, [&](const std::string& word) {
        const auto upper = boost::algorithm::to_upper_copy(word);
        return upper == state || upper == short_state_of(state);
      });
  return is_of_state && is_named(jobs.ids, record) &&
         is_in(jobs.users, text_of(*record.job, "user")) &&
         is_in(jobs.accounts, text_of(*record.job, "account")) &&
         is_in(jobs.partitions, text_of(*record.job, "partition")) &&
         is_in(jobs.names, text_of(*record.job, "name")) &&
         is_in(jobs.qos, text_of(*record.job, "qos"));
}

std::vector<AccountedJob> records_of(const Wishes& wishes, const json::object& answer) {
  std::vector<AccountedJob> records;
  for (const auto& each : list_of(answer, "jobs")) {
    const AccountedJob job{&each.as_object(), nullptr};
    if (!is_shown(wishes, job)) continue;
    records.push_back(job);
    if (wishes.no_steps) continue;
    for (const auto& step : list_of(each.as_object(), "steps"))
      records.push_back({job.job, &step.as_object()});
  }
  return records;
}

int print(const Wishes& wishes, const json::object& answer) {
  const auto format = !wishes.format.empty() ? std::string_view(wishes.format)
                      : wishes.is_brief      ? brief
                                             : usual;
  std::string unknown;
  const auto table =
      table_of<AccountedJob>(sacct_fields(), format, records_of(wishes, answer), unknown);
  if (!table) return complain("sacct", fmt::format("Invalid field requested: \"{}\"", unknown));
  std::cout << table->text(wishes.form);
  return exit_success;
}

void list_fields() {
  std::string line;
  const auto fields = sacct_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += fmt::format("{:<20}", fields[i].title);
    if (i % 4 != 3 && i + 1 != fields.size()) continue;
    std::cout << line << '\n';
    line.clear();
  }
}

}  // namespace

int sacct(Words words) {
  Wishes wishes;
  const auto reading = read_words("sacct", words, options_of(wishes), help);
  if (!reading.operands) return reading.exit_code;
  if (wishes.lists_fields) {
    list_fields();
    return exit_success;
  }
  wishes.form.is_parsable = wishes.form.is_parsable || wishes.form.ends_with_bar;
  const auto client = Client::find(reading.server);
  if (!client) return complain("sacct", client.error().message);
  if (wishes.jobs.users.empty() && wishes.jobs.ids.empty() && !wishes.all_users)
    wishes.jobs.users = client->user();
  const auto start = start_s(wishes);
  if (!start) return complain("sacct", "Invalid time specification: " + wishes.start);
  auto target = fmt::format("{}/jobs?", accounting);
  if (*start != 0) target += fmt::format("start_time={}", *start);
  if (!wishes.end.empty()) {
    const auto end = sbatch::parse_begin_time(wishes.end, SystemClock().now(), utc_offset_min());
    if (!end) return complain("sacct", "Invalid time specification: " + wishes.end);
    target += fmt::format("&end_time={}", *end);
  }
  const auto answer = client->get(target);
  if (!answer) return complain("sacct", answer.error().message);
  if (!wishes.json) return print(wishes, *answer);
  std::cout << json::serialize(*answer) << '\n';
  return exit_success;
}

}  // namespace orrery::slurm
