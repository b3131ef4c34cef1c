#include <regex>

#include <fmt/format.h>

#include "tests/http/aicenter/center_server.hpp"
#include "tests/support/golden.hpp"

namespace orrery {
namespace {

/// Without what differs from one server to the next.
std::string without_secrets(std::string text) {
  const std::pair<const char*, const char*> masks[] = {
      {"eyJ[A-Za-z0-9_.-]+", "<token>"},
      {"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>"},
      {"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "<time>"},
      {"\"position\":\\d+", "\"position\":<position>"}};
  for (const auto& [pattern, mask] : masks)
    text = std::regex_replace(text, std::regex(pattern), mask);
  return text;
}

/// Requests and their answers as text, byte for byte but for what every answer of the edge has.
class Transcript {
 public:
  explicit Transcript(CenterServer& server) : server_(server) {}

  void ask(const std::string& who, std::string_view method, const std::string& target,
           const std::string& body = {}) {
    text_ += fmt::format("{} {}\nX-SLURM-USER-NAME: {}\n", method, target, who);
    if (!body.empty()) text_ += "\n" + body + "\n";
    const auto headers = who == "nobody" ? CenterServer::Headers{} : server_.as(who);
    const auto answer = server_.ask(method, target, headers, body);
    text_ += "\n" + answer.head.substr(0, answer.head.find('\r')) + "\n";
    for (const auto* const name : {"Content-Type", "Allow", "Retry-After"})
      if (const auto value = answer.header(name); !value.empty())
        text_ += fmt::format("{}: {}\n", name, value);
    text_ += fmt::format("\n{}\n\n----\n\n", answer.body);
  }

  void check(const std::string& name) const {
    check_golden("http/aicenter/" + name, without_secrets(text_));
  }

 private:
  CenterServer& server_;
  std::string text_;
};

TEST_CASE("the center: people, teams and notices, byte for byte", "[golden][aicenter]") {
  CenterServer server;
  server.goes_by(small_policy());
  server.has_user("boss", "vision", CenterRole::administrator);
  Transcript transcript(server);
  const std::string root = "/orrery/v1/center";
  transcript.ask("nobody", "POST", root + "/applications",
                 R"({"name":"park","full_name":"Park Ji","email":"park@inha.edu",)"
                 R"("affiliation":"EE","purpose":"vision","class":"B"})");
  transcript.ask("nobody", "POST", root + "/applications", R"({"name":"Park"})");
  transcript.ask("boss", "GET", root + "/users?status=applied");
  transcript.ask("boss", "POST", root + "/users/park/approve", "{}");
  transcript.ask("boss", "POST", root + "/users/park/approve",
                 R"({"team":"vision","limits":{"jobs_max":5}})");
  transcript.ask("park", "GET", root + "/me");
  transcript.ask("park", "GET", root + "/users");
  transcript.ask("park", "POST", root + "/tokens");
  transcript.ask("boss", "PUT", root + "/teams/robots", R"({"description":"robots"})");
  transcript.ask("park", "GET", root + "/teams");
  transcript.ask("boss", "POST", root + "/notices", R"({"title":"Maintenance","body":"Sunday"})");
  transcript.ask("nobody", "GET", root + "/notices");
  transcript.ask("boss", "POST", root + "/users/park/suspend",
                 R"({"reason":"login node","until":"2026-04-01T00:00:00Z"})");
  transcript.ask("park", "POST", root + "/tokens");
  transcript.ask("boss", "DELETE", root + "/users/park");
  transcript.ask("boss", "GET", root + "/users/park");
  transcript.check("people.http");
}

TEST_CASE("the center: cluster and accounting, byte for byte", "[golden][aicenter]") {
  CenterServer server;
  server.goes_by(small_policy());
  server.has_user("kim");
  server.has_node("a100-n1", "a100", 4, 80, 163'840);
  server.submitted(1000, CenterServer::specification("train", 2));
  server.submitted(1001, CenterServer::specification("later"));
  server.started(1000, "a100-n1", {0, 1});
  Transcript transcript(server);
  for (const std::string path : {"node/a100-n1", "node/zz", "partition/p1", "ping"})
    transcript.ask("kim", "GET", "/slurm/v0.0.38/" + path);
  server.clock.advance(std::chrono::seconds(61));
  server.ended(1000, JobOutcome::failed, 3, "NonZeroExitCode");
  for (const std::string path : {"job/1000", "job/1001", "job/9999", "user/kim", "account/vision",
                                 "association?user=kim", "qos/high", "cluster/aicenter"})
    transcript.ask("kim", "GET", "/slurmdb/v0.0.38/" + path);
  transcript.ask("kim", "GET", "/orrery/v1/center/jobs/1000/why");
  transcript.check("accounting.http");
}

}  // namespace
}  // namespace orrery
