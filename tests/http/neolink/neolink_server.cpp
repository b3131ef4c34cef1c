#include "tests/http/neolink/neolink_server.hpp"

#include <future>
#include <initializer_list>
#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "events/folds/billing_terms.hpp"
#include "events/stream_name.hpp"
#include "http/auth/credential.hpp"
#include "http/neolink/instance_json.hpp"

namespace orrery {

namespace {

constexpr std::string_view root = "/mdc/api/v1";
constexpr std::string_view cluster = "host-cluster";
constexpr std::string_view region_id = "14c5a9e3-0d09-4aa0-99d3-c096b80cceaa";

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

/// The document's SKU, or one like it.
SkuDeclared sku(SellingType type, std::int64_t price_fen, std::uint32_t gpu_count = 1) {
  SkuDeclared declared;
  declared.region_id = region_id;
  declared.name = declared.gpu_series = declared.gpu_product = declared.gpu_model = "4090";
  declared.cpu_arch = "x86-64";
  declared.cpu_series = "Inter Xeon";
  declared.cpu_vendor = "Inter";
  declared.cpu_count = 16 * gpu_count;
  declared.memory_gib = 96 * gpu_count;
  declared.gpu_resource_key = "nvidia.com/gpu-4090";
  declared.gpu_count = gpu_count;
  declared.gpu_memory_gib = 24;
  declared.system_disk_gb = 30;
  declared.data_disk_gb = 50;
  declared.selling_type = type;
  declared.price_fen = price_fen;
  return declared;
}

/// The one in the document's sample.
SkuDeclared discounted_h20() {
  auto declared = sku(SellingType::pay_as_you_go, 1'000);
  declared.name = declared.gpu_series = declared.gpu_product = declared.gpu_model = "H20";
  declared.gpu_resource_key = "nvidia.com/gpu-h20";
  declared.cpu_count = 24;
  declared.memory_gib = 192;
  declared.gpu_memory_gib = 96;
  declared.discount = {"10000", 4'800, 1'723'706'798, 1'727'712'300};
  return declared;
}

boost::json::value body_of(const WireAnswer& answer, unsigned status) {
  INFO(answer.head << "\n" << answer.body);
  REQUIRE(answer.status == status);
  return boost::json::parse(boost::json::string_view(answer.body));
}

}  // namespace

NeolinkServer::NeolinkServer() {
  for (View* view : std::initializer_list<View*>{&identity, &availability, &catalogue,
                                                 &instance_view, &volumes, &wallets, &offers})
    views_.add(*view);
  REQUIRE(views_.catch_up(log).has_value());
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views_};
  control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
  gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
  declare_catalogue();
  open(customer);
  open(stranger);

  const auto shared = context();
  Router router;
  for (auto* table : {&routes_, &router}) add_neolink_routes(*table, shared);
  ServerConfiguration server;
  server.port = 0;
  server.threads = 2;
  server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
  server_->start();
}

NeolinkServer::~NeolinkServer() {
  server_->drain();
  control_plane_->stop();
  gateway.reset();  // The actors end when nobody knows them any more.
}

NeolinkContext NeolinkServer::context() {
  NeolinkContext context;
  context.gateway = gateway.get();
  context.log = &log;
  context.identity = &identity;
  context.instances = &instance_view;
  context.volumes = &volumes;
  context.wallets = &wallets;
  context.offers = &offers;
  context.availability = &availability;
  context.catalogue = &catalogue;
  context.clock = &clock;
  context.ids = &ids_;
  return context;
}

template <class A, class C>
void NeolinkServer::command(std::string id, C wanted) {
  using Result = boost::system::result<Outcome<A>, Unavailable>;
  std::promise<bool> accepted;
  gateway->submit<A>({std::move(id), std::move(wanted), Origin{"test", 0, "test"}, {}},
                     [&](const Result& outcome) {
                       accepted.set_value(outcome.has_value() && !outcome->rejection);
                     });
  REQUIRE(accepted.get_future().get());
}

void NeolinkServer::declare_catalogue() {
  command<Cluster>(std::string(cluster),
                   Cluster::Declare{{"", WhenFull::refuse, PlacementStrategy::pack}});
  command<Region>(std::string(region_id),
                  Region::Declare{{"北京一区", std::string(cluster), "images.neolink-ai.com",
                                   "69e377a7-99d1-cca0-ef58-cfce14a336b2", "gw.neolink-ai.com",
                                   "gws.neolink-ai.com"}});
  command<Sku>("2", Sku::Declare{discounted_h20()});
  command<Sku>("66", Sku::Declare{sku(SellingType::pay_as_you_go, 250)});
  command<Sku>("67", Sku::Declare{sku(SellingType::daily, 5'000)});
  command<Sku>("68", Sku::Declare{sku(SellingType::monthly, 100'000)});
  command<Sku>("70", Sku::Declare{sku(SellingType::pay_as_you_go, 500, 2)});
  command<ContainerImage>(
      "tensorflow", ContainerImage::Publish{{"images.neolink-ai.com/matrixdc/tensorflow:2.15.0-"
                                             "python3.10-cuda12.1.0-cudnn8-devel-ubuntu22.04"}});
}

void NeolinkServer::open(const Customer& who) {
  command<Wallet>(who.namespace_id, Wallet::Open{});
  command<Token>("token-" + who.namespace_id,
                 Token::IssueKey{{credential_digest_text(who.token), KeyScope::namespace_,
                                  who.namespace_id, "test", 0}});
}

WireAnswer NeolinkServer::ask(std::string_view method, std::string_view target,
                              const Asking& asking) {
  const auto path = fmt::format("{}{}", root, target);
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: neolink-ai.com\r\nX-Request-Id: test\r\n", method, path);
  for (const auto& line : asking.headers) request += line + "\r\n";
  if (!asking.body.empty() || method == "POST")
    request += fmt::format("Content-Length: {}\r\n", asking.body.size());
  RawClient client(server_->port());
  auto answer = client.ask(request + "\r\n" + asking.body);

  std::vector<std::string_view> parameters;
  const auto match = routes_.match(method_of(method),
                                   std::string_view(path).substr(0, path.find('?')), parameters);
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  if (match.route != Router::no_route) {
    const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
    CHECK(document_.problem_with(route, answer.status, answer.header("Content-Type"),
                                 answer.body) == "");
  }
  return answer;
}

WireAnswer NeolinkServer::ask_as(const Customer& who, std::string_view method,
                                 std::string_view target, std::string body,
                                 std::vector<std::string> headers) {
  headers.push_back("namespace: " + who.namespace_id);
  headers.push_back("Authorization: bearer " + who.token);
  return ask(method, target, {std::move(body), std::move(headers)});
}

boost::json::value NeolinkServer::get(std::string_view target, unsigned status) {
  return body_of(ask_as(customer, "GET", target), status);
}

boost::json::value NeolinkServer::post(std::string_view target, std::string body, unsigned status) {
  return body_of(ask_as(customer, "POST", target, std::move(body)), status);
}

boost::json::value NeolinkServer::delete_(std::string_view target, unsigned status) {
  return body_of(ask_as(customer, "DELETE", target), status);
}

std::string NeolinkServer::instances(std::string_view rest) {
  return fmt::format("/clusters/{}/instances{}", cluster, rest);
}

std::string NeolinkServer::create_body(const std::function<void(boost::json::object&)>& change) {
  auto body = boost::json::parse(R"({
    "Cost": {"CostType": "1", "CouponID": "", "DiskSKUID": "1", "GPUSKUID": "66", "CostTime": ""},
    "VolumeMount": [{"PathInContainer": "/root/data", "Size": 50, "Type": "shared-filesystem"}],
    "namespace": "xxx",
    "displayName": "test1",
    "image": "images.neolink-ai.com/matrixdc/tensorflow:2.15.0-python3.10-cuda12.1.0-cudnn8-devel-ubuntu22.04",
    "Region": ""
  })");
  change(body.as_object());
  return boost::json::serialize(body);
}

std::string NeolinkServer::create(const std::function<void(boost::json::object&)>& change) {
  return post(instances(), create_body(change)).at("name").as_string().c_str();
}

std::string NeolinkServer::create_running() {
  auto name = create();
  finish_start(name);
  return name;
}

void NeolinkServer::add_node(const std::string& id, std::uint32_t gpu_count) {
  const auto free_before = availability.free_gpu_count(cluster, "4090");
  command<Node>(id, Node::Register{{std::string(cluster), "4090", gpu_count}});
  command<Node>(id, Node::ReportReady{});
  wait_until("the node's GPUs are free", [&] {
    return availability.free_gpu_count(cluster, "4090") == free_before + gpu_count;
  });
}

void NeolinkServer::top_up(std::int64_t amount_fen) {
  command<Wallet>(customer.namespace_id, Wallet::TopUp{{ids_.uuid(), amount_fen}});
}

void NeolinkServer::grant_coupon(const std::string& id, std::int64_t amount_fen,
                                 std::int64_t expires_at_s) {
  command<Wallet>(customer.namespace_id, Wallet::GrantCoupon{{id, amount_fen, expires_at_s}});
}

void NeolinkServer::charge_hours(const std::string& name, std::int64_t hours) {
  const auto order_id = instance_view.find(customer.namespace_id, name)->order.order_id;
  for (const auto& span : hourly_spans(now_s(), now_s() + hours * seconds_per_hour))
    command<Wallet>(customer.namespace_id,
                    Wallet::ChargeUsage{order_id, span.from_s, span.until_s, {}});
}

void NeolinkServer::let_creates_wait() {
  command<Cluster>(std::string(cluster),
                   Cluster::Declare{{"", WhenFull::queue, PlacementStrategy::pack}});
}

void NeolinkServer::withdraw_sku(const std::string& id) { command<Sku>(id, Sku::Withdraw{}); }

std::int64_t NeolinkServer::now_s() const { return seconds_of(clock.now()); }

void NeolinkServer::finish_start(const std::string& name) {
  const auto found = [&] { return instance_view.find(customer.namespace_id, name); };
  wait_until("the instance is placed", [&] {
    const auto instance = found();
    return instance && instance->placement && !instance->address;
  });
  command<Instance>(name,
                    Instance::ReportStarted{{"172.31.213.79", 30'099}, found()->placement->fence});
}

void NeolinkServer::finish_stop(const std::string& name) {
  command<Instance>(name, Instance::ReportStopped{Instance::whichever_fence});
}

void NeolinkServer::await_requested(const std::string& name) {
  wait_until("the instance is requested",
             [&] { return log.version_of(stream_name("instance", name)) != 0; });
}

void NeolinkServer::await_status(const std::string& name, std::string_view status) {
  wait_until(fmt::format("{} is \"{}\"", name, status), [&] {
    const auto instance = instance_view.find(customer.namespace_id, name);
    return instance ? neolink::status_name(instance->state) == status : status.empty();
  });
}

}  // namespace orrery
