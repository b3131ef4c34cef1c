#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/aicenter/jobs/change_wish.hpp"
#include "http/aicenter/jobs/sealed_paths.hpp"
#include "tests/http/aicenter/jobs/slurm_server.hpp"

using namespace orrery;

namespace {

constexpr const char* held = R"("gres":"gpu:a100:1","hold":true)";

std::string path_of(std::uint32_t id) { return fmt::format("/slurm/v0.0.38/job/{}", id); }

std::int64_t number_in(const boost::json::value& answer) {
  for (const auto& error : answer.at("errors").as_array())
    if (const auto* number = error.as_object().if_contains("error_number"))
      return number->as_int64();
  return 0;
}

}  // namespace

TEST_CASE("a job that waits can be made another") {
  SlurmServer server;
  const auto id = server.submit("kim", held);
  const auto answer = server.send(
      "POST", path_of(id), server.as("kim"),
      R"({"name":"new","comment":"c","time_limit":30,"gres":"gpu:a100:3","cpus_per_task":6,)"
      R"("nodelist":"a100-n2","nice":7,"requeue":false,"environment":{"A":"b"}})");
  CHECK(answer.at("errors").as_array().empty());
  const auto job = server.job(id);
  CHECK(job.at("name") == "new");
  CHECK(job.at("comment") == "c");
  CHECK(job.at("time_limit") == 30);
  CHECK(job.at("tres_per_node") == "gres:gpu:a100:3");
  CHECK(job.at("cpus") == 6);
  CHECK(job.at("required_nodes") == "a100-n2");
  CHECK(job.at("nice") == 7);
  CHECK(job.at("requeue") == false);
}

TEST_CASE("a job is held and released") {
  SlurmServer server;
  const auto id = server.submit("kim", held);
  CHECK(server.send("POST", path_of(id), server.as("kim"), R"({"hold":false})")
            .at("errors")
            .as_array()
            .empty());
  CHECK(server.jobs.find(id)->hold == JobHold::none);
  const auto other = server.submit("kim", held);
  // What an administrator holds its owner can't release.
  REQUIRE(server.ask("POST", path_of(other), server.as("root"), R"({"hold":true})").status == 200);
  CHECK(server.jobs.find(other)->hold == JobHold::admin);
  CHECK(number_in(server.send("POST", path_of(other), server.as("kim"), R"({"hold":false})",
                              500)) == 2002);
  CHECK(server.ask("POST", path_of(other), server.as("root"), R"({"hold":false})").status == 200);
}

TEST_CASE("the policy judges changes, too") {
  SlurmServer server;
  const auto id = server.submit("kim", held);
  const auto refused = [&](const std::string& body) {
    return number_in(server.send("POST", path_of(id), server.as("kim"), body, 500));
  };
  CHECK(refused(R"({"partition":"nope"})") == 2000);
  CHECK(refused(R"({"gres":"gpu:a100:5"})") == 2050);
  CHECK(refused(R"({"priority":"7"})") == 2002);
  CHECK(refused(fmt::format(R"({{"dependency":"afterok:{}"}})", id)) == 2071);
  CHECK(server.ask("POST", path_of(id), server.as("root"), R"({"priority":"7"})").status == 200);
  CHECK(server.jobs.find(id)->priority == 7);
}

TEST_CASE("jobs can't wait for each other") {
  SlurmServer server;
  const auto first = server.submit("kim", held);
  const auto second =
      server.submit("kim", fmt::format(R"({},"dependency":"afterok:{}")", held, first));
  CHECK(server.job(second).at("dependency").as_string().c_str() ==
        fmt::format("afterok:{}(unfulfilled)", first));
  CHECK(number_in(server.send("POST", path_of(first), server.as("kim"),
                              fmt::format(R"({{"dependency":"afterany:{}"}})", second), 500)) ==
        2071);
}

TEST_CASE("of a job that runs little can be changed") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1")");
  server.run(id);
  CHECK(server.ask("POST", path_of(id), server.as("kim"), R"({"name":"new"})").status == 200);
  CHECK(server.ask("POST", path_of(id), server.as("kim"), R"({"time_limit":30})").status == 200);
  CHECK(server.job(id).at("time_limit") == 30);
  CHECK(number_in(server.send("POST", path_of(id), server.as("kim"), R"({"gres":"gpu:a100:2"})",
                              500)) == 2073);
}

TEST_CASE("who says only when he wants mail keeps his address") {
  SlurmServer server;
  const auto id = server.submit(
      "kim", R"("gres":"gpu:a100:1","hold":true,"mail_type":"END","mail_user":"kim@inha.edu")");
  REQUIRE(server.ask("POST", path_of(id), server.as("kim"), R"({"mail_type":"BEGIN"})").status ==
          200);
  const auto mail = aicenter::sealed_mail(server.context(), *server.jobs.find(id));
  CHECK(mail.types == job_mail_type::begin);
  CHECK(server.subject_keys->open(mail.address) == "kim@inha.edu");
  CHECK(number_in(server.send("POST", path_of(id), server.as("kim"),
                              R"({"mail_user":"kim@example.com"})", 500)) == 2050);
}

TEST_CASE("a job that may not start anew goes on") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1","requeue":false)");
  server.run(id);
  const auto path = fmt::format("/orrery/v1/center/jobs/{}/requeue", id);
  CHECK(server.ask("POST", path, server.as("kim")).status == 409);
  CHECK(server.job(id).at("job_state") == "RUNNING");
}

TEST_CASE("who was given less time can't take it back") {
  SlurmServer server;
  const auto id = server.submit("kim", R"("gres":"gpu:a100:1","time_limit":600)");
  server.run(id);
  auto row = *server.jobs.find(id);
  auto run = *row.run;
  run.time_limit_min = 30;  // As the scheduler does it of one with --time-min.
  row.run = std::make_shared<const JobRun>(run);
  CHECK(aicenter::specification_of(row).time_limit_min == 30);
  row.run = nullptr;
  CHECK(aicenter::specification_of(row).time_limit_min == 600);
  CHECK(number_in(server.send("POST", path_of(id), server.as("kim"), R"({"time_limit":601})",
                              500)) == 2002);
}

TEST_CASE("what can't be read changes nothing, and is answered as slurmrestd answers it") {
  SlurmServer server;
  const auto id = server.submit("kim", held);
  const auto answer = server.send("POST", path_of(id), server.as("kim"), R"({"nonsense":1})", 200);
  CHECK(boost::json::serialize(answer.at("errors")) ==
        R"([{"description":"Unknown key \"nonsense\"","source":"hsearch_r"},)"
        R"({"description":"job parsing failed for [127.0.0.1]","error_number":9001,)"
        R"("error":"Failure during parsing","source":"_parse_job_list"}])");
  CHECK(number_in(server.send("POST", path_of(99'999), server.as("kim"), R"({"name":"x"})", 500)) ==
        2017);
  CHECK(number_in(server.send("POST", path_of(id), server.as("lee"), R"({"name":"x"})", 500)) ==
        2002);
}

TEST_CASE("a job that has ended stays as it was") {
  SlurmServer server;
  const auto id = server.submit("kim", held);
  REQUIRE(server.ask("DELETE", path_of(id), server.as("kim")).status == 200);
  CHECK(number_in(server.send("POST", path_of(id), server.as("kim"), R"({"name":"x"})", 500)) ==
        2084);
}
