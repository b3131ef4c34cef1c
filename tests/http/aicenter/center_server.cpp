#include "tests/http/aicenter/center_server.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "http/aicenter/resources.hpp"
#include "http/server/router.hpp"

namespace orrery {
namespace {

Method method_of(std::string_view name) {
  for (const auto method : {Method::get, Method::post, Method::put, Method::delete_})
    if (to_string(method) == name) return method;
  return Method::other;
}

void add_routes(Router& router, const AicenterContext& context) {
  aicenter::Routes routes(router, std::make_shared<const AicenterContext>(context));
  aicenter::add_jobs(routes);
  aicenter::add_cluster(routes);
  aicenter::add_accounting(routes);
  aicenter::add_center(routes);
  routes.add_fallbacks();
}

}  // namespace

BatchPolicy small_policy() {
  BatchPolicy policy;
  policy.nodes = {{"a100-n1", {"a100", "nvlink"}}, {"a100-n2", {"a100"}}, {"sv8ka-n1", {"a40"}}};
  BatchPartition all;
  all.name = "p1";
  all.nodes = {"a100-n1", "a100-n2", "sv8ka-n1"};
  all.classes = {"A"};
  all.time_limit_max_min = 10'080;
  all.is_default = true;
  auto some = all;
  some.name = "p2";
  some.nodes = {"a100-n2"};
  some.classes = {"B"};
  some.is_default = false;
  some.time_limit_default_min = 60;
  policy.partitions = {all, some};
  BatchQos normal;
  normal.name = "normal";
  normal.description = "everybody's";
  normal.preempt_mode = PreemptMode::requeue;
  BatchQos high = normal;
  high.name = "high";
  high.preempts = {"normal"};
  high.preempt_mode = PreemptMode::off;
  high.gpus_max = 8;
  high.jobs_max = 3;
  high.time_limit_max_min = 60;
  high.priority_factor_permille = 1'000;
  policy.qos = {normal, high};
  policy.default_qos = "normal";
  policy.classes = {{"A", "professors", "p1"}, {"B", "on campus", "p2"}};
  return policy;
}

CenterServer::CenterServer() {
  for (View* view : std::vector<View*>{&center, &identity}) views_.add(*view);
  REQUIRE(views_.catch_up(log).has_value());
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views_, &feed};
  control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
  gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
  tenant = *bootstrap(*gateway, *subject_keys, passwords_, {}, {});
  Router router;
  for (auto* table : {&routes_, &router}) add_routes(*table, context());
  ServerConfiguration server;
  server.port = 0;
  server.threads = 2;
  server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
  server_->start();
}

CenterServer::~CenterServer() {
  server_->drain();
  control_plane_->stop();
  gateway.reset();  // The actors end when nobody knows them any more.
}

AicenterContext CenterServer::context() {
  AicenterContext context;
  context.gateway = gateway.get();
  context.log = &log;
  context.identity = &identity;
  context.jobs = &jobs;
  context.center = &center;
  context.nodes = &nodes;
  context.forecasts = &forecasts;
  context.tokens = &tokens;
  context.feed = &feed;
  context.subject_keys = subject_keys.get();
  context.clock = &clock;
  context.ids = &ids_;
  context.host = "center";
  context.started_s = start_s;
  return context;
}

CenterServer::Headers CenterServer::as(const std::string& user) const {
  return {"X-SLURM-USER-NAME: " + user,
          "X-SLURM-USER-TOKEN: " + tokens.mint(user, clock.now(), std::chrono::hours(1))};
}

WireAnswer CenterServer::ask(std::string_view method, std::string_view target, const Headers& who,
                             const std::string& body) {
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: center\r\nX-Request-Id: test\r\n", method, target);
  for (const auto& line : who) request += line + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT")
    request += fmt::format("Content-Length: {}\r\n", body.size());
  RawClient client(server_->port());
  auto answer = client.ask(request + "\r\n" + body);
  std::vector<std::string_view> parameters;
  const auto match =
      routes_.match(method_of(method), target.substr(0, target.find('?')), parameters);
  if (match.route == Router::no_route) return answer;
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
  const auto& document = target.starts_with("/orrery/") ? document_ : slurm_document_;
  CHECK(document.problem_with(route, answer.status, answer.header("Content-Type"), answer.body) ==
        "");
  return answer;
}

boost::json::value CenterServer::get(std::string_view target, const Headers& who, unsigned status) {
  return send("GET", target, who, {}, status);
}

boost::json::value CenterServer::send(std::string_view method, std::string_view target,
                                      const Headers& who, const std::string& body,
                                      unsigned status) {
  const auto answer = ask(method, target, who, body);
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  REQUIRE(answer.status == status);
  return answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body);
}

std::vector<std::string> CenterServer::served(std::string_view root) const {
  std::vector<std::string> served;
  for (const auto& route : routes_.routes())
    if (route.pattern.starts_with(root))
      served.push_back(fmt::format("{} {}", to_string(route.method), route.pattern));
  std::ranges::sort(served);
  return served;
}

void CenterServer::has_team(const std::string& name, const CenterTeamSet& team) {
  command<CenterTeam>(name, CenterTeam::Set{team});
}

void CenterServer::has_user(const std::string& name, const std::string& team, CenterRole role,
                            const std::string& class_name) {
  if (!center.team(team)) has_team(team);
  const auto uid = std::max(center.largest_uid(), center_uid_min - 1) + 1;
  command<CenterUser>(name, CenterUser::Approve{{{class_name, team, {}, role}, uid}});
}

void CenterServer::goes_by(const BatchPolicy& policy) {
  command<BatchPolicyRecord>("aicenter", BatchPolicyRecord::Set{policy});
}

void CenterServer::happened(const std::string& stream, Event event) {
  const RecordedEvent recorded{++position_, stream, 1, clock.now(), {}, std::move(event)};
  jobs.apply(recorded);
  nodes.apply(recorded);
}

void CenterServer::has_node(const std::string& id, const std::string& gpu_model,
                            std::uint32_t gpu_count, std::uint32_t cpu_count,
                            std::uint32_t memory_mib) {
  happened("node/" + id, NodeRegistered{"aicenter", gpu_model, gpu_count, cpu_count, memory_mib,
                                        NodeDriver::simulated});
  happened("node/" + id, NodeBecameReady{});
}

JobSpecification CenterServer::specification(const std::string& name, std::uint32_t gpus) {
  JobSpecification wanted;
  wanted.cluster = "aicenter";
  wanted.user = "kim";
  wanted.account = "vision";
  wanted.partitions = {"p1"};
  wanted.qos = "normal";
  wanted.name = name;
  wanted.resources.gpu_model = "a100";
  wanted.resources.gpus_per_node = gpus;
  wanted.resources.cpus_per_node = 8;
  wanted.resources.memory_mib_per_node = 10'240;
  wanted.time_limit_min = 60;
  return wanted;
}

void CenterServer::submitted(std::uint32_t id, const JobSpecification& specification) {
  happened(fmt::format("job/{}", id), JobSubmitted{specification, {}, JobHold::none, {}, {}});
}

void CenterServer::started(std::uint32_t id, const std::string& node,
                           const std::vector<std::uint32_t>& gpus) {
  const auto stream = fmt::format("job/{}", id);
  happened(stream, JobScheduled{1, "p1", {node}, 60, false});
  happened(stream, JobAllocated{{{node, gpus}}, id});
  happened(stream, JobStarted{});
}

void CenterServer::ended(std::uint32_t id, JobOutcome outcome, std::uint32_t exit_code,
                         const std::string& reason) {
  const auto stream = fmt::format("job/{}", id);
  happened(stream, JobExited{exit_code, {}, true, {}});
  happened(stream, JobEnded{outcome, reason});
}

}  // namespace orrery
