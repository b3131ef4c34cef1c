#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "cli/slurm/fleet_table.hpp"
#include "cli/slurm/job_row.hpp"
#include "cli/slurm/node_group.hpp"
#include "cli/slurm/queue_table.hpp"
#include "cli/slurm/scontrol_texts.hpp"
#include "tests/support/project_folders.hpp"

using namespace orrery;
using namespace orrery::slurm;
namespace json = boost::json;

namespace {

/// tests/golden/slurm holds what a real Slurm 22.05.8 answered at one moment: its REST API, and its
/// commands.
std::string recorded(const std::string& name) {
  std::ifstream in(golden_folder() / "slurm" / name);
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const json::object& answer(const std::string& name) {
  static std::map<std::string, json::value> answers;
  auto& value = answers[name];
  if (value.is_null()) value = json::parse(recorded(name));
  return value.as_object();
}

/// The moment is one second after the jobs' start. Clocks are UTC's, as where it was recorded.
std::vector<JobRow> rows() {
  setenv("TZ", "UTC", 1);
  tzset();
  std::int64_t start = 0;
  for (const auto& job : list_of(answer("jobs.json"), "jobs"))
    if (text_of(job.as_object(), "job_state") == "RUNNING")
      start = number_of(job.as_object(), "start_time");
  std::vector<JobRow> all;
  for (const auto& job : list_of(answer("jobs.json"), "jobs")) {
    const JobRow row(job.as_object(), start + 1);
    if (!row.has_ended()) all.push_back(row);
  }
  sort_jobs(all, "P,t,-p,-i");
  return all;
}

Fleet fleet() {
  return {list_of(answer("nodes.json"), "nodes"), list_of(answer("partitions.json"), "partitions")};
}

std::string without_last_blanks(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("squeue prints what Slurm's prints") {
  const auto all = rows();
  CHECK(queue_text(letter_columns("%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R"), all, true).value() ==
        recorded("squeue.txt"));
  CHECK(queue_text(letter_columns("%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R"), all, true)
            .value() == recorded("squeue-l.txt"));
  CHECK(queue_text(named_columns("jobid:8,name,timelimit:.12,reasonlist"), all, true).value() ==
        recorded("squeue-O.txt"));
}

TEST_CASE("every field of squeue says what Slurm's says") {
  const auto format =
      "%i|%j|%u|%a|%b|%c|%C|%D|%e|%E|%f|%F|%h|%k|%K|%l|%L|%m|%M|%N|%n|%P|%q|%Q|%r|%R|%S|%t|%T|%U|%"
      "V|"
      "%x|%y|%Z";
  CHECK(queue_text(letter_columns(format), rows(), true).value() == recorded("squeue-o.txt"));
}

TEST_CASE("sinfo prints what Slurm's prints") {
  const auto text = [](std::string_view format, const NodeWishes& wishes = {}) {
    return fleet_text(letter_columns(format), wishes, fleet(), true).value();
  };
  CHECK(text("%#P %.5a %.10l %.6D %.6t %N") == recorded("sinfo.txt"));
  CHECK(text("%#9N %.6D %#.P %6t",
             {.partitions = {}, .names = {}, .states = {}, .each_node = true}) ==
        recorded("sinfo-N.txt"));
  CHECK(text("%#P %.5a %.10l %.16F %N") == recorded("sinfo-s.txt"));
  CHECK(text("%#P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N") == recorded("sinfo-l.txt"));
  CHECK(text("%G %C %N %T %D") == recorded("sinfo-o.txt"));
}

TEST_CASE("a job that waits for nobody is listed by what it asks") {
  CHECK(queue_text(letter_columns("%w"), rows(), true).has_error());
  CHECK(fleet_text(letter_columns("%q"), {}, fleet(), true).has_error());
}

TEST_CASE("a column has an end, however wide it is asked for") {
  CHECK(letter_columns("%.99999999999i").at(0).width == 4'096);
  CHECK(letter_columns("%.99999999999999999999999i").at(0).width == 4'096);
}

TEST_CASE("scontrol shows partitions as Slurm's does") {
  const auto& partition = list_of(answer("partitions.json"), "partitions").front().as_object();
  CHECK(without_last_blanks(partition_record(partition)) ==
        without_last_blanks(recorded("scontrol-partition.txt")));
}

TEST_CASE("tasks that wait alike are one line, those that run are their own") {
  const auto job = [](std::uint32_t id, std::uint32_t task, std::string_view state,
                      std::string_view reason) {
    return json::value{{"job_id", id},         {"array_job_id", 10}, {"array_task_id", task},
                       {"array_max_tasks", 2}, {"job_state", state}, {"state_reason", reason}};
  };
  const std::vector<json::value> jobs{
      job(10, 0, "RUNNING", "None"), job(11, 1, "PENDING", "Resources"),
      job(12, 2, "PENDING", "Resources"), job(13, 3, "PENDING", "JobHeldUser"),
      job(14, 4, "PENDING", "Resources")};
  std::vector<JobRow> all;
  for (const auto& each : jobs) all.emplace_back(each.as_object(), 0);
  CHECK(queue_text(letter_columns("%i %t"), joined_tasks(all), false).value() ==
        "10_0 R\n10_[1-2,4%2] PD\n10_[3%2] PD\n");
  CHECK(queue_text(letter_columns("%i"), all, false).value() == "10_0\n10_1\n10_2\n10_3\n10_4\n");
}

TEST_CASE("a node shows GPUs that jobs have, and whether it takes more") {
  const auto node = json::value{{"name", "n1"},
                                {"state", "mixed"},
                                {"state_flags", json::array{"DRAIN", "NOT_RESPONDING"}},
                                {"gres", "gpu:a100:4"},
                                {"gres_used", "gpu:a100:3(IDX:0-2)"}};
  const auto& object = node.as_object();
  CHECK(node_state_text(object) == "draining*");
  CHECK(short_node_state_text(object) == "drng*");
  CHECK_FALSE(takes_jobs(object));
  const auto gpus = gpus_of(object);
  CHECK(gpus.model == "a100");
  CHECK(gpus.all == 4);
  CHECK(gpus.used == 3);
}
