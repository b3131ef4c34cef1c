#include <iostream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/queue_table.hpp"

namespace orrery::slurm {

namespace {

constexpr std::string_view help =
    "Usage: squeue [OPTIONS]\n"
    "  -A, --account=account(s)        comma separated list of accounts\n"
    "  -h, --noheader                  no headers on output\n"
    "  -j, --job=job(s)                comma separated list of jobs\n"
    "      --json                      the API's answer\n"
    "  -l, --long                      long report\n"
    "      --me                        equivalent to --user=<my username>\n"
    "  -n, --name=job_name(s)          comma separated list of job names\n"
    "  -o, --format=format             such as \"%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R\"\n"
    "  -O, --Format=format             such as \"JobID,Name,State,StartTime\"\n"
    "  -p, --partition=partition(s)    comma separated list of partitions\n"
    "  -q, --qos=qos(s)                comma separated list of qos's\n"
    "  -r, --array                     one task of an array a line\n"
    "  -S, --sort=fields               comma separated fields of --format to sort by\n"
    "      --start                     expected start times of pending jobs\n"
    "  -t, --states=states             comma separated list of states, or all\n"
    "  -u, --user=user_name(s)         comma separated list of users\n"
    "  -w, --nodelist=hostlist         nodes that jobs have\n";

constexpr std::string_view usual = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R";
constexpr std::string_view long_format = "%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R";
constexpr std::string_view start_format = "%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R";

struct Wishes {
  JobWishes jobs;
  std::string format;
  std::string named_format;
  /// Of those that come alike the latest is the first, as with Slurm.
  std::string sort = "P,t,-p,-i";
  bool no_header = false;
  bool is_long = false;
  bool start = false;
  bool each_task = false;
  bool json = false;
};

std::vector<Option> options_of(Wishes& wishes) {
  std::vector<Option> options = job_options(wishes.jobs);
  for (auto& option : std::vector<Option>{
           value("format", 'o', wishes.format), value("Format", 'O', wishes.named_format),
           value("sort", 'S', wishes.sort), flag("noheader", 'h', wishes.no_header),
           flag("long", 'l', wishes.is_long), flag("start", 0, wishes.start),
           flag("array", 'r', wishes.each_task), flag("json", 0, wishes.json),
           ignored("all", 'a', false), ignored("verbose", 'v', false),
           ignored("array-unique", 0, false), ignored("local", 0, false),
           ignored("hide", 0, false)})
    options.push_back(std::move(option));
  return options;
}

std::vector<Column> columns_of(const Wishes& wishes) {
  if (!wishes.named_format.empty()) return named_columns(wishes.named_format);
  if (!wishes.format.empty()) return letter_columns(wishes.format);
  if (wishes.is_long) return letter_columns(long_format);
  return letter_columns(wishes.start ? start_format : usual);
}

int print(const Wishes& wishes, const std::vector<JobRow>& rows) {
  const auto table = queue_text(columns_of(wishes), rows, !wishes.no_header);
  if (!table) return complain("squeue", table.error().message);
  if (wishes.is_long && !wishes.no_header) std::cout << date_line() << '\n';
  std::cout << *table;
  return exit_success;
}

}  // namespace

int squeue(Words words) {
  Wishes wishes;
  const auto reading = read_words("squeue", words, options_of(wishes), help);
  if (!reading.operands) return reading.exit_code;
  if (!reading.operands->empty()) {
    std::cerr << fmt::format("squeue: error: Unrecognized option: {}\n", reading.operands->front());
    return exit_failure;
  }
  if (wishes.start && wishes.jobs.states.empty()) wishes.jobs.states = "PENDING";
  const auto client = Client::find(reading.server);
  if (!client) return complain("squeue", client.error().message);
  const auto list = load_jobs(*client, wishes.jobs);
  if (!list) return complain_plainly("slurm_load_jobs error: " + list.error().message);
  if (wishes.json) {
    std::cout << boost::json::serialize(*list->answer) << '\n';
    return exit_success;
  }
  auto rows = wishes.each_task ? list->rows : joined_tasks(list->rows);
  sort_jobs(rows, wishes.sort);
  return print(wishes, rows);
}

}  // namespace orrery::slurm
