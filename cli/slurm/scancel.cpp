#include <iostream>

#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::slurm {

namespace {

constexpr std::string_view help =
    "Usage: scancel [OPTIONS] [job_id[_array_id]]\n"
    "  -A, --account=account           jobs of this account\n"
    "      --me                        jobs of mine\n"
    "  -n, --name=job_name             jobs of this name\n"
    "  -p, --partition=partition       jobs of this partition\n"
    "  -q, --qos=qos                   jobs of this quality of service\n"
    "  -Q, --quiet                     no complaints about jobs that have ended\n"
    "  -s, --signal=name|integer       send this, and let the job go on\n"
    "  -t, --state=states              PENDING, RUNNING or SUSPENDED\n"
    "  -u, --user=user_name            jobs of this user\n"
    "  -v, --verbose                   say what is done\n"
    "  -w, --nodelist=hostlist         jobs that have one of these nodes\n";

/// Slurm's "Job/step already completing or completed".
constexpr int already_done = 2021;

struct Wishes {
  JobWishes jobs;
  std::string signal;
  bool quiet = false;
  bool verbose = false;
};

std::vector<Option> options_of(Wishes& wishes) {
  auto options = job_options(wishes.jobs);
  for (auto& option :
       std::vector<Option>{value("signal", 's', wishes.signal), ignored("batch", 'b', false),
                           flag("quiet", 'Q', wishes.quiet), flag("verbose", 'v', wishes.verbose),
                           ignored("full", 'f', false), ignored("hurry", 'H', false),
                           ignored("ctld", 0, false), ignored("interactive", 'i', false)})
    options.push_back(std::move(option));
  return options;
}

bool wants_any(const JobWishes& wishes) {
  return wishes.is_mine || !(wishes.users + wishes.accounts + wishes.partitions + wishes.names +
                             wishes.qos + wishes.states + wishes.nodes)
                                .empty();
}

/// `id`: as the API takes it.
bool cancel(const Client& client, const Wishes& wishes, const std::string& id) {
  if (wishes.verbose) std::cerr << fmt::format("scancel: Terminating job {}\n", id);
  auto target = fmt::format("{}/job/{}", controller, id);
  if (!wishes.signal.empty()) target += "?signal=" + wishes.signal;
  const auto done = client.remove(target);
  if (done) return true;
  const bool is_over = done.error().number == already_done;
  if (!(is_over && wishes.quiet))
    std::cerr << fmt::format("scancel: error: Kill job error on job id {}: {}\n", id,
                             done.error().message);
  return is_over;
}

/// "1080_[0-2]" → each of its tasks.
std::optional<std::vector<std::string>> ids_of(const std::string& word) {
  const auto name = parse_job_name(word);
  if (!name) return std::nullopt;
  if (name->tasks.empty()) return std::vector{std::to_string(name->id)};
  std::vector<std::string> ids;
  ids.reserve(name->tasks.size());
  for (const auto task : name->tasks) ids.push_back(fmt::format("{}_{}", name->id, task));
  return ids;
}

int cancel_named(const Client& client, const Wishes& wishes,
                 const std::vector<std::string>& words) {
  bool all_done = true;
  for (const auto& word : words) {
    const auto ids = ids_of(word);
    if (!ids) return complain("scancel", "Invalid job id " + word);
    for (const auto& id : *ids) all_done = cancel(client, wishes, id) && all_done;
  }
  return all_done ? exit_success : exit_failure;
}

/// A task by the array's name for it: its own id may be that of all of the array.
std::string one_job(const JobRow& row) {
  if (const auto task = row.task_id()) return fmt::format("{}_{}", row.array_id(), *task);
  return std::to_string(row.id());
}

int cancel_found(const Client& client, const Wishes& wishes) {
  const auto list = load_jobs(client, wishes.jobs);
  if (!list) return complain("scancel", list.error().message);
  bool all_done = true;
  for (const auto& row : list->rows) all_done = cancel(client, wishes, one_job(row)) && all_done;
  return all_done ? exit_success : exit_failure;
}

/// What --signal says as the API takes it; nothing where it is no signal.
std::optional<std::string> signal_number(const std::string& word) {
  if (word.empty()) return "";
  const auto number = sbatch::parse_signal_number(word);
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

}  // namespace

int scancel(Words words) {
  Wishes wishes;
  const auto reading = read_words("scancel", words, options_of(wishes), help);
  if (!reading.operands) return reading.exit_code;
  const auto signal = signal_number(wishes.signal);
  if (!signal) return complain("scancel", "Unknown job signal: " + wishes.signal);
  wishes.signal = *signal;
  if (reading.operands->empty() && !wants_any(wishes.jobs))
    return complain("scancel", "No job identification provided");
  const auto client = Client::find(reading.server);
  if (!client) return complain("scancel", client.error().message);
  if (!reading.operands->empty() && !wants_any(wishes.jobs))
    return cancel_named(*client, wishes, *reading.operands);
  for (const auto& word : *reading.operands) wishes.jobs.ids += word + ",";
  return cancel_found(*client, wishes);
}

}  // namespace orrery::slurm
