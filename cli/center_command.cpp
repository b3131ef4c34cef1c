#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/policy_changes.hpp"
#include "cli/policy_file.hpp"
#include "cli/slurm/client.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/job_row.hpp"
#include "http/aicenter/policy_document.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

struct CenterArguments {
  slurm::ServerWords server;
  std::string file;
  std::string folder;
  std::string job;
  bool json = false;
};
using Arguments = std::shared_ptr<CenterArguments>;
using Verb = int(const CenterArguments& arguments);

int complain(std::string_view message, int code = exit_failure) {
  std::cerr << "orrery center: " << message << '\n';
  return code;
}

/// The policy of the file, or nothing once every problem is printed.
std::optional<BatchPolicy> read(const CenterArguments& arguments) {
  auto policy = read_policy_file(arguments.file);
  if (policy) return std::move(*policy);
  for (const auto& problem : policy.error().problems) std::cerr << problem << '\n';
  return std::nullopt;
}

std::string policy_target() { return fmt::format("{}/policy", slurm::center); }

slurm::Result<BatchPolicy> policy_in_force(const slurm::Client& client) {
  const auto answer = client.get(policy_target());
  if (!answer) return answer.error();
  auto policy = aicenter::read_policy(*answer);
  if (policy) return std::move(*policy);
  return slurm::Failure{"the server's policy can't be read: " + policy.error().text()};
}

int check(const CenterArguments& arguments) {
  const auto policy = read(arguments);
  if (!policy) return exit_failure;
  std::cout << fmt::format("{} is good: {} nodes, {} partitions, {} classes\n", arguments.file,
                           policy->nodes.size(), policy->partitions.size(), policy->classes.size());
  return exit_success;
}

int example(const CenterArguments&) {
  std::cout << embedded_policy_toml();
  return exit_success;
}

int show(const CenterArguments& arguments) {
  const auto client = slurm::Client::find(arguments.server);
  if (!client) return complain(client.error().message, exit_usage);
  const auto policy = policy_in_force(*client);
  if (!policy) return complain(policy.error().message);
  if (arguments.json)
    std::cout << json::serialize(aicenter::policy_json(*policy)) << '\n';
  else
    std::cout << policy_toml(*policy);
  return exit_success;
}

/// What the file changes of the policy in force; changes it where `applies`.
int bring(const CenterArguments& arguments, bool applies) {
  const auto policy = read(arguments);
  if (!policy) return exit_failure;
  const auto client = slurm::Client::find(arguments.server);
  if (!client) return complain(client.error().message, exit_usage);
  const auto before = policy_in_force(*client);
  const auto changes =
      before ? policy_changes(*before, *policy) : std::vector<std::string>{"there is none yet"};
  for (const auto& change : changes) std::cout << change << '\n';
  if (changes.empty()) {
    std::cout << "nothing differs\n";
    return exit_success;
  }
  const auto document = aicenter::policy_json(*policy);
  const auto done = client->put(policy_target() + (applies ? "" : "?dry_run=true"), document);
  if (!done) return complain(done.error().message);
  std::cout << fmt::format("{} changes{}\n", changes.size(),
                           applies ? " are in force" : "; `orrery center policy apply` makes them");
  return exit_success;
}

int diff(const CenterArguments& arguments) { return bring(arguments, false); }
int apply(const CenterArguments& arguments) { return bring(arguments, true); }

void print_why(const json::object& answer) {
  using slurm::number_of;
  using slurm::text_of;
  std::cout << fmt::format("Job {} is {}: {}\n", number_of(answer, "job_id"),
                           text_of(answer, "state"), text_of(answer, "reason"));
  std::cout << "  " << text_of(answer, "sentence") << '\n';
  if (const auto start = text_of(answer, "expected_start"); !start.empty())
    std::cout << fmt::format(
        "  {}: {}\n", text_of(answer, "state") == "PENDING" ? "Expected start" : "Started", start);
  if (const auto rank = number_of(answer, "rank"); rank != 0)
    std::cout << fmt::format("  Place {} of {} that wait; priority {}\n", rank,
                             number_of(answer, "waiting_count"), number_of(answer, "priority"));
  for (const auto& each : slurm::list_of(answer, "factors")) {
    const auto& factor = each.as_object();
    std::cout << fmt::format("    {:<12} {:.4f} × {:>6} = {:.1f}\n", text_of(factor, "name"),
                             factor.at("value").to_number<double>(), number_of(factor, "weight"),
                             factor.at("points").to_number<double>());
  }
}

int why(const CenterArguments& arguments) {
  if (!slurm::parse_job_name(arguments.job)) return complain("Invalid job id " + arguments.job);
  const auto client = slurm::Client::find(arguments.server);
  if (!client) return complain(client.error().message, exit_usage);
  const auto answer = client->get(fmt::format("{}/jobs/{}/why", slurm::center, arguments.job));
  if (!answer) return complain(answer.error().message);
  if (arguments.json)
    std::cout << json::serialize(*answer) << '\n';
  else
    print_why(*answer);
  return exit_success;
}

/// What is called by these names does what the commands do; files of others stay.
int make_links(const CenterArguments& arguments) {
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) return complain("where this program is can't be found: " + failure.message());
  std::filesystem::create_directories(arguments.folder, failure);
  std::vector<std::string> names;
  names.reserve(slurm::commands().size() + 3);
  for (const auto& command : slurm::commands()) names.emplace_back(command.name);
  for (const auto* model : {"a100", "a40", "a6000"}) names.push_back(fmt::format("show-{}", model));
  for (const auto& name : names) {
    const auto link = std::filesystem::path(arguments.folder) / name;
    if (std::filesystem::is_symlink(link)) std::filesystem::remove(link, failure);
    failure.clear();
    std::filesystem::create_symlink(program, link, failure);
    if (failure) return complain(fmt::format("{}: {}", link.string(), failure.message()));
  }
  std::cout << fmt::format("{} links are in {}; PATH={}:$PATH finds them\n", names.size(),
                           arguments.folder, arguments.folder);
  return exit_success;
}

CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& help,
                   const Arguments& arguments, ChosenCommand& chosen, Verb* run) {
  auto* command = parent.add_subcommand(name, help);
  command->callback(
      [arguments, run, &chosen] { chosen = [arguments, run] { return run(*arguments); }; });
  return command;
}

void add_server(CLI::App& command, CenterArguments& arguments) {
  command.add_option("--url,--server", arguments.server.url, "where the server is (ORRERY_URL)");
  command.add_option("--data", arguments.server.data,
                     "data directory of a server on this machine, for its key or token");
}

void add_policy_verbs(CLI::App& center, const Arguments& arguments, ChosenCommand& chosen) {
  auto* policy = center.add_subcommand("policy", "what the batch system goes by: a TOML file");
  policy->require_subcommand(1);
  add_verb(*policy, "example", "print the policy that is built in", arguments, chosen, example);
  auto* examine = add_verb(*policy, "check", "examine a file", arguments, chosen, check);
  auto* compare = add_verb(*policy, "diff", "what a file would change of a running server",
                           arguments, chosen, diff);
  auto* bring_in = add_verb(*policy, "apply", "put a file into force", arguments, chosen, apply);
  auto* print = add_verb(*policy, "show", "print the policy in force", arguments, chosen, show);
  print->add_flag("--json", arguments->json, "as JSON");
  for (auto* command : {examine, compare, bring_in})
    command->add_option("FILE", arguments->file, "TOML file, see docs/batch-policy.md")->required();
  for (auto* command : {compare, bring_in, print}) add_server(*command, *arguments);
}

}  // namespace

void add_center_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* center =
      orrery.add_subcommand("center", "the university's center: its rules, its commands");
  center->require_subcommand(1);
  center->footer(
      "Examples:\n"
      "  orrery center policy example > mine.toml      the built-in rules, to begin with\n"
      "  orrery center policy check mine.toml          every problem, with its line\n"
      "  orrery center policy apply mine.toml --data /var/lib/orrery\n"
      "  orrery center why 65541                       why a job waits, and until when\n"
      "  orrery center links ~/bin                     sbatch, squeue … as commands\n"
      "Your token: SLURM_JWT; or an operator's key, ORRERY_KEY.");
  const auto arguments = std::make_shared<CenterArguments>();
  add_policy_verbs(*center, arguments, chosen);
  auto* reason =
      add_verb(*center, "why", "why a job waits: the rule, the numbers, the expected start",
               arguments, chosen, why);
  reason->add_option("JOB", arguments->job, "1080, or 1080_3 of an array")->required();
  reason->add_flag("--json", arguments->json, "the answer as JSON");
  add_server(*reason, *arguments);
  auto* links = add_verb(*center, "links", "make sbatch, squeue … of this program", arguments,
                         chosen, make_links);
  links->add_option("DIR", arguments->folder, "folder for the links")->required();
}

}  // namespace orrery
