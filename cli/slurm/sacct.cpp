#include <algorithm>
#include <array>
#include <iostream>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/join.hpp>
#include <boost/json/serialize.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/record_table.hpp"
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

/// A job, or one of its steps.
struct Record {
  const json::object* job = nullptr;
  /// Null: the job itself.
  const json::object* step = nullptr;

  const json::object& own() const { return step != nullptr ? *step : *job; }
};

const json::object& object_of(const json::object& object, std::string_view key) {
  static const json::object none;
  const auto* found = object.if_contains(key);
  return found != nullptr && found->is_object() ? found->get_object() : none;
}

std::string of_job(const Record& record, std::string_view key) { return text_of(*record.job, key); }

std::int64_t time_of(const Record& record, std::string_view key) {
  return number_of(object_of(record.own(), "time"), key);
}

std::string id_text(const Record& record) {
  const auto& array = object_of(*record.job, "array");
  const auto* task = array.if_contains("task_id");
  const bool is_task = number_of(array, "job_id") != 0 && task != nullptr && task->is_int64();
  auto id = is_task ? fmt::format("{}_{}", number_of(array, "job_id"), task->get_int64())
                    : std::to_string(number_of(*record.job, "job_id"));
  if (record.step != nullptr) id += "." + text_of(object_of(*record.step, "step"), "id");
  return id;
}

std::string state_text(const Record& record) {
  if (record.step != nullptr) return text_of(*record.step, "state");
  return text_of(object_of(*record.job, "state"), "current");
}

std::string exit_text(const Record& record) {
  const auto& exit = object_of(record.own(), "exit_code");
  return fmt::format("{}:{}", number_of(exit, "return_code"),
                     number_of(object_of(exit, "signal"), "signal_id"));
}

/// What is counted of a kind: cpu, mem, node, gres/gpu.
std::int64_t counted(const Record& record, std::string_view which, std::string_view kind) {
  for (const auto& each : list_of(object_of(record.own(), "tres"), which)) {
    const auto& tres = each.as_object();
    const auto name = text_of(tres, "name");
    const auto type = text_of(tres, "type");
    if ((name.empty() ? type : type + "/" + name) == kind) return number_of(tres, "count");
  }
  return 0;
}

std::string tres_text(const Record& record, std::string_view which) {
  std::vector<std::string> parts;
  for (const auto& each : list_of(object_of(record.own(), "tres"), which)) {
    const auto& tres = each.as_object();
    const auto count = number_of(tres, "count");
    if (count <= 0) continue;
    const auto type = text_of(tres, "type");
    const auto name = text_of(tres, "name");
    parts.push_back(fmt::format(
        "{}{}{}={}", type, name.empty() ? "" : "/", name,
        type == "mem" ? memory_text(static_cast<std::uint64_t>(count)) : std::to_string(count)));
  }
  std::ranges::sort(parts);
  return boost::algorithm::join(parts, ",");
}

std::string cpus_text(const Record& record) {
  return std::to_string(counted(record, "allocated", "cpu"));
}

std::string elapsed_text(const Record& record) {
  return long_duration_text(time_of(record, "elapsed"));
}

std::string limit_text(const Record& record) {
  const auto minutes = number_of(object_of(*record.job, "time"), "limit");
  if (record.step != nullptr) return "";
  return minutes == 0 ? "UNLIMITED" : long_duration_text(minutes * 60);
}

std::string moment(const Record& record, std::string_view key) {
  return moment_text(time_of(record, key), "Unknown");
}

std::string nodes_text(const Record& record) {
  const auto nodes = of_job(record, "nodes");
  return nodes.empty() ? "None assigned" : nodes;
}

/// What steps don't have.
std::string job_only(const Record& record, std::string text) {
  return record.step != nullptr ? std::string() : std::move(text);
}

constexpr std::array fields = std::to_array<RecordField<Record>>({
    {"account", "Account", 10, [](const Record& record) { return of_job(record, "account"); }},
    {"alloccpus", "AllocCPUS", 10, cpus_text},
    {"allocnodes", "AllocNodes", 10,
     [](const Record& record) { return std::to_string(counted(record, "allocated", "node")); }},
    {"alloctres", "AllocTRES", 10,
     [](const Record& record) { return tres_text(record, "allocated"); }},
    {"cluster", "Cluster", 10, [](const Record& record) { return of_job(record, "cluster"); }},
    {"comment", "Comment", 14,
     [](const Record& record) { return text_of(object_of(*record.job, "comment"), "job"); }},
    {"constraints", "Constraints", 15,
     [](const Record& record) { return of_job(record, "constraints"); }},
    {"elapsed", "Elapsed", 10, elapsed_text},
    {"elapsedraw", "ElapsedRaw", 10,
     [](const Record& record) { return std::to_string(time_of(record, "elapsed")); }},
    {"eligible", "Eligible", 19,
     [](const Record& record) {
       return moment_text(number_of(object_of(*record.job, "time"), "eligible"), "Unknown");
     }},
    {"end", "End", 19, [](const Record& record) { return moment(record, "end"); }},
    {"exitcode", "ExitCode", 8, exit_text},
    {"group", "Group", 9, [](const Record& record) { return of_job(record, "group"); }},
    {"jobid", "JobID", -12, id_text},
    {"jobidraw", "JobIDRaw", -12,
     [](const Record& record) {
       auto id = std::to_string(number_of(*record.job, "job_id"));
       if (record.step != nullptr) id += "." + text_of(object_of(*record.step, "step"), "id");
       return id;
     }},
    {"jobname", "JobName", 10,
     [](const Record& record) {
       return record.step != nullptr ? text_of(object_of(*record.step, "step"), "name")
                                     : of_job(record, "name");
     }},
    {"ncpus", "NCPUS", 10, cpus_text},
    {"nnodes", "NNodes", 8,
     [](const Record& record) { return std::to_string(counted(record, "allocated", "node")); }},
    {"nodelist", "NodeList", 15, nodes_text},
    {"ntasks", "NTasks", 8,
     [](const Record& record) {
       return record.step == nullptr
                  ? std::string()
                  : std::to_string(number_of(object_of(*record.step, "tasks"), "count"));
     }},
    {"partition", "Partition", 10,
     [](const Record& record) { return job_only(record, of_job(record, "partition")); }},
    {"priority", "Priority", 10,
     [](const Record& record) { return job_only(record, std::to_string(number_of(*record.job, "priority"))); }},
    {"qos", "QOS", 10, [](const Record& record) { return job_only(record, of_job(record, "qos")); }},
    {"reason", "Reason", 22,
     [](const Record& record) { return job_only(record, text_of(object_of(*record.job, "state"), "reason")); }},
    {"reqcpus", "ReqCPUS", 8,
     [](const Record& record) {
       return std::to_string(number_of(object_of(*record.job, "required"), "CPUs"));
     }},
    {"reqmem", "ReqMem", 10,
     [](const Record& record) { return job_only(record, memory_text(static_cast<std::uint64_t>( number_of(object_of(*record.job, "required"), "memory")))); }},
    {"reqtres", "ReqTRES", 10,
     [](const Record& record) { return job_only(record, tres_text(record, "requested")); }},
    {"start", "Start", 19, [](const Record& record) { return moment(record, "start"); }},
    {"state", "State", 10, state_text},
    {"submit", "Submit", 19,
     [](const Record& record) {
       return moment_text(number_of(object_of(*record.job, "time"), "submission"), "Unknown");
     }},
    {"timelimit", "Timelimit", 10, limit_text},
    {"timelimitraw", "TimelimitRaw", 12,
     [](const Record& record) { return job_only(record, std::to_string(number_of(object_of(*record.job, "time"), "limit"))); }},
    {"user", "User", 9, [](const Record& record) { return job_only(record, of_job(record, "user")); }},
    {"workdir", "WorkDir", 20,
     [](const Record& record) { return job_only(record, of_job(record, "working_directory")); }},
});

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

bool is_named(const std::string& ids, const Record& record) {
  const auto names = split_list(ids);
  if (names.empty()) return true;
  const auto array = number_of(object_of(*record.job, "array"), "job_id");
  const auto raw = std::to_string(number_of(*record.job, "job_id"));
  return std::ranges::any_of(names, [&](const std::string& name) {
    return name == id_text(record) || name == raw || (array != 0 && name == std::to_string(array));
  });
}

bool is_shown(const Wishes& wishes, const Record& record) {
  const auto& jobs = wishes.jobs;
  const auto states = split_list(jobs.states);
  const auto state = state_text(record);
  const bool is_of_state =
      states.empty() || std::ranges::any_of(states, [&](const std::string& word) {
        const auto upper = boost::algorithm::to_upper_copy(word);
        return upper == state || upper == short_state_of(state);
      });
  return is_of_state && is_named(jobs.ids, record) && is_in(jobs.users, of_job(record, "user")) &&
         is_in(jobs.accounts, of_job(record, "account")) &&
         is_in(jobs.partitions, of_job(record, "partition")) &&
         is_in(jobs.names, of_job(record, "name")) && is_in(jobs.qos, of_job(record, "qos"));
}

std::vector<Record> records_of(const Wishes& wishes, const json::object& answer) {
  std::vector<Record> records;
  for (const auto& each : list_of(answer, "jobs")) {
    const Record job{&each.as_object(), nullptr};
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
  const auto table = table_of<Record>(fields, format, records_of(wishes, answer), unknown);
  if (!table) return complain("sacct", fmt::format("Invalid field requested: \"{}\"", unknown));
  std::cout << table->text(wishes.form);
  return exit_success;
}

void list_fields() {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += fmt::format("{:<20}", fields[i].title);
    if (i % 4 == 3 || i + 1 == fields.size()) {
      std::cout << line << '\n';
      line.clear();
    }
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
  auto target = fmt::format("{}/jobs?start_time={}", accounting, *start);
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
