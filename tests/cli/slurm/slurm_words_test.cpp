#include <cstdlib>

#include <boost/json/array.hpp>
#include <catch2/catch.hpp>

#include "cli/slurm/columns.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/sacct_fields.hpp"
#include "cli/slurm/submission.hpp"
#include "cli/slurm/words.hpp"

using namespace orrery;
using namespace orrery::slurm;
namespace json = boost::json;

namespace {

using Texts = std::vector<std::string>;

WithServer srun_words(const Texts& words) {
  return take_server_words(words, [](Words some) {
    const auto line = sbatch::parse_command_line(sbatch::Tool::srun, some);
    return line && !line->operands.empty();
  });
}

}  // namespace

TEST_CASE("options stand before, between and after operands") {
  bool quiet = false;
  std::string users;
  const Texts words{"-q", "12", "--user=kim", "13", "--data", "/srv"};
  const auto reading =
      read_words("scancel", words, {flag("quiet", 'q', quiet), value("user", 'u', users)}, "");
  REQUIRE(reading.operands);
  CHECK(*reading.operands == Texts{"12", "13"});
  CHECK(quiet);
  CHECK(users == "kim");
  CHECK(reading.server.data == "/srv");
}

TEST_CASE("an option that nobody knows ends the command") {
  const auto reading = read_words("squeue", Texts{"-Z"}, {}, "");
  CHECK_FALSE(reading.operands);
  CHECK(reading.exit_code == 1);
}

TEST_CASE("where the server is stands before the command, and the command's words are its own") {
  const auto words =
      srun_words({"--server", "http://a", "-n", "1", "--data=/srv", "job", "--data", "mine"});
  CHECK(words.server.url == "http://a");
  CHECK(words.server.data == "/srv");
  CHECK(words.words == Texts{"-n", "1", "job", "--data", "mine"});
}

TEST_CASE("an output format is fields with widths, and what stands between them") {
  const auto columns = letter_columns("%.5i %3j|%#P %t");
  REQUIRE(columns.size() == 4);
  CHECK(columns[0].is_right);
  CHECK(columns[0].width == 5);
  CHECK(columns[2].is_automatic);
  const auto named = named_columns("JobID:8,name,State:.10");
  REQUIRE(named.size() == 3);
  CHECK(named[0].width == 8);
  CHECK(named[1].width == 20);
  CHECK(named[2].is_right);
  CHECK(
      aligned_text(letter_columns("%.5i|%3j|%#P|"), {{"1", "long", "a"}, {"123456", "b", "cc"}}) ==
      "    1|lon|a |\n12345|b  |cc|\n");
}

TEST_CASE("times are written as Slurm writes them") {
  CHECK(duration_text(0) == "0:00");
  CHECK(duration_text(65) == "1:05");
  CHECK(duration_text(3'723) == "1:02:03");
  CHECK(duration_text(90'000) == "1-01:00:00");
  CHECK(long_duration_text(600) == "00:10:00");
  CHECK(long_duration_text(7 * 86'400) == "7-00:00:00");
  CHECK(moment_text(0, "N/A") == "N/A");
  CHECK(memory_text(1'024) == "1G");
  CHECK(memory_text(1'500) == "1500M");
}

TEST_CASE("a job is named by its number, a task by its array's") {
  CHECK(parse_job_name("12")->id == 12);
  CHECK(parse_job_name("12_3")->tasks == std::vector<std::uint32_t>{3});
  CHECK(parse_job_name("12_[1,3-4]")->tasks == std::vector<std::uint32_t>{1, 3, 4});
  for (const auto* word : {"", "x", "0", "12_", "12_x", "12;rm", "-1"})
    CHECK_FALSE(parse_job_name(word));
}

TEST_CASE("a submission has the environment of who submits, but for what opens servers") {
  setenv("SLURM_JWT", "secret", 1);
  setenv("ORRERY_KEY", "secret", 1);
  setenv("MINE", "1", 1);
  Submission submission{"#!/bin/sh\n", {"a", "b c"}, {}, "train.sh"};
  submission.options.time = 60;
  const auto body = submission_json(submission).value();
  const auto& job = body.at("job").as_object();
  const auto& environment = job.at("environment").as_object();
  CHECK(environment.at("MINE") == "1");
  CHECK(environment.contains("SLURM_SUBMIT_DIR"));
  CHECK_FALSE(environment.contains("SLURM_JWT"));
  CHECK_FALSE(environment.contains("ORRERY_KEY"));
  CHECK(job.at("name") == "train.sh");
  CHECK(job.at("argv") == json::value(json::array{"train.sh", "a", "b c"}));
  CHECK(job.at("standard_output") == "slurm-%j.out");
  CHECK(job.at("time_limit") == 60);
  CHECK_FALSE(body.contains("interactive"));
  submission.options.export_ = "NONE,ONE=2";
  const auto bare = submission_json(submission).value();
  CHECK_FALSE(bare.at("job").at("environment").as_object().contains("MINE"));
  submission.options.begin = "the other day";
  CHECK(submission_json(submission).has_error());
  unsetenv("SLURM_JWT");
  unsetenv("ORRERY_KEY");
  unsetenv("MINE");
}

TEST_CASE("a table has titles, rules, and what doesn't fit ends with a plus") {
  const json::value job{{"job_id", 7},
                        {"name", "a-very-long-name"},
                        {"partition", "p1"},
                        {"account", "nlp-lab"},
                        {"state", {{"current", "CANCELLED"}, {"reason", "None"}}},
                        {"exit_code", {{"return_code", 0}, {"signal", {{"signal_id", 15}}}}},
                        {"time", {{"elapsed", 61}}}};
  const std::vector<AccountedJob> records{{&job.as_object(), nullptr}};
  std::string unknown;
  const auto table = table_of<AccountedJob>(
      sacct_fields(), "jobid,jobname,state%12,elapsed,exitcode", records, unknown);
  REQUIRE(table);
  CHECK(table->text({}) ==
        "JobID           JobName        State    Elapsed ExitCode \n"
        "------------ ---------- ------------ ---------- -------- \n"
        "7            a-very-lo+    CANCELLED   00:01:01     0:15 \n");
  CHECK(table->text({.no_header = true, .is_parsable = true, .ends_with_bar = false}) ==
        "7|a-very-long-name|CANCELLED|00:01:01|0:15\n");
  CHECK(table->text({.no_header = true, .is_parsable = true, .ends_with_bar = true}) ==
        "7|a-very-long-name|CANCELLED|00:01:01|0:15|\n");
  CHECK_FALSE(table_of<AccountedJob>(sacct_fields(), "jobid,nonsense", records, unknown));
  CHECK(unknown == "nonsense");
}
