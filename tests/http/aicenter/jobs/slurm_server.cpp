#include "tests/http/aicenter/jobs/slurm_server.hpp"

#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "http/aicenter/routes.hpp"
#include "http/server/router.hpp"

namespace orrery {
namespace {

Method method_of(std::string_view name) {
  for (const auto method : {Method::get, Method::post, Method::put, Method::delete_})
    if (to_string(method) == name) return method;
  return Method::other;
}

BatchPolicy policy_of_two_nodes() {
  BatchPolicy policy;
  policy.nodes = {{"a100-n1", {"a100", "nvlink"}}, {"a100-n2", {"a100"}}};
  BatchPartition all;
  all.name = "p1";
  all.nodes = {"a100-n1", "a100-n2"};
  all.classes = {"A"};
  all.time_limit_max_min = 10'080;
  all.is_default = true;
  auto some = all;
  some.name = "p2";
  some.nodes = {"a100-n2"};
  some.classes = {"B"};
  some.is_default = false;
  policy.partitions = {all, some};
  BatchQos normal;
  normal.name = "normal";
  policy.qos = {normal};
  policy.default_qos = "normal";
  policy.classes = {{"A", "professors", "p1"}, {"B", "on campus", "p2"}};
  policy.gpu_caps = {{"a100", 20, 40'960, 4}};
  policy.limits.mail_domains = {"inha.edu", "inha.ac.kr"};
  return policy;
}

}  // namespace

SlurmServer::SlurmServer() {
  for (View* view : std::vector<View*>{&center, &jobs, &nodes}) views_.add(*view);
  REQUIRE(views_.catch_up(log).has_value());
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views_, &arrays};
  configuration.tail.forecasts = &forecasts;
  control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
  gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
  furnish();
  Router router;
  for (auto* table : {&routes_, &router}) add_aicenter_routes(*table, context());
  ServerConfiguration server;
  server.port = 0;
  server.threads = 2;
  server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
  server_->start();
}

SlurmServer::~SlurmServer() {
  server_->drain();
  control_plane_->stop();
  gateway.reset();  // The actors end when nobody knows them any more.
}

void SlurmServer::furnish() {
  REQUIRE(accepts<BatchPolicyRecord>("aicenter", BatchPolicyRecord::Set{policy_of_two_nodes()}));
  REQUIRE(accepts<CenterTeam>("vision", CenterTeam::Set{}));
  const auto approve = [&](const std::string& name, const std::string& class_name, CenterRole role,
                           std::uint32_t uid) {
    const CenterUserApproved approved{{class_name, "vision", {}, role}, uid};
    REQUIRE(accepts<CenterUser>(name, CenterUser::Approve{approved}));
  };
  approve("kim", "A", CenterRole::none, 10'001);
  approve("lee", "B", CenterRole::none, 10'002);
  approve("root", "A", CenterRole::administrator, 10'003);
  for (const std::string id : {"a100-n1", "a100-n2"}) {
    const NodeRegistered node{"aicenter", "a100", 4, 80, 163'840, NodeDriver::simulated};
    REQUIRE(accepts<Node>(id, Node::Register{node}));
    REQUIRE(accepts<Node>(id, Node::ReportReady{}));
  }
}

AicenterContext SlurmServer::context() {
  AicenterContext context;
  context.gateway = gateway.get();
  context.log = &log;
  context.jobs = &jobs;
  context.center = &center;
  context.nodes = &nodes;
  context.forecasts = &forecasts;
  context.arrays = &arrays;
  context.tokens = &tokens;
  context.subject_keys = subject_keys.get();
  context.clock = &clock;
  context.ids = &ids_;
  context.host = "center";
  context.started_s = start_s;
  return context;
}

SlurmServer::Headers SlurmServer::as(const std::string& user) const {
  return {"X-SLURM-USER-NAME: " + user,
          "X-SLURM-USER-TOKEN: " + tokens.mint(user, clock.now(), std::chrono::hours(1))};
}

WireAnswer SlurmServer::ask(std::string_view method, std::string_view target, const Headers& who,
                            const std::string& body) {
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: center\r\nX-Request-Id: test\r\n", method, target);
  for (const auto& line : who) request += line + "\r\n";
  if (!body.empty() || method == "POST")
    request += fmt::format("Content-Length: {}\r\n", body.size());
  RawClient client(server_->port());
  auto answer = client.ask(request + "\r\n" + body);
  std::vector<std::string_view> parameters;
  const auto match =
      routes_.match(method_of(method), target.substr(0, target.find('?')), parameters);
  if (match.route == Router::no_route || !target.starts_with("/slurm")) return answer;
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
  CHECK(document_.problem_with(route, answer.status, answer.header("Content-Type"), answer.body) ==
        "");
  return answer;
}

boost::json::value SlurmServer::send(std::string_view method, std::string_view target,
                                     const Headers& who, const std::string& body, unsigned status) {
  const auto answer = ask(method, target, who, body);
  INFO(method << " " << target << "\n" << body << "\n" << answer.head << "\n" << answer.body);
  REQUIRE(answer.status == status);
  return answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body);
}

std::string SlurmServer::submission(const std::string& words, const std::string& script) {
  const bool has_limit = words.find("time_limit") != std::string::npos;
  return fmt::format(R"({{"script":"{}","job":{{"environment":{{"PATH":"/bin"}}{}{}{}}}}})", script,
                     has_limit ? "" : R"(,"time_limit":60)", words.empty() ? "" : ",", words);
}

std::uint32_t SlurmServer::submit(const std::string& user, const std::string& words) {
  const auto answer = send("POST", "/slurm/v0.0.38/job/submit", as(user), submission(words));
  return static_cast<std::uint32_t>(answer.at("job_id").as_int64());
}

boost::json::object SlurmServer::job(std::uint32_t id, const std::string& user) {
  const auto answer = send("GET", fmt::format("/slurm/v0.0.38/job/{}", id), as(user), {});
  return answer.at("jobs").at(0).as_object();
}

void SlurmServer::run(std::uint32_t id) {
  // The scheduler may be told of the place's leases only after the job process has them all.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!accepts<Job>(std::to_string(id), Job::ReportStarted{Job::whichever_fence})) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("job " << id << " never got a place");
    std::this_thread::yield();
  }
  wait_for(id, JobStatus::running);
}

void SlurmServer::wait_for(std::uint32_t id, JobStatus status) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    const auto row = jobs.find(id);
    if (row && row->status == status) return;
    if (std::chrono::steady_clock::now() > give_up) FAIL("job " << id << " never got there");
    std::this_thread::yield();
  }
}

}  // namespace orrery
