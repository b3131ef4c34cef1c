#include <string>
#include <vector>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/aicenter/jobs/job_body.hpp"
#include "http/aicenter/sbatch/job_keys.hpp"
#include "http/aicenter/sbatch/option_table.hpp"
#include "http/aicenter/sbatch/rehearsal.hpp"
#include "http/json/json_body.hpp"

using namespace orrery;
using namespace orrery::sbatch;

namespace {

Parsed<CommandLine> sbatch_line(const std::vector<std::string>& words) {
  return parse_command_line(Tool::sbatch, words);
}

std::string problem(const std::vector<std::string>& words) {
  const auto line = sbatch_line(words);
  return line ? "" : line.error().message;
}

constexpr const char* hint = "\nTry \"sbatch --help\" for more information";

}  // namespace

TEST_CASE("a command line is read as getopt reads it") {
  const auto line = sbatch_line({"-Hn4", "-p", "p1", "--gres=gpu:a100:2", "--time", "1:00:00",
                                 "--mem=40G", "-J", "train", "job.sh", "--epochs", "3"});
  REQUIRE(line.has_value());
  const auto& options = line->options;
  CHECK(options.hold == true);
  CHECK(options.ntasks == 4);
  CHECK(options.partition == "p1");
  CHECK(options.gres == GpuRequest{"a100", 2});
  CHECK(options.mem == 40'960);
  CHECK(options.job_name == "train");
  CHECK(line->operands == std::vector<std::string>{"job.sh", "--epochs", "3"});
}

TEST_CASE("the words of sbatch for what it doesn't take") {
  CHECK(problem({"--time=abc"}) == "Invalid --time specification");
  CHECK(problem({"--ntasks=x"}) == "Invalid numeric value \"x\" for --ntasks.");
  CHECK(problem({"-c0"}) == "Invalid numeric value \"0\" for --cpus-per-task.");
  CHECK(problem({"--nodes=x"}) == "\"x\" is not a valid node count");
  CHECK(problem({"-N3-1"}) == "Maximum node count 1 is less than minimum node count 3");
  CHECK(problem({"--gres=foo:1"}) == "Invalid generic resource (gres) specification");
  CHECK(problem({"--mail-type=XX"}) == "Invalid --mail-type specification");
  CHECK(problem({"--nice=99999999999"}) == "Invalid --nice value, out of range (+/- 2147483645)");
  CHECK(problem({"--foo"}) == std::string("unrecognized option '--foo'") + hint);
  CHECK(problem({"--foo=3"}) == std::string("unrecognized option '--foo=3'") + hint);
  CHECK(problem({"-Z"}) == std::string("invalid option -- 'Z'") + hint);
  CHECK(problem({"--hold=3"}) == std::string("option '--hold' doesn't allow an argument") + hint);
  CHECK(problem({"--acc"}) ==
        std::string("option '--acc' is ambiguous; possibilities: '--account' '--acctg-freq'") +
            hint);
  CHECK(problem({"--partition"}) ==
        std::string("option '--partition' requires an argument") + hint);
  CHECK(problem({"--container=x"}) == "--container is not supported on this cluster");
}

TEST_CASE("the command to wrap may be the next word") {
  const auto line = sbatch_line({"--wrap", "sleep 5"});
  REQUIRE(line.has_value());
  CHECK(line->options.wrap == "sleep 5");
  CHECK(line->operands.empty());
  CHECK(sbatch_line({"--wrap=true"})->options.wrap == "true");
}

TEST_CASE("srun has options that sbatch has not") {
  const std::vector<std::string> words{"--pty", "--gres=gpu:a40:1", "bash", "-l"};
  const auto line = parse_command_line(Tool::srun, words);
  REQUIRE(line.has_value());
  CHECK(line->options.has_pty);
  CHECK(line->operands == std::vector<std::string>{"bash", "-l"});
  CHECK(problem({"--pty"}) != "");
}

TEST_CASE("directives count up to the first command, and later ones go before earlier ones") {
  const auto options = parse_directives(
      "#!/bin/bash\n"
      "# a comment\n"
      "#SBATCH --job-name=\"a b\" -t 5 # how long\n"
      "##SBATCH -N x\n"
      "\n"
      "#SBATCH -t 10\n"
      "#SBATCH --output='out put'\\ 1\n"
      "echo\n"
      "#SBATCH --qos=late\n");
  REQUIRE(options.has_value());
  CHECK(options->job_name == "a b");
  CHECK(options->time == 10);
  CHECK(options->output == "out put 1");
  CHECK_FALSE(options->qos);
  CHECK_FALSE(options->nodes);
}

TEST_CASE("directives that are wrong") {
  CHECK(parse_directives("#!/bin/sh\n#SBATCH hello\n").error().message ==
        "Invalid directive found in batch script: hello");
  CHECK(parse_directives("#SBATCH --time=abc\n").error().message == "Invalid --time specification");
  CHECK(parse_directives("#SBATCH--foo\n").error().message ==
        std::string("unrecognized option '--foo'") + hint);
  CHECK(parse_directives("#!/bin/sh\n#SBATCH --comment=\"a\n").error().message ==
        "Unmatched quote in line 2 of the batch script");
}

TEST_CASE("variables stand for options") {
  const auto options = parse_environment(Tool::sbatch, [](const char* name) -> const char* {
    if (std::string(name) == "SBATCH_PARTITION") return "p2";
    if (std::string(name) == "SBATCH_TIMELIMIT") return "2:00:00";
    return nullptr;
  });
  REQUIRE(options.has_value());
  CHECK(options->partition == "p2");
  CHECK(options->time == 120);
}

TEST_CASE("what is said above goes before what is said below") {
  SbatchOptions script;
  script.mem = 100;
  script.qos = "low";
  script.time = 5;
  SbatchOptions line;
  line.mem_per_gpu = 50;
  line.time = 10;
  override_by(script, line);
  CHECK_FALSE(script.mem);
  CHECK(script.mem_per_gpu == 50);
  CHECK(script.time == 10);
  CHECK(script.qos == "low");
}

TEST_CASE("what a command line says arrives by the keys of a submission") {
  const auto line = sbatch_line({"--account=vision",
                                 "--array=0-6:2%2",
                                 "--comment=a",
                                 "--constraint=a100&nvlink",
                                 "--cpus-per-task=4",
                                 "--dependency=afterok:7",
                                 "--chdir=/w",
                                 "--error=e",
                                 "--output=o",
                                 "--exclude=n1",
                                 "--exclusive",
                                 "--gres=gpu:a100:2",
                                 "--hold",
                                 "--job-name=j",
                                 "--mail-type=END",
                                 "--mail-user=a@inha.edu",
                                 "--mem=1G",
                                 "--mincpus=3",
                                 "--nice=-5",
                                 "--nodelist=n[2-3]",
                                 "--nodes=2",
                                 "--ntasks=4",
                                 "--ntasks-per-node=2",
                                 "--open-mode=append",
                                 "--partition=p1,p2",
                                 "--priority=7",
                                 "--qos=high",
                                 "--no-requeue",
                                 "--signal=B:USR1@30",
                                 "--time=90",
                                 "--time-min=60",
                                 "--cpus-per-gpu=2",
                                 "--gpus-per-task=1",
                                 "--gpus=4"});
  REQUIRE(line.has_value());
  const auto text = boost::json::serialize(job_keys(line->options, 0));
  std::string padded = text + std::string(64, ' ');
  const auto object = parse_json_object(std::string_view(padded).substr(0, text.size()));
  REQUIRE(object.has_value());
  const auto body = aicenter::read_job_body(*object);
  REQUIRE(body.has_value());
  CHECK(body->options == line->options);
}

TEST_CASE("a rehearsal is a minute of work unless the script says otherwise") {
  CHECK(*parse_rehearsal("#!/bin/sh\ntrue\n") == JobRehearsal{60, 0, {}});
  CHECK(*parse_rehearsal("#!/bin/sh\n#ORRERY --run-time=10m --exit-code=3\n"
                         "#ORRERY --utilisation=0%@30m,90%\ntrue\n#ORRERY --exit-code=9\n") ==
        JobRehearsal{600, 3, {{0, 90}, {1'800, 0}}});
  CHECK_FALSE(parse_rehearsal("#ORRERY --run-time=unlimited")->run_time_s);
  for (const auto* wrong : {"#ORRERY x", "#ORRERY --run-time=x", "#ORRERY --exit-code=256",
                            "#ORRERY --utilisation=101%"})
    CHECK_FALSE(parse_rehearsal(wrong).has_value());
}
