#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/replace.hpp>

#include "cli/build_version.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/finite_number.hpp"
#include "cli/progress_line.hpp"
#include "cli/trace_table.hpp"
#include "cli/whole_file.hpp"
#include "sim/report/write_report.hpp"
#include "sim/traces/read_trace.hpp"
#include "sim/traces/trace_run.hpp"

namespace orrery {
namespace {

/// So many bad lines are shown; the others are counted.
constexpr std::size_t bad_lines_shown = 20;

struct SimTraceArguments {
  std::vector<std::string> paths;
  std::string format = "auto";
  std::string policies = "fifo,backfill";
  std::string cluster = "auto";
  std::uint32_t gpus_per_node = 8;
  std::uint32_t load_percent = 80;
  double speed = 1;
  std::uint64_t seed = 1;
  double overestimate = 1;
  bool ignores_limits = false;
  double price = 0;
  std::string currency;
  std::string html;
  std::string json;
  std::string bad_lines;
  bool quiet = false;
};

/// Why there is nothing to show, with the exit code that says so.
struct Complaint {
  std::string message;
  int code = exit_failure;
};
template <class T>
using Attempt = boost::system::result<T, Complaint>;

/// What the arguments ask for.
struct SimTracePlan {
  std::vector<TracePolicy> policies;
  /// Absent: the one that fits each trace.
  std::optional<TraceCluster> cluster;
};

Attempt<SimTracePlan> plan_of(const SimTraceArguments& arguments) {
  SimTracePlan plan;
  const auto policies = parse_trace_policies(arguments.policies);
  if (!policies) return Complaint{"--policy: " + policies.error(), exit_usage};
  plan.policies = *policies;
  if (arguments.cluster == "auto") return plan;
  const auto cluster = parse_trace_cluster(arguments.cluster);
  if (!cluster) return Complaint{"--cluster: " + cluster.error(), exit_usage};
  plan.cluster = *cluster;
  return plan;
}

/// Submissions follow each other so many times faster; runs take as long as they did.
void speed_up(Trace& trace, double speed) {
  if (speed == 1) return;
  for (auto& job : trace.jobs)
    job.submit_ms = static_cast<std::int64_t>(static_cast<double>(job.submit_ms) / speed);
}

Attempt<std::vector<Trace>> read(const SimTraceArguments& arguments) {
  const std::vector<std::filesystem::path> paths(arguments.paths.begin(), arguments.paths.end());
  auto traces = read_traces(paths, trace_format_named(arguments.format));
  if (!traces) return Complaint{traces.error().message};
  for (auto& trace : *traces) speed_up(trace, arguments.speed);
  return std::move(*traces);
}

std::optional<Complaint> without_jobs(const std::vector<Trace>& traces,
                                      const SimTraceArguments& arguments) {
  const bool has_jobs = std::any_of(traces.begin(), traces.end(),
                                    [](const Trace& trace) { return !trace.jobs.empty(); });
  if (has_jobs) return std::nullopt;
  return Complaint{fmt::format("no line of {} is a job; --format says how to read it",
                               boost::algorithm::join(arguments.paths, ", "))};
}

/// Writes to the file, if one is named.
std::optional<Complaint> write(const std::string& file,
                               const std::function<void(std::ostream&)>& writer) {
  if (file.empty()) return std::nullopt;
  if (auto failure = write_whole_file(file, writer)) return Complaint{std::move(*failure)};
  return std::nullopt;
}

std::string text_of(const BadLine& bad) {
  return fmt::format("{}:{}: {}\n", bad.file, bad.line, bad.reason);
}

/// Says which lines are no jobs: the first ones here, all of them in a file where one is named.
std::optional<Complaint> tell_bad_lines(const std::vector<Trace>& traces, const std::string& file) {
  std::vector<const BadLine*> bad_lines;
  for (const auto& trace : traces)
    for (const auto& bad : trace.bad_lines) bad_lines.push_back(&bad);
  for (std::size_t i = 0; i < std::min(bad_lines.size(), bad_lines_shown); ++i)
    std::cerr << text_of(*bad_lines[i]);
  if (bad_lines.size() > bad_lines_shown)
    std::cerr << fmt::format("… and {} more lines that are no jobs{}\n",
                             bad_lines.size() - bad_lines_shown,
                             file.empty() ? "; --bad-lines FILE writes all of them" : "");
  return write(file, [&](std::ostream& out) {
    for (const auto* bad : bad_lines) out << text_of(*bad);
  });
}

std::vector<TraceResult> play(const std::vector<Trace>& traces, const SimTracePlan& plan,
                              const SimTraceArguments& arguments) {
  std::uint64_t total = 0;
  for (const auto& trace : traces) total += trace.jobs.size() * plan.policies.size();
  std::uint64_t before = 0;
  ProgressLine line("played", "jobs", total, arguments.quiet);
  std::vector<TraceResult> results;
  for (const auto& trace : traces) {
    if (trace.jobs.empty()) continue;
    TraceRunSettings settings;
    settings.cluster = plan.cluster.value_or(
        fitting_cluster(trace, arguments.gpus_per_node, arguments.load_percent));
    settings.estimates = {!arguments.ignores_limits, arguments.overestimate};
    settings.seed = arguments.seed;
    settings.price_per_gpu_hour = arguments.price;
    settings.progress = [&](std::uint64_t done, std::uint64_t) { line.reach(before + done); };
    for (const auto& policy : plan.policies) {
      settings.policy = policy;
      results.push_back(run_trace(trace, settings));
      before += trace.jobs.size();
    }
  }
  return results;
}

/// As a shell takes it for one word.
std::string quoted(const std::string& word) {
  const bool is_plain = word.find_first_not_of(
                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "_-./,:+=@%") == std::string::npos;
  if (is_plain && !word.empty()) return word;
  return '\'' + boost::algorithm::replace_all_copy(word, "'", "'\\''") + '\'';
}

/// The command that makes the same report again.
std::string command_of(const SimTraceArguments& arguments) {
  std::string line = "orrery sim trace";
  for (const auto& path : arguments.paths) line += ' ' + quoted(path);
  if (arguments.format != "auto") line += " --format " + arguments.format;
  line += " --policy " + quoted(arguments.policies) + " --cluster " + quoted(arguments.cluster);
  if (arguments.cluster == "auto")
    line += fmt::format(" --gpus-per-node {} --load {}", arguments.gpus_per_node,
                        arguments.load_percent);
  if (arguments.speed != 1) line += fmt::format(" --speed {}", arguments.speed);
  if (arguments.overestimate != 1)
    line += fmt::format(" --overestimate {}", arguments.overestimate);
  if (arguments.ignores_limits) line += " --ignore-limits";
  if (arguments.price != 0) line += fmt::format(" --price {}", arguments.price);
  if (!arguments.currency.empty()) line += " --currency " + quoted(arguments.currency);
  return line + fmt::format(" --seed {}", arguments.seed);
}

ReportOrigin origin_of(const SimTraceArguments& arguments) {
  ReportOrigin origin;
  origin.command = command_of(arguments);
  origin.release = build_release();
  origin.commit = build_commit();
  origin.currency = arguments.currency;
  if (arguments.cluster == "auto")
    origin.notes.push_back(fmt::format(
        "Clusters: the machines that the trace describes; where it describes none, the fewest "
        "nodes of {} GPUs on which the largest job fits and which the jobs keep {} % busy.",
        arguments.gpus_per_node, arguments.load_percent));
  if (arguments.speed != 1)
    origin.notes.push_back(fmt::format(
        "Submissions follow each other {} times as fast as in the trace.", arguments.speed));
  return origin;
}

int complain(const Complaint& complaint) {
  std::cerr << "orrery sim trace: " << complaint.message << '\n';
  return complaint.code;
}

int sim_trace(const SimTraceArguments& arguments) {
  const auto plan = plan_of(arguments);
  if (!plan) return complain(plan.error());
  const auto traces = read(arguments);
  if (!traces) return complain(traces.error());
  if (const auto complaint = tell_bad_lines(*traces, arguments.bad_lines))
    return complain(*complaint);
  if (const auto complaint = without_jobs(*traces, arguments)) return complain(*complaint);
  const auto results = play(*traces, *plan, arguments);
  const auto origin = origin_of(arguments);
  const auto report = summarise(results, *traces, origin);
  // Where a report takes the standard output, people are spoken to beside it.
  auto& spoken = arguments.html == "-" || arguments.json == "-" ? std::cerr : std::cout;
  for (const auto& note : origin.notes) spoken << note << '\n';
  spoken << trace_table(report) << trace_remarks(report, results) << std::flush;

  for (const auto& [file, writer] : {std::pair{arguments.html, &write_report_html},
                                     std::pair{arguments.json, &write_report_json}}) {
    const auto complaint =
        write(file, [&](std::ostream& out) { writer(out, results, *traces, origin); });
    if (complaint) return complain(*complaint);
  }
  return exit_success;
}

void add_what_options(CLI::App& command, SimTraceArguments& arguments) {
  command.add_option("FILE", arguments.paths, "traces, or directories of them")->required();
  command.add_option("--format", arguments.format, "how they are written")
      ->capture_default_str()
      ->check(CLI::IsMember(
          {"auto", "swf", "elasticflow", "philly", "helios", "alibaba", "azure-llm"}));
  command
      .add_option("--policy", arguments.policies,
                  "fifo, sjf or fairshare, each with +backfill, +pack, +spread; several with "
                  "commas are compared")
      ->capture_default_str();
  command
      .add_option("--cluster", arguments.cluster,
                  "NODESxGPUS such as 100x8, or 100x8x64x512 with processors and GiB of memory, "
                  "several kinds with +; auto: the trace's own, or the smallest that will do")
      ->capture_default_str();
  command.add_option("--gpus-per-node", arguments.gpus_per_node, "of --cluster auto")
      ->capture_default_str()
      ->check(CLI::Range(1U, TraceCluster::gpus_per_node_max));
  command.add_option("--load", arguments.load_percent, "of --cluster auto, in percent")
      ->capture_default_str()
      ->check(CLI::Range(1U, 1'000U));
}

void add_how_options(CLI::App& command, SimTraceArguments& arguments) {
  command.add_option("--speed", arguments.speed, "submit jobs so many times as fast")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 1'000.0) & finite_number());
  command
      .add_option("--overestimate", arguments.overestimate,
                  "users without a limit ask for up to so many times what they need")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1'000.0) & finite_number());
  command.add_flag("--ignore-limits", arguments.ignores_limits,
                   "the scheduler knows how long jobs run, not what users said");
  command.add_option("--seed", arguments.seed, "of what is drawn: --overestimate")
      ->capture_default_str();
  command.add_option("--price", arguments.price, "of a GPU-hour")
      ->check(CLI::NonNegativeNumber & finite_number());
  command.add_option("--currency", arguments.currency, "stands before amounts");
}

void add_output_options(CLI::App& command, SimTraceArguments& arguments) {
  command
      .add_option("--html", arguments.html,
                  "write the report as one page; - is the standard output")
      ->type_name("FILE");
  command
      .add_option("--json", arguments.json, "write the report as JSON; - is the standard output")
      ->type_name("FILE");
  command.add_option("--bad-lines", arguments.bad_lines, "write all lines that are no jobs")
      ->type_name("FILE");
  command.add_flag("--quiet", arguments.quiet, "no progress");
}

}  // namespace

void add_sim_trace_command(CLI::App& sim, ChosenCommand& chosen) {
  auto* command = sim.add_subcommand(
      "trace", "run the jobs of a trace on a cluster in virtual time, and compare policies");
  const auto arguments = std::make_shared<SimTraceArguments>();
  add_what_options(*command, *arguments);
  add_how_options(*command, *arguments);
  add_output_options(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  orrery sim trace jobs.swf --policy fifo,backfill,sjf+backfill --html report.html\n"
      "  orrery sim trace traces/ --cluster 200x8 --price 2.5 --json report.json\n"
      "Policies: docs/trace-runs.md. Formats: docs/traces.md.");
  command->callback(
      [&chosen, arguments] { chosen = [arguments] { return sim_trace(*arguments); }; });
}

}  // namespace orrery
