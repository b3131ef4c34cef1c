#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/aicenter/jobs/submissions_under_way.hpp"
#include "tests/http/aicenter/jobs/slurm_server.hpp"

using namespace orrery;

namespace {

constexpr const char* submit_path = "/slurm/v0.0.38/job/submit";
constexpr const char* one_gpu = R"("gres":"gpu:a100:1")";

/// Number of the first error that has one.
std::int64_t number_in(const boost::json::value& answer) {
  for (const auto& error : answer.at("errors").as_array()) {
    const auto& object = error.as_object();
    if (const auto* code = object.if_contains("error_code")) return code->as_int64();
    if (const auto* number = object.if_contains("error_number")) return number->as_int64();
  }
  return 0;
}

std::int64_t refused(SlurmServer& server, const std::string& words, unsigned status = 500,
                     const std::string& user = "kim") {
  return number_in(
      server.send("POST", submit_path, server.as(user), SlurmServer::submission(words), status));
}

}  // namespace

TEST_CASE("a submission is a job whose words are all there") {
  SlurmServer server;
  const auto answer = server.send(
      "POST", submit_path, server.as("kim"),
      SlurmServer::submission(
          R"("name":"train","gres":"gpu:a100:2","tasks":2,"cpus_per_task":4,"memory_per_node":1024,)"
          R"("comment":"hello \"you\"","nice":5,"mail_type":"ALL","mail_user":"kim@inha.edu",)"
          R"("hold":true,"constraints":"a100","exclude_nodes":"a100-n2","time_minimum":30,)"
          R"("standard_output":"/out/%j","standard_error":"/err/%j","requeue":"false",)"
          R"("current_working_directory":"/work")"));
  CHECK(number_in(answer) == 2042);
  CHECK(answer.at("step_id") == "BATCH");
  const auto id = static_cast<std::uint32_t>(answer.at("job_id").as_int64());
  const auto job = server.job(id);
  CHECK(job.at("name") == "train");
  CHECK(job.at("account") == "vision");
  CHECK(job.at("partition") == "p1");
  CHECK(job.at("qos") == "normal");
  CHECK(job.at("comment") == "hello \"you\"");
  CHECK(job.at("job_state") == "PENDING");
  CHECK(job.at("state_reason") == "JobHeldUser");
  CHECK(job.at("cpus") == 8);
  CHECK(job.at("tasks") == 2);
  CHECK(job.at("memory_per_node") == 1'024);
  CHECK(job.at("nice") == 5);
  CHECK(job.at("features") == "a100");
  CHECK(job.at("excluded_nodes") == "a100-n2");
  CHECK(job.at("time_limit") == 60);
  CHECK(job.at("time_minimum") == 30);
  CHECK(job.at("requeue") == false);
  CHECK(job.at("tres_per_node") == "gres:gpu:a100:2");
  CHECK(job.at("user_id") == 10'001);
  CHECK(job.at("standard_output") == "/out/%j");
  CHECK(job.at("standard_error") == "/err/%j");
  CHECK(job.at("current_working_directory") == "/work");
}

TEST_CASE("what is sealed of a job others don't see") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1","standard_output":"/out/%j")");
  CHECK(server.job(id, "kim").at("standard_output") == "/out/%j");
  CHECK(server.job(id, "root").at("standard_output") == "/out/%j");
  CHECK(server.job(id, "lee").at("standard_output") == "");
}

TEST_CASE("directives of a script count, and the keys go before them") {
  SlurmServer server;
  const auto body = SlurmServer::submission(
      R"("name":"key")",
      "#!/bin/sh\\n#SBATCH --job-name=script --gres=gpu:a100:2 --qos=normal\\ntrue\\n");
  const auto answer = server.send("POST", submit_path, server.as("kim"), body);
  const auto job = server.job(static_cast<std::uint32_t>(answer.at("job_id").as_int64()));
  CHECK(job.at("name") == "key");
  CHECK(job.at("tres_per_node") == "gres:gpu:a100:2");
  const auto wrong = SlurmServer::submission(one_gpu, "#!/bin/sh\\n#SBATCH --foo\\n");
  CHECK(number_in(server.send("POST", submit_path, server.as("kim"), wrong, 400)) == -1);
}

TEST_CASE("what slurmrestd doesn't take is refused in its words") {
  SlurmServer server;
  const auto errors = [&](const std::string& words) {
    const auto answer =
        server.send("POST", submit_path, server.as("kim"), SlurmServer::submission(words), 400);
    return boost::json::serialize(answer.at("errors"));
  };
  CHECK(errors(R"("nonsense":1)") ==
        R"([{"description":"Unknown key \"nonsense\"","source":"hsearch_r"},)"
        R"({"error_code":9001,"error":"Failure during parsing"}])");
  CHECK(errors(R"("required_nodes":["a1"])") ==
        R"([{"description":"Disabled key: \"required_nodes\"","error_number":1,)"
        R"("error":"Operation not permitted","source":"openapi specification"},)"
        R"({"error_code":9001,"error":"Failure during parsing"}])");
  CHECK(errors(R"("mail_type":"XX")") ==
        R"([{"error_code":-1,"error":"Invalid mail type specification"},)"
        R"({"description":"Unable to process key \"mail_type\"","error_number":-1,)"
        R"("error":"Unspecified error","source":"slurm_process_option_data"},)"
        R"({"error_code":9001,"error":"Failure during parsing"}])");
  CHECK(errors(R"("gres":"foo:1")") == R"([{"error_code":9001,"error":"Failure during parsing"}])");
  CHECK(server.ask("POST", submit_path, server.as("kim"), "{bad").body == "Unable to parse query.");
  CHECK(number_in(server.send("POST", submit_path, server.as("kim"), R"({"job":{}})", 500)) ==
        2009);
  CHECK(number_in(server.send("POST", submit_path, server.as("kim"), R"({"script":"x"})", 400)) ==
        9002);
  CHECK(number_in(server.send("POST", submit_path, server.as("kim"),
                              R"({"script":"x","job":{"name":"x"}})", 400)) == 2127);
}

TEST_CASE("the policy's refusals have Slurm's numbers") {
  SlurmServer server;
  CHECK(refused(server, R"("gres":"gpu:a100:5")") == 2050);
  CHECK(refused(server, R"("gres":"gpu:h100:1")") == 2072);
  CHECK(refused(server, R"("name":"no GPU")") == 2072);
  CHECK(refused(server, R"("gres":"gpu:a100:1","partition":"nope")") == 2000);
  CHECK(refused(server, R"("gres":"gpu:a100:1","partition":"p2")") == 2003);
  CHECK(refused(server, R"("gres":"gpu:a100:1","time_limit":99999)") == 2051);
  CHECK(refused(server, R"("gres":"gpu:a100:1","qos":"gold")") == 2066);
  CHECK(refused(server, R"("gres":"gpu:a100:1","account":"others")") == 2045);
  CHECK(refused(server, R"("gres":"gpu:a100:1","cpus_per_task":21)") == 2005);
  CHECK(refused(server, R"("gres":"gpu:a100:1","memory_per_node":50000)") == 2044);
  CHECK(refused(server, R"("gres":"gpu:a100:1","nodelist":"zzz")") == 2018);
  CHECK(refused(server, R"("gres":"gpu:a100:1","constraints":"zzz")") == 2029);
  CHECK(refused(server, R"("gres":"gpu:a100:1","nice":-5)") == 2123);
  CHECK(refused(server, R"("gres":"gpu:a100:1","priority":"7")") == 2002);
  CHECK(refused(server, R"("gres":"gpu:a100:1","reservation":"none")") == 2053);
  CHECK(refused(server, R"("gres":"gpu:a100:1","dependency":"bogus")") == 2038);
  CHECK(refused(server, R"("gres":"gpu:a100:1","mail_type":"ALL","mail_user":"a@gmail.com")") ==
        2050);
  CHECK(refused(server, R"("gres":"gpu:a100:1","mail_type":"ALL","mail_user":"nobody")") == 2050);
  CHECK(server.jobs.living_count() == 0);
}

TEST_CASE("without a time limit there is no job") {
  SlurmServer server;
  const auto answer = server.send(
      "POST", submit_path, server.as("kim"),
      R"({"script":"#!/bin/sh","job":{"environment":{"A":"b"},"gres":"gpu:a100:1"}})", 500);
  CHECK(number_in(answer) == 2051);
}

TEST_CASE("an array is answered when its tasks are jobs") {
  SlurmServer server;
  const auto first = server.submit("kim", R"("gres":"gpu:a100:1","array":"1-5:2%2","hold":true)");
  for (std::uint32_t k = 0; k < 3; ++k) {
    const auto row = server.jobs.find(first + k);
    REQUIRE(row);
    CHECK(row->task->array_id == first);
    CHECK(row->task->task_id == 1 + 2 * k);
  }
  const auto all =
      server.send("GET", fmt::format("/slurm/v0.0.38/job/{}", first), server.as("kim"), {});
  CHECK(all.at("jobs").as_array().size() == 3);
  const auto one =
      server.send("GET", fmt::format("/slurm/v0.0.38/job/{}_3", first), server.as("kim"), {});
  CHECK(one.at("jobs").at(0).at("job_id") == first + 1);
  CHECK(one.at("jobs").at(0).at("array_max_tasks") == 2);
  CHECK(refused(server, R"("gres":"gpu:a100:1","array":"0-2000")") == 2081);
  CHECK(refused(server, R"("gres":"gpu:a100:1","array":"0-99999")") == 2081);
  CHECK(refused(server, R"("gres":"gpu:a100:1","array":"x")") == 2081);
}

TEST_CASE("a large script isn't kept a thousand times") {
  SlurmServer server;
  const std::string script = "#!/bin/sh\\n" + std::string(400'000, '#');
  const auto body = SlurmServer::submission(R"("gres":"gpu:a100:1","array":"0-98")", script);
  CHECK(number_in(server.send("POST", submit_path, server.as("kim"), body, 500)) == 2012);
  CHECK(server.jobs.living_count() == 0);
}

TEST_CASE("operators give priorities") {
  SlurmServer server;
  const auto one = server.submit("root", R"("gres":"gpu:a100:1","hold":true,"priority":"7")");
  CHECK(server.jobs.find(one)->priority == 7);
  const auto all =
      server.submit("root", R"("gres":"gpu:a100:1","hold":true,"priority":"9","array":"0-1")");
  CHECK(server.jobs.find(all + 1)->priority == 9);
}

TEST_CASE("jobs on their way to the views count, too") {
  const auto counts = std::make_shared<aicenter::SubmissionsUnderWay>();
  const auto first = counts->take({"user/kim", ""}, 60);
  CHECK(first->others(0) == 0);
  auto second = counts->take({"user/kim", ""}, 1);
  CHECK(second->others(0) == 60);
  CHECK(counts->take({"user/lee", ""}, 1)->others(0) == 0);
  CHECK(counts->take({"user/lee", ""}, 1)->others(1) == 61);
  second.reset();
  CHECK(counts->take({"user/kim", ""}, 1)->others(0) == 60);
}

TEST_CASE("whoever has all that he may have gets one more when one is gone") {
  SlurmServer server;
  CenterGrant grant{"A", "vision", {}, CenterRole::none};
  grant.limits.jobs_max = 3;
  REQUIRE(server.accepts<CenterUser>("kim", CenterUser::ChangeGrant{grant}));
  const auto first = server.submit("kim", one_gpu);
  server.submit("kim", R"("gres":"gpu:a100:1","array":"0-1","hold":true)");
  CHECK(refused(server, one_gpu) == 2050);
  const auto held = fmt::format("/slurm/v0.0.38/job/{}_0", first + 1);
  REQUIRE(server.ask("DELETE", held, server.as("kim")).status == 200);
  server.wait_for(first + 1, JobStatus::cancelled);
  server.submit("kim", one_gpu);
}

TEST_CASE("a submission that is sent again under its key is one job") {
  SlurmServer server;
  auto who = server.as("kim");
  who.push_back("Idempotency-Key: once");
  const auto body = SlurmServer::submission(one_gpu);
  const auto first = server.send("POST", submit_path, who, body);
  CHECK(server.send("POST", submit_path, who, body).at("job_id") == first.at("job_id"));
  CHECK(server.jobs.living_count() == 1);
  CHECK(server.ask("POST", submit_path, who, SlurmServer::submission(R"("gres":"gpu:a100:2")"))
            .status == 422);
  auto other = server.as("lee");
  other.push_back("Idempotency-Key: once");
  CHECK(server.send("POST", submit_path, other, body).at("job_id") != first.at("job_id"));
}

TEST_CASE("whoever is suspended submits nothing, and still sees") {
  SlurmServer server;
  const auto id = server.submit("kim", one_gpu);
  REQUIRE(server.accepts<CenterUser>("kim", CenterUser::Suspend{{"mining", 0}}));
  CHECK(refused(server, one_gpu, 403) == 2002);
  CHECK(server.job(id).at("job_id") == id);
  const auto cancelled =
      server.ask("DELETE", fmt::format("/slurm/v0.0.38/job/{}", id), server.as("kim"));
  CHECK(cancelled.status == 403);
}

TEST_CASE("an administrator submits in another's name") {
  SlurmServer server;
  auto who = server.as("root");
  who.front() = "X-SLURM-USER-NAME: lee";
  const auto answer = server.send("POST", submit_path, who, SlurmServer::submission(one_gpu));
  const auto job = server.job(static_cast<std::uint32_t>(answer.at("job_id").as_int64()));
  CHECK(job.at("user_name") == "lee");
  CHECK(job.at("partition") == "p2");
  CHECK(server.jobs.find(static_cast<std::uint32_t>(answer.at("job_id").as_int64()))->facts->user ==
        "lee");
  REQUIRE(server.accepts<CenterUser>("root", CenterUser::Suspend{{"stolen", 0}}));
  CHECK(server.ask("POST", submit_path, who, SlurmServer::submission(one_gpu)).status == 401);
  auto stranger = server.as("kim");
  stranger.front() = "X-SLURM-USER-NAME: lee";
  CHECK(server.ask("POST", submit_path, stranger, SlurmServer::submission(one_gpu)).status == 401);
}

TEST_CASE("a job at a terminal needs neither script nor environment") {
  SlurmServer server;
  const auto answer =
      server.send("POST", submit_path, server.as("kim"),
                  R"({"interactive":true,"job":{"gres":"gpu:a100:1","time_limit":5}})");
  const auto id = static_cast<std::uint32_t>(answer.at("job_id").as_int64());
  CHECK(server.jobs.find(id)->facts->is_interactive);
  CHECK(server.job(id).at("batch_flag") == false);
}
