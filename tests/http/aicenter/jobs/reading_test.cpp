#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/aicenter/jobs/slurm_server.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

constexpr const char* list = "/slurm/v0.0.38/jobs";
constexpr const char* one_gpu = R"("gres":"gpu:a100:1")";

std::string keys_of(const boost::json::object& object) {
  std::string keys;
  for (const auto& member : object) keys += std::string(member.key()) + "\n";
  return keys;
}

}  // namespace

TEST_CASE("a job has slurmrestd's keys in its order", "[golden]") {
  // Recorded from slurmrestd 22.05.8: of a job that runs, and of one that waits.
  SlurmServer server;
  const auto id = server.submit("kim", one_gpu);
  server.run(id);
  check_golden("http/aicenter/keys_running.txt", keys_of(server.job(id)));
  const auto waiting = server.submit("kim", R"("gres":"gpu:a100:1","hold":true)");
  check_golden("http/aicenter/keys_pending.txt", keys_of(server.job(waiting)));
}

TEST_CASE("a job that runs keeps a priority") {
  SlurmServer server;
  const auto id = server.submit("kim", one_gpu);
  server.run(id);
  CHECK(server.job(id).at("job_state") == "RUNNING");
  CHECK(server.job(id).at("state_reason") == "None");
  CHECK(server.job(id).at("priority").as_int64() > 0);
}

TEST_CASE("everybody sees all jobs, and nobody's paths in a list") {
  SlurmServer server;
  const auto kims = server.submit("kim", R"("gres":"gpu:a100:1","standard_output":"/secret")");
  const auto lees = server.submit("lee", one_gpu);
  const auto answer = server.ask("GET", list, server.as("lee"));
  CHECK(answer.body.find("/secret") == std::string::npos);
  const auto jobs = boost::json::parse(answer.body).at("jobs").as_array();
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].at("job_id") == kims);
  CHECK(jobs[1].at("job_id") == lees);
}

TEST_CASE("jobs that ended leave the list after a while") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1","hold":true)");
  REQUIRE(server.ask("DELETE", fmt::format("/slurm/v0.0.38/job/{}", id), server.as("kim")).status ==
          200);
  const auto count = [&] {
    return server.send("GET", list, server.as("kim"), {}).at("jobs").as_array().size();
  };
  CHECK(count() == 1);
  server.clock.advance(std::chrono::seconds(301));
  CHECK(count() == 0);
  // Who asks for it by its id is told all the same.
  CHECK(server.job(id).at("job_state") == "CANCELLED");
}

TEST_CASE("nothing new is no answer") {
  SlurmServer server;
  server.submit("kim", one_gpu);
  const auto since = [&](const std::string& time) {
    return server.ask("GET", fmt::format("{}?update_time={}", list, time), server.as("kim")).status;
  };
  CHECK(since("9999999999") == 304);
  CHECK(since(fmt::format("{}", SlurmServer::start_s + 1)) == 304);
  // More may have happened within the second.
  CHECK(since(fmt::format("{}", SlurmServer::start_s)) == 200);
  CHECK(since("abc") == 400);
}

TEST_CASE("jobs that aren't there") {
  SlurmServer server;
  const auto errors = [&](const std::string& name, unsigned status) {
    return boost::json::serialize(
        server.send("GET", "/slurm/v0.0.38/job/" + name, server.as("kim"), {}, status)
            .at("errors"));
  };
  CHECK(errors("99999", 500) ==
        R"([{"description":"Unable to find JobId=99999","error_number":2017,)"
        R"("error":"Invalid job id specified","source":"slurm_load_job"}])");
  CHECK(errors("-1", 500).find("2017") != std::string::npos);
  CHECK(errors("99999999999", 500).find("2017") != std::string::npos);
  CHECK(errors("abc", 400) ==
        R"([{"description":"Unable to find JobId=abc","error_number":9002,"error":"Jobs )"
        R"(description entry not found, empty or not dictionary or list",)"
        R"("source":"_handle_job_get"}])");
  CHECK(errors("0", 400).find("9002") != std::string::npos);
  CHECK(errors("1037_77", 400).find("9002") != std::string::npos);
}

TEST_CASE("without good credentials there is nothing") {
  SlurmServer server;
  const auto token = server.as("kim")[1];
  for (const auto& who :
       std::vector<SlurmServer::Headers>{{},
                                         {"X-SLURM-USER-NAME: kim"},
                                         {token},
                                         {"X-SLURM-USER-NAME: lee", token},
                                         {"X-SLURM-USER-NAME: kim", "X-SLURM-USER-TOKEN: x.y.z"}}) {
    const auto answer = server.ask("GET", list, who);
    CHECK(answer.status == 401);
    CHECK(answer.header("Content-Type") == "text/plain");
    CHECK(answer.body == "Authentication failure");
  }
  const auto bearer = "Authorization: Bearer " + token.substr(token.find(' ') + 1);
  CHECK(server.ask("GET", list, {bearer}).status == 200);
  server.clock.advance(std::chrono::hours(2));
  CHECK(server.ask("GET", list, {bearer}).status == 401);
}

TEST_CASE("tokens that were taken back are worth nothing") {
  SlurmServer server;
  const auto old = server.as("kim");
  REQUIRE(server.ask("GET", list, old).status == 200);
  REQUIRE(server.accepts<CenterUser>("kim", CenterUser::RevokeTokens{SlurmServer::start_s + 1}));
  CHECK(server.ask("GET", list, old).status == 401);
  server.clock.advance(std::chrono::seconds(2));
  CHECK(server.ask("GET", list, server.as("kim")).status == 200);
}

TEST_CASE("paths and methods that aren't there") {
  SlurmServer server;
  const auto absent = server.ask("GET", "/slurm/v0.0.38/nope", server.as("kim"));
  CHECK(absent.status == 404);
  CHECK(absent.body == "Unable find requested URL. Please view /openapi/v3 for API reference.");
  const auto method = server.ask("DELETE", list, server.as("kim"));
  CHECK(method.status == 405);
  CHECK(method.body ==
        "Requested REST method is not defined at URL. Please view /openapi/v3 for API reference.");
}
