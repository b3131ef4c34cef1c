#include "cli/agent_job.hpp"

#include <catch2/catch.hpp>

namespace orrery {
namespace {

using gpushare::ModelProblem;

TEST_CASE("pieces are delivered with their numbers, and once") {
  AgentJob job("tiny", "Why?");
  CHECK_FALSE(job.has_something());
  job.put("In ");
  job.put("the ");
  CHECK(job.delivery() == R"({"first":0,"pieces":["In ","the "]})");
  job.put("beginning");  // While they are on their way.
  CHECK_FALSE(job.delivered());
  job.put_end(3);
  CHECK(job.delivery() == R"({"first":2,"pieces":["beginning"],"end":{"tokens":3}})");
  CHECK(job.delivered());
}

TEST_CASE("what wasn't delivered is delivered again, with what has come since") {
  AgentJob job("tiny", "Why?");
  job.put("a");
  job.delivery();
  job.not_delivered();
  job.put("b");
  CHECK(job.delivery() == R"({"first":0,"pieces":["a","b"]})");
}

TEST_CASE("the end comes after the last piece") {
  AgentJob job("tiny", "Why?");
  const std::string large(100 * 1024, 'x');
  job.put(large);
  job.put(large);
  job.put_end(2);
  CHECK(job.delivery().find("end") == std::string::npos);
  CHECK_FALSE(job.delivered());
  CHECK(job.delivery().find(R"("end":{"tokens":2})") != std::string::npos);
  CHECK(job.delivered());
}

TEST_CASE("a failure says whether the question is at fault") {
  AgentJob job("tiny", "Why?");
  SECTION("it is") {
    job.put_problem(ModelProblem::refused);
    CHECK(job.delivery() == R"({"first":0,"pieces":[],"error":"refused"})");
  }
  SECTION("it isn't") {
    job.put_problem(ModelProblem::node_failed);
    CHECK(job.delivery() == R"({"first":0,"pieces":[],"error":"failed"})");
  }
  CHECK(job.delivered());
}

TEST_CASE("a model that says more than a server takes has failed") {
  AgentJob job("tiny", "Why?");
  for (std::size_t bytes = 0; bytes <= AgentJob::waiting_bytes_max; bytes += 64 * 1024)
    job.put(std::string(64 * 1024, 'x'));
  CHECK(job.has_ended());
  job.give_up();
  CHECK(job.has_given_up());
  CHECK(job.delivery() == R"({"first":0,"pieces":[],"error":"failed"})");
}

}  // namespace
}  // namespace orrery
