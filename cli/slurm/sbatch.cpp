#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/pause.hpp"
#include "cli/slurm/submission.hpp"

namespace orrery::slurm {

namespace {

constexpr std::string_view help =
    "Usage: sbatch [OPTIONS(0)...] [script [args(0)...]]\n"
    "  -A, --account=name          charge job to specified account\n"
    "  -a, --array=indexes         job array index values, such as 0-15%4\n"
    "  -b, --begin=time            defer job until HH:MM MM/DD/YY, or now+1hour\n"
    "  -C, --constraint=list       features that nodes must have\n"
    "  -c, --cpus-per-task=ncpus   number of cpus required per task\n"
    "  -d, --dependency=type:jobid defer job until condition on jobid is satisfied\n"
    "  -D, --chdir=directory       set working directory for batch script\n"
    "  -e, --error=err             file for batch script's standard error\n"
    "      --export=names          environment variables that the job has\n"
    "      --exclusive             nodes for this job alone\n"
    "  -G, --gpus=n                GPUs in all, such as a100:2\n"
    "      --gpus-per-node=n       GPUs of each node\n"
    "      --gres=list             such as gpu:a100:2\n"
    "  -H, --hold                  submit job in held state\n"
    "  -J, --job-name=jobname      name of job\n"
    "      --mail-type=type        BEGIN, END, FAIL, ALL, TIME_LIMIT_80 …\n"
    "      --mail-user=user        who to send email notification for job state changes\n"
    "      --mem=MB                memory of each node; K, M, G, T\n"
    "      --mem-per-cpu=MB        memory of each cpu\n"
    "  -N, --nodes=N               number of nodes on which to run\n"
    "  -n, --ntasks=ntasks         number of tasks to run\n"
    "      --nice[=value]          decrease scheduling priority by value\n"
    "  -o, --output=out            file for batch script's standard output\n"
    "      --parsable              print the job id alone\n"
    "  -p, --partition=partition   partition requested\n"
    "  -q, --qos=qos               quality of service\n"
    "  -Q, --quiet                 quiet mode (suppress informational messages)\n"
    "      --requeue, --no-requeue whether the job may go back to the queue\n"
    "      --signal=[B:]num[@time] send signal when time limit within time seconds\n"
    "  -t, --time=minutes          time limit, such as 1-12:00:00\n"
    "      --time-min=minutes      minimum time limit (if distinct)\n"
    "      --test-only             validate batch script but do not submit\n"
    "  -w, --nodelist=hosts...     request a specific list of hosts\n"
    "  -W, --wait                  wait for completion of submitted job\n"
    "      --wrap=command          wrap command string in a sh script and submit\n"
    "  -x, --exclude=hosts...      exclude a specific list of hosts\n"
    "\nServer:\n"
    "      --server=URL, --data=DIR   where it is, see `squeue --help`\n";

constexpr std::chrono::milliseconds look_again{500};
/// As sbatch has it.
constexpr std::size_t script_bytes_max = 4u << 20;

/// The script's text, or what sbatch says of it.
Result<std::string> read_script(const std::vector<std::string>& operands) {
  std::string text;
  if (operands.empty()) {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(operands.front(), std::ios::binary);
    std::error_code failure;
    if (!in || std::filesystem::is_directory(operands.front(), failure))
      return Failure{"Unable to open file " + operands.front()};
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  if (text.empty()) return Failure{"Batch script is empty!"};
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Failure{"Batch script contains only whitespace!"};
  if (text.size() > script_bytes_max) return Failure{"Batch script is too large"};
  if (!text.starts_with("#!"))
    return Failure{
        "This does not look like a batch script.  The first\n"
        "sbatch: error: line must start with #! followed by the path to an interpreter.\n"
        "sbatch: error: For instance: #!/bin/sh"};
  if (text.find("\r\n") != std::string_view::npos)
    return Failure{
        "Batch script contains DOS line breaks (\\r\\n)\n"
        "sbatch: error: instead of expected UNIX line breaks (\\n)."};
  if (text.find('\0') != std::string_view::npos) return Failure{"Batch script contains a NUL byte"};
  return {boost::system::in_place_value, std::move(text)};
}

Result<std::string> wrapped(const std::string& command) {
  return {boost::system::in_place_value,
          "#!/bin/sh\n# This script was created by sbatch --wrap.\n\n" + command + "\n"};
}

/// The script's lines, then the environment, then the command line above all.
sbatch::Parsed<sbatch::SbatchOptions> all_options(const std::string& script,
                                                  const sbatch::SbatchOptions& given) {
  auto options = sbatch::parse_directives(script);
  if (!options) return options;
  const auto environment = sbatch::parse_environment(
      sbatch::Tool::sbatch, [](const char* name) { return std::getenv(name); });
  if (!environment) return environment;
  sbatch::override_by(*options, *environment);
  sbatch::override_by(*options, given);
  return options;
}

std::string name_of(const sbatch::CommandLine& line) {
  if (line.options.wrap) return "wrap";
  return line.operands.empty() ? "sbatch"
                               : std::filesystem::path(line.operands.front()).filename().string();
}

/// How the job did, as the exit code of the command.
int await_end(const Client& client, std::uint32_t id) {
  const HeldSignals signals;
  JobWishes wishes;
  wishes.ids = std::to_string(id);
  wishes.states = "all";
  for (;;) {
    const auto list = load_jobs(client, wishes);
    if (!list) return complain("sbatch", list.error().message);
    int worst = 0;
    bool is_over = true;
    for (const auto& row : list->rows) {
      is_over = is_over && row.has_ended();
      worst = std::max(worst, exit_code_of(row));
    }
    if (is_over) return worst;
    if (const auto signal = signals.wait_for(look_again); signal && *signal != SIGCHLD)
      return exit_failure;
  }
}

int send(const Client& client, Submission submission) {
  const auto& options = submission.options;
  if (options.tests_only) {
    const auto body = submission_json(submission);
    return body ? exit_success : complain("sbatch", body.error().message);
  }
  const auto id = submit(client, submission);
  if (!id)
    return complain_of_submission("sbatch", "Batch job submission failed", id.error(), options);
  if (options.is_parsable)
    std::cout << *id << '\n' << std::flush;
  else if (!options.is_quiet)
    std::cout << fmt::format("Submitted batch job {}\n", *id) << std::flush;
  return options.waits ? await_end(client, *id) : exit_success;
}

int run(const sbatch::CommandLine& line, const ServerWords& server) {
  if (line.options.wrap && !line.operands.empty())
    return complain("sbatch", "Script arguments not permitted with --wrap option");
  const auto script = line.options.wrap ? wrapped(*line.options.wrap) : read_script(line.operands);
  if (!script) return complain("sbatch", script.error().message);
  auto options = all_options(*script, line.options);
  if (!options) return complain_of_option("sbatch", options.error());
  const auto client = Client::find(server);
  if (!client) return complain("sbatch", client.error().message);
  Submission submission{*script, {}, std::move(*options), name_of(line)};
  if (line.operands.size() > 1)
    submission.arguments.assign(line.operands.begin() + 1, line.operands.end());
  return send(*client, std::move(submission));
}

}  // namespace

int sbatch(Words words) {
  const auto parse = [](Words some) {
    return sbatch::parse_command_line(sbatch::Tool::sbatch, some);
  };
  const auto [server, rest] = take_server_words(words, [&](Words some) {
    const auto line = parse(some);
    return line && !line->operands.empty();
  });
  const auto line = parse(rest);
  if (!line) return complain_of_option("sbatch", line.error());
  if (line->options.wants_help || line->options.wants_usage) {
    std::cout << help;
    return exit_success;
  }
  if (line->options.wants_version) {
    std::cout << "slurm 22.05.8\n";
    return exit_success;
  }
  return run(*line, server);
}

}  // namespace orrery::slurm
