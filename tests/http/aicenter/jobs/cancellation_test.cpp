#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/aicenter/jobs/slurm_server.hpp"

using namespace orrery;

namespace {

constexpr const char* one_gpu = R"("gres":"gpu:a100:1")";

std::string path_of(std::uint32_t id) { return fmt::format("/slurm/v0.0.38/job/{}", id); }

std::string errors_of(const boost::json::value& answer) {
  return boost::json::serialize(answer.at("errors"));
}

}  // namespace

TEST_CASE("a job that waits is gone at once") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1","hold":true)");
  CHECK(errors_of(server.send("DELETE", path_of(id), server.as("kim"), {})) == "[]");
  CHECK(server.job(id).at("job_state") == "CANCELLED");
  CHECK(errors_of(server.send("DELETE", path_of(id), server.as("kim"), {}, 500)) ==
        fmt::format(R"([{{"description":"unable to kill JobId={} with signal 9: Job/step already )"
                    R"(completing or completed","error_number":2021,"error":"Job/step already )"
                    R"(completing or completed","source":"slurm_kill_job"}}])",
                    id));
}

TEST_CASE("nobody cancels what isn't his") {
  SlurmServer server;
  const auto id = server.submit("kim", one_gpu);
  const auto answer = server.send("DELETE", path_of(id), server.as("lee"), {}, 500);
  CHECK(answer.at("errors").at(0).at("error_number") == 2002);
  CHECK(server.send("DELETE", path_of(id), server.as("root"), {}).at("errors").as_array().empty());
}

TEST_CASE("what isn't there can't be cancelled") {
  SlurmServer server;
  for (const auto* name : {"99999", "abc", "0", "99999_1"}) {
    const auto answer = server.send("DELETE", fmt::format("/slurm/v0.0.38/job/{}?signal=15", name),
                                    server.as("kim"), {}, 500);
    CHECK(errors_of(answer) ==
          fmt::format(R"([{{"description":"unable to kill JobId={} with signal 15: Invalid job id )"
                      R"(specified","error_number":2017,"error":"Invalid job id specified",)"
                      R"("source":"slurm_kill_job"}}])",
                      name));
  }
}

TEST_CASE("a job that runs is told of signals, and ends by the last of them") {
  SlurmServer server;
  const auto id = server.submit("kim", one_gpu);
  server.run(id);
  const auto told = [&](const std::string& signal) {
    return server.ask("DELETE", path_of(id) + "?signal=" + signal, server.as("kim")).status;
  };
  CHECK(told("USR1") == 200);
  CHECK(told("SIGUSR1") == 200);
  CHECK(told("10") == 200);
  CHECK(server.job(id).at("job_state") == "RUNNING");
  const auto unknown =
      server.send("DELETE", path_of(id) + "?signal=FOO", server.as("kim"), {}, 400);
  CHECK(unknown.at("errors").at(0).at("error_number") == 9000);
  CHECK(told("KILL") == 200);
  CHECK(server.job(id).at("job_state") == "COMPLETING");
}

TEST_CASE("a signal is nothing to a job that waits") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1","hold":true)");
  const auto answer =
      server.send("DELETE", path_of(id) + "?signal=USR1", server.as("kim"), {}, 500);
  CHECK(answer.at("errors").at(0).at("error_number") == 2020);
}

TEST_CASE("an array is cancelled as one, or task by task") {
  SlurmServer server;
  const auto first = server.submit("kim", R"("gres":"gpu:a100:1","array":"0-3","hold":true)");
  CHECK(server.ask("DELETE", path_of(first) + "_2", server.as("kim")).status == 200);
  CHECK(server.jobs.find(first + 2)->status == JobStatus::cancelled);
  CHECK(server.jobs.find(first)->status == JobStatus::pending);
  CHECK(server.ask("DELETE", path_of(first), server.as("kim")).status == 200);
  for (std::uint32_t k = 0; k < 4; ++k) server.wait_for(first + k, JobStatus::cancelled);
}
