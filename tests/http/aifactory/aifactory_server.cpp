#include "tests/http/aifactory/aifactory_server.hpp"

#include <algorithm>
#include <future>
#include <initializer_list>
#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/aifactory/service_json.hpp"
#include "http/auth/credential.hpp"
#include "tests/support/project_folders.hpp"

namespace orrery {

namespace {

constexpr std::string_view cluster = "ai-factory";

/// Waits for what other threads are about to do. A test that waits in vain fails after ten seconds.
template <class Condition>
void wait_until(const std::string& what, const Condition& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain until " << what);
    std::this_thread::yield();
  }
}

Method method_of(std::string_view name) {
  for (const auto method : {Method::get, Method::post, Method::put, Method::delete_})
    if (to_string(method) == name) return method;
  return Method::other;
}

boost::json::value body_of(const WireAnswer& answer, unsigned status) {
  INFO(answer.head << "\n" << answer.body);
  REQUIRE(answer.status == status);
  return boost::json::parse(boost::json::string_view(answer.body));
}

bool names(const AifactoryServer::Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& line) { return line.starts_with(name); });
}

}  // namespace

AifactoryServer::AifactoryServer(const Setup& setup) : recipes(source_folder() / "cli/recipes") {
  for (View* view : std::initializer_list<View*>{&identity, &services}) views_.add(*view);
  REQUIRE(views_.catch_up(log).has_value());
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views_};
  control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
  gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
  command<Cluster>(std::string(cluster),
                   Cluster::Declare{{"", WhenFull::queue, PlacementStrategy::pack}});

  const auto shared = context(setup);
  Router router;
  for (auto* table : {&routes_, &router}) add_aifactory_routes(*table, shared);
  ServerConfiguration server;
  server.port = 0;
  server.threads = 2;
  server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
  server_->start();
}

AifactoryServer::~AifactoryServer() {
  server_->drain();
  control_plane_->stop();
  gateway.reset();  // The actors end when nobody knows them any more.
}

AifactoryContext AifactoryServer::context(const Setup& setup) {
  AifactoryContext context;
  context.gateway = gateway.get();
  context.identity = &identity;
  context.services = &services;
  context.recipes = &recipes;
  context.targets = setup.targets;
  context.logs = &logs_;
  context.upstream = setup.upstream;
  context.clock = &clock;
  context.ids = &ids_;
  context.cluster = cluster;
  context.node = "mel0001";
  if (!setup.token.empty()) context.token_digest = credential_digest(setup.token);
  return context;
}

template <class A>
void AifactoryServer::command(std::string id, typename A::Command wanted) {
  using Result = boost::system::result<Outcome<A>, Unavailable>;
  std::promise<bool> accepted;
  gateway->submit<A>({std::move(id), std::move(wanted), Origin{"test", 0, "test"}, {}},
                     [&](const Result& outcome) {
                       accepted.set_value(outcome.has_value() && !outcome->rejection);
                     });
  REQUIRE(accepted.get_future().get());
}
template void AifactoryServer::command<Service>(std::string, Service::Command);
template void AifactoryServer::command<ServiceGroup>(std::string, ServiceGroup::Command);
template void AifactoryServer::command<Token>(std::string, Token::Command);

WireAnswer AifactoryServer::ask(std::string_view method, std::string_view target,
                                std::string_view body, Headers headers) {
  if (!names(headers, "Host:")) headers.emplace_back("Host: localhost");
  if (!body.empty() && !names(headers, "Content-Type:"))
    headers.emplace_back("Content-Type: application/json");
  auto request = fmt::format("{} {} HTTP/1.1\r\nX-Request-Id: test\r\n", method, target);
  for (const auto& line : headers) request += line + "\r\n";
  if (!body.empty() || method == "POST")
    request += fmt::format("Content-Length: {}\r\n", body.size());
  RawClient client(server_->port());
  auto answer = client.ask(fmt::format("{}\r\n{}", request, body));

  std::vector<std::string_view> parameters;
  const auto match =
      routes_.match(method_of(method), target.substr(0, target.find('?')), parameters);
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  const bool is_described = match.route != Router::no_route && target != "/docs" &&
                            target != "/redoc" && target != "/openapi.json";
  if (is_described) {
    const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
    CHECK(document_.problem_with(route, answer.status, answer.header("Content-Type"),
                                 answer.body) == "");
  }
  return answer;
}

boost::json::value AifactoryServer::get(std::string_view target, unsigned status) {
  return body_of(ask("GET", target), status);
}

boost::json::value AifactoryServer::post(std::string_view target, std::string_view body,
                                         unsigned status) {
  return body_of(ask("POST", target, body), status);
}

boost::json::value AifactoryServer::delete_(std::string_view target, unsigned status) {
  return body_of(ask("DELETE", target), status);
}

std::string AifactoryServer::create(std::string_view recipe_name, std::string_view config) {
  const auto body = fmt::format(R"({{"recipe_name":"{}","config":{}}})", recipe_name, config);
  return post("/api/v1/services", body).at("id").as_string().c_str();
}

void AifactoryServer::add_node(const std::string& id, std::uint32_t gpu_count) {
  command<Node>(id, Node::Register{{std::string(cluster), "A100-40GB", gpu_count, 64, 512 * 1024,
                                    NodeDriver::simulated}});
  command<Node>(id, Node::ReportReady{});
}

std::uint64_t AifactoryServer::await_fence(const std::string& id) {
  wait_until("the service is placed", [&] {
    const auto service = services.find(id);
    return service && service->placement;
  });
  return services.find(id)->placement->fence;
}

void AifactoryServer::launch(const std::string& id, std::uint16_t port) {
  const auto fence = await_fence(id);
  command<Service>(id, Service::ReportLaunched{{"127.0.0.1", port}, fence});
}

void AifactoryServer::be_ready(const std::string& id) {
  command<Service>(id, Service::ReportReady{await_fence(id)});
}

void AifactoryServer::exit_by(const std::string& id, std::uint32_t signal) {
  command<Service>(id, Service::ReportExited{await_fence(id), std::nullopt, signal});
}

void AifactoryServer::run(const std::string& id, std::uint16_t port) {
  launch(id, port);
  be_ready(id);
}

void AifactoryServer::await_status(const std::string& id, std::string_view status) {
  wait_until(fmt::format("{} is {}", id, status), [&] {
    const auto service = services.find(id);
    return service && aifactory::status_name(*service) == status;
  });
}

void AifactoryServer::await_reason(const std::string& id) {
  wait_until("it is known why the service waits", [&] {
    const auto service = services.find(id);
    return service && !service->reason.empty();
  });
}

void AifactoryServer::write_logs(const std::string& id, ServiceOutput output) {
  logs_.write(id, std::move(output));
}

ServiceOutput AifactoryServer::WrittenLogs::output_of(const ServiceDetails& service,
                                                      std::size_t) const {
  const std::scoped_lock lock(mutex_);
  const auto found = outputs_.find(service.id);
  return found == outputs_.end() ? ServiceOutput{} : found->second;
}

void AifactoryServer::WrittenLogs::write(const std::string& id, ServiceOutput output) {
  const std::scoped_lock lock(mutex_);
  outputs_[id] = std::move(output);
}

}  // namespace orrery
