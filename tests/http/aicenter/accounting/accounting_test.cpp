#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "tests/http/aicenter/center_server.hpp"

namespace orrery {
namespace {

/// Jobs that ended in several ways, of kim, who asks.
struct Accounting : CenterServer {
  Accounting() {
    goes_by(small_policy());
    has_team("vision", {"vision lab", "inha", {}, {}});
    has_user("kim");
    has_node("a100-n1", "a100", 4, 80, 163'840);
    kim = as("kim");
  }
  /// "1000 COMPLETED" of each that is found.
  std::vector<std::string> found(const std::string& query) {
    std::vector<std::string> found;
    for (const auto& job : get("/slurmdb/v0.0.38/jobs" + query, kim).at("jobs").as_array())
      found.push_back(fmt::format("{} {}", job.at("job_id").to_number<int>(),
                                  job.at("state").at("current").as_string().c_str()));
    return found;
  }
  void has_jobs() {
    submitted(1000, specification("ok", 2));
    submitted(1001, specification("bad"));
    started(1000, "a100-n1", {0, 1});
    started(1001, "a100-n1", {2});
    clock.advance(std::chrono::seconds(90));
    ended(1000, JobOutcome::completed, 0);
    ended(1001, JobOutcome::failed, 3, "NonZeroExitCode");
    submitted(1002, specification("later"));
  }

  Headers kim;
};

using Found = std::vector<std::string>;

TEST_CASE("the accounting remembers every job", "[aicenter]") {
  Accounting server;
  server.has_jobs();
  CHECK(server.found("") == Found{"1000 COMPLETED", "1001 FAILED", "1002 PENDING"});
  const auto job = server.get("/slurmdb/v0.0.38/job/1000", server.kim).at("jobs").at(0);
  CHECK(job.at("time").at("elapsed") == 90);
  CHECK(job.at("time").at("start") == Accounting::start_s);
  CHECK(job.at("time").at("end") == Accounting::start_s + 90);
  CHECK(job.at("nodes") == "a100-n1");
  CHECK(job.at("association").at("user") == "kim");
  CHECK(job.at("steps").as_array().size() == 1);
  CHECK(boost::json::serialize(job.at("tres").at("requested").at(4)) ==
        R"({"type":"gres","name":"gpu","id":1001,"count":2})");
  const auto waiting = server.get("/slurmdb/v0.0.38/job/1002", server.kim).at("jobs").at(0);
  CHECK(waiting.at("nodes") == "None assigned");
  CHECK(waiting.at("time").at("start").is_null());
  CHECK(waiting.at("steps").as_array().empty());
  CHECK(waiting.at("tres").at("allocated").as_array().empty());
}

TEST_CASE("very many jobs are all told, as they are taken", "[aicenter]") {
  Accounting server;
  for (std::uint32_t id = 1; id <= 1'500; ++id)
    server.submitted(id, Accounting::specification("train"));
  RawClient client(server.port());
  client.send(fmt::format("GET /slurmdb/v0.0.38/jobs HTTP/1.1\r\nHost: center\r\n{}\r\n{}\r\n\r\n",
                          server.kim[0], server.kim[1]));
  const auto text = client.read_until("\r\n0\r\n");
  CHECK(text.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(text.find("\"job_id\":1500,") != std::string::npos);
  std::size_t count = 0;
  for (auto at = text.find("\"derived_exit_code\""); at != std::string::npos;
       at = text.find("\"derived_exit_code\"", at + 1))
    ++count;
  // Where a chunk ends within the word, it isn't found.
  CHECK(count + 50 > 1'500);
}

TEST_CASE("exit codes and signals are told as they were", "[aicenter]") {
  Accounting server;
  server.has_jobs();
  server.started(1002, "a100-n1", {0});
  server.happened("job/1002", JobExited{{}, 9, true, {}});
  server.happened("job/1002", JobEnded{JobOutcome::failed, "None"});
  const auto exit_of = [&](int id) {
    const auto answer = server.get(fmt::format("/slurmdb/v0.0.38/job/{}", id), server.kim);
    return boost::json::serialize(answer.at("jobs").at(0).at("exit_code"));
  };
  CHECK(exit_of(1000) == R"({"status":"SUCCESS","return_code":0})");
  CHECK(exit_of(1001) == R"({"status":"ERROR","return_code":3})");
  CHECK(exit_of(1002) ==
        R"({"status":"SIGNALED","return_code":null,"signal":{"signal_id":9,"name":"Killed"}})");
}

TEST_CASE("jobs are found by what is said of them", "[aicenter]") {
  Accounting server;
  server.has_jobs();
  const Found good{"1000 COMPLETED"}, bad{"1001 FAILED"};
  CHECK(server.found("?state=CD") == good);
  CHECK(server.found("?state=FAILED,TIMEOUT") == bad);
  CHECK(server.found("?job_name=bad,zz") == bad);
  CHECK(server.found("?exit_code=3") == bad);
  CHECK(server.found("?reason=NonZeroExitCode") == bad);
  CHECK(server.found("?step=1000") == good);
  CHECK(server.found("?node=a100-n%5B1-2%5D").size() == 2);
  CHECK(server.found("?partition=p1&account=vision&qos=normal&cluster=aicenter").size() == 3);
  CHECK(server.found("?cpus_min=8&cpus_max=8&nodes_max=1").size() == 3);
  // By the center's clock, nine hours ahead.
  CHECK(server.found("?start_time=2026-03-01T22:00:00").size() == 1);
  CHECK(server.found("?end_time=1772366400").size() == 2);
  const auto nothing = server.get("/slurmdb/v0.0.38/jobs?job_name=zz", server.kim);
  CHECK(nothing.at("jobs").as_array().empty());
  CHECK(boost::json::serialize(nothing.at("errors")) ==
        R"([{"description":"Nothing found","error_number":9003,)"
        R"("error":"Nothing found with query","source":"slurmdb_jobs_get"}])");
  for (const std::string query : {"?wckey=x", "?reservation=x", "?state=OOM", "?constraints=x"})
    CHECK(server.found(query).empty());
}

TEST_CASE("what can't be asked of the accounting is refused as slurmrestd refuses it",
          "[aicenter]") {
  Accounting server;
  const auto refused = [&](const std::string& query) {
    const auto answer = server.get("/slurmdb/v0.0.38/jobs" + query, server.kim, 500);
    CHECK(answer.at("errors").at(0).at("error_number") == 9000);
    return std::string(answer.at("errors").at(0).at("description").as_string());
  };
  CHECK(refused("?users=kim") == "Unknown Query field");
  CHECK(refused("?start_time=zzz") == "Unable to parse time format");
  CHECK(refused("?state=ZZ") == "Unable to parse CSV list");
  CHECK(refused("?exit_code=x") == "Unable to parse CSV list");
  CHECK(refused("?cpus_min=x") == "Unable to parse number");
}

TEST_CASE("tasks of an array are found together and one by one", "[aicenter]") {
  Accounting server;
  const auto wanted = Accounting::specification("many");
  server.happened("job_array/1000", JobArraySubmitted{wanted, {1, 2}, 1, JobHold::none, {}, {}});
  for (const std::uint32_t task : {1u, 2u})
    server.happened(fmt::format("job/{}", 999 + task),
                    JobSubmitted{wanted, JobArrayTask{1000, task, 1}, JobHold::none, {}, {}});
  const auto ids = [&](const std::string& id) {
    Found tasks;
    const auto answer = server.get("/slurmdb/v0.0.38/job/" + id, server.kim);
    for (const auto& job : answer.at("jobs").as_array())
      tasks.push_back(boost::json::serialize(job.at("array").at("task_id")));
    return tasks;
  };
  CHECK(ids("1000") == Found{"1", "2"});
  CHECK(ids("1000_2") == Found{"2"});
  CHECK(ids("1000_3").empty());
  CHECK(ids("abc").empty());
  CHECK(ids("9999").empty());
}

TEST_CASE("teams and people are accounts, users and associations", "[aicenter]") {
  Accounting server;
  CenterTeamSet robots{"robots", "inha", "vision", {}};
  robots.limits.shares = 10;
  robots.limits.gpus_max = 8;
  server.has_team("robots", robots);
  server.has_user("lee", "robots", CenterRole::operator_, "B");
  const auto accounts = server.get("/slurmdb/v0.0.38/accounts", server.kim).at("accounts");
  REQUIRE(accounts.as_array().size() == 3);
  CHECK(accounts.at(0).at("name") == "robots");
  CHECK(accounts.at(1).at("name") == "root");
  CHECK(accounts.at(2).at("description") == "vision lab");
  const auto lee = server.get("/slurmdb/v0.0.38/user/lee", server.kim).at("users").at(0);
  CHECK(lee.at("administrator_level") == "Operator");
  CHECK(lee.at("default").at("account") == "robots");
  CHECK(boost::json::serialize(lee.at("associations")) ==
        R"([{"account":"robots","cluster":"aicenter","partition":"p2","user":"lee"}])");
  const auto all = server.get("/slurmdb/v0.0.38/associations", server.kim).at("associations");
  Found places;
  for (const auto& each : all.as_array())
    places.push_back(fmt::format("{} {}", each.at("account").as_string().c_str(),
                                 boost::json::serialize(each.at("user"))));
  CHECK(places ==
        Found{"root null", "vision null", "vision \"kim\"", "robots null", "robots \"lee\""});
  const auto team = all.at(3);
  CHECK(team.at("parent_account") == "vision");
  CHECK(team.at("shares_raw") == 10);
  CHECK(team.at("max").at("tres").at("total").at(0).at("count") == 8);
  CHECK(team.at("max").at("jobs").at("total").is_null());
  CHECK(all.at(4).at("max").at("jobs").at("total") == 100);
}

TEST_CASE("one association is one", "[aicenter]") {
  Accounting server;
  const std::string path = "/slurmdb/v0.0.38/association";
  CHECK(server.get(path + "?user=kim", server.kim).at("associations").as_array().size() == 1);
  CHECK(server.get(path + "?account=vision", server.kim, 400).at("associations").is_array());
  const auto nobody = server.get(path + "?user=zz", server.kim, 500);
  CHECK(nobody.at("errors").at(0).at("error_number") == 9003);
  CHECK(!nobody.as_object().contains("associations"));
  CHECK(server.get(path + "s?cluster=zz", server.kim, 500).at("errors").is_array());
}

TEST_CASE("qualities of service, clusters and resources are records, too", "[aicenter]") {
  Accounting server;
  const auto high = server.get("/slurmdb/v0.0.38/qos/high", server.kim).at("QOS").at(0);
  CHECK(high.at("id") == 2);
  CHECK(high.at("priority") == 1000);
  CHECK(boost::json::serialize(high.at("preempt")) ==
        R"({"list":["normal"],"mode":[],"exempt_time":null})");
  CHECK(high.at("limits").at("max").at("tres").at("per").at("user").at(0).at("count") == 8);
  CHECK(high.at("limits").at("max").at("wall_clock").at("per").at("job") == 60);
  CHECK(server.get("/slurmdb/v0.0.38/qos/zz", server.kim).at("QOS").as_array().empty());
  const auto cluster = server.get("/slurmdb/v0.0.38/cluster/aicenter", server.kim).at("clusters");
  CHECK(cluster.at(0).at("nodes") == "a100-n[1-2],sv8ka-n1");
  CHECK(cluster.at(0).at("tres").at(0).at("count") == 80);
  CHECK(server.get("/slurmdb/v0.0.38/tres", server.kim).at("TRES").as_array().size() == 10);
  for (const std::string path : {"cluster/zz", "account/zz", "user/zz", "wckeys", "wckey/x"}) {
    const auto answer = server.get("/slurmdb/v0.0.38/" + path, server.kim, 500);
    CHECK(answer.at("errors").at(0).at("error_number") == 9003);
  }
  CHECK(server.get("/slurmdb/v0.0.38/diag", server.kim).at("statistics").is_object());
  const auto config = server.get("/slurmdb/v0.0.38/config", server.kim);
  for (const auto* const member :
       {"clusters", "TRES", "accounts", "users", "QOS", "wckeys", "associations"})
    CHECK(config.at(member).is_array());
}

TEST_CASE("a person who is gone is in no account", "[aicenter]") {
  Accounting server;
  server.has_user("lee");
  server.command<CenterUser>("lee", CenterUser::Erase{});
  CHECK(server.get("/slurmdb/v0.0.38/users", server.kim).at("users").as_array().size() == 1);
  CHECK(server.ask("GET", "/slurmdb/v0.0.38/users", server.as("lee")).status == 401);
}

}  // namespace
}  // namespace orrery
