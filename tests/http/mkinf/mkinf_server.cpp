#include "tests/http/mkinf/mkinf_server.hpp"

#include <future>
#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/crusoe/routes.hpp"
#include "http/history/past_contexts.hpp"
#include "http/history/short_paths.hpp"

namespace orrery {

namespace {

constexpr std::string_view east = "us-east1-a";

/// Waits for what other threads are about to do. A test that waits in vain fails after ten seconds.
template <class Condition>
void wait_until(const char* what, const Condition& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain until " << what);
    std::this_thread::yield();
  }
}

Method method_of(std::string_view name) {
  for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                            Method::delete_, Method::options})
    if (to_string(method) == name) return method;
  return Method::other;
}

}  // namespace

MkinfServer::MkinfServer() {
  for (View* view : std::initializer_list<View*>{
           &identity, &vms, &operations, &availability, &catalogue, &metering, &disks, &networks,
           &firewall_rules, &quotas, &reservations, &nodes, &offers, &volumes, &wallets,
           &simulated_clusters, &slurm})
    views_.add(*view);
  REQUIRE(views_.catch_up(log).has_value());
  passwords = std::make_unique<PasswordPool>(PasswordPoolConfiguration{1, 8, 1, 8192});
  subject_keys = SubjectKeys::in_memory();
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views_};
  control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
  gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
  tenant = *bootstrap(*gateway, *subject_keys, *passwords, secret_,
                      {"mkinf", "mkinf", "example@mkinf.io"});
  stranger = *bootstrap(*gateway, *subject_keys, *passwords, secret_,
                        {"other", "other", "other@example.org"});
  declare_catalogue();

  const auto shared = context();
  add_mkinf_routes(routes_, shared);
  add_crusoe_routes(routes_, shared);
  add_admin_routes(routes_, admin_context(shared));
  hindsight = make_hindsight();
  add_short_paths(*hindsight);
  Router router = make_router(*hindsight);
  ServerConfiguration server;
  server.port = 0;
  server.threads = 1;
  server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
  server_->start();
}

MkinfServer::~MkinfServer() {
  server_->drain();
  control_plane_->stop();
  gateway.reset();  // The actors end when nobody knows them any more.
}

std::shared_ptr<Hindsight> MkinfServer::make_hindsight() {
  return std::make_shared<Hindsight>(
      HindsightParts{&log, &clock, [this] { return views_.applied(); }});
}

void MkinfServer::add_short_paths(Hindsight& past) {
  add_mkinf_short_paths(past, std::make_shared<const MkinfContext>(context()));
  add_admin_short_paths(past);
}

Router MkinfServer::make_router(Hindsight& past) {
  const auto shared = context();
  Router router;
  add_dialect(router, past, add_mkinf_routes, mkinf_as_of, shared);
  add_dialect(router, past, add_crusoe_routes, mkinf_as_of, shared);
  add_dialect(router, past, add_admin_routes, admin_as_of, admin_context(shared));
  return past.open(std::move(router));
}

MkinfContext MkinfServer::context() {
  MkinfContext context;
  context.gateway = gateway.get();
  context.log = &log;
  context.identity = &identity;
  context.vms = &vms;
  context.operations = &operations;
  context.availability = &availability;
  context.catalogue = &catalogue;
  context.disks = &disks;
  context.networks = &networks;
  context.firewall_rules = &firewall_rules;
  context.quotas = &quotas;
  context.metering = &metering;
  context.reservations = &reservations;
  context.clock = &clock;
  context.ids = &ids_;
  context.subject_keys = subject_keys.get();
  context.passwords = passwords.get();
  context.secret = secret_;
  return context;
}

AdminContext MkinfServer::admin_context(const MkinfContext& shared) {
  AdminContext admin;
  admin.gateway = gateway.get();
  admin.identity = &identity;
  admin.catalogue = &catalogue;
  admin.metering = &metering;
  admin.nodes = &nodes;
  admin.simulated_clusters = &simulated_clusters;
  admin.slurm = &slurm;
  admin.operations = &operations;
  admin.quotas = &quotas;
  admin.reservations = &reservations;
  admin.wallets = &wallets;
  admin.volumes = &volumes;
  admin.offers = &offers;
  admin.clock = &clock;
  admin.ids = &ids_;
  admin.subject_keys = subject_keys.get();
  admin.passwords = passwords.get();
  admin.secret = secret_;
  admin.keys_in_flight = shared.keys_in_flight;
  admin.guesses = shared.guesses;
  return admin;
}

void MkinfServer::declare_catalogue() {
  for (const std::string location : {"us-east1-a", "us-northcentral1-a", "us-southcentral1-a"})
    command<Cluster>(location,
                     Cluster::Declare{{location, WhenFull::refuse, PlacementStrategy::pack}});
  command<AddressPool>("us-east1-a", AddressPool::Declare{{"us-east1-a", "204.52.24.0/24"}});
  command<Image>("9abde4b7-15e8-4abd-891c-42242eb3567e",
                 Image::Publish{{"ubuntu22.04-nvidia-pcie-docker",
                                 "Ubuntu 22.04, NVIDIA Driver 535.x, CUDA 12.0, nvidia-docker",
                                 {"2023-11-16"},
                                 {"us-northcentral1-a", "us-east1-a"}}});
}

WireAnswer MkinfServer::ask(std::string_view method, std::string_view target,
                            const Asking& asking) {
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: api.mkinf.io\r\nX-Request-Id: test\r\n", method, target);
  if (!asking.key.empty()) request += fmt::format("Authorization: Bearer {}\r\n", asking.key);
  for (const auto& line : asking.headers) request += line + "\r\n";
  if (!asking.body.empty() || method == "POST")
    request += fmt::format("Content-Length: {}\r\n", asking.body.size());
  RawClient client(server_->port());
  auto answer = client.ask(request + "\r\n" + asking.body);

  std::vector<std::string_view> parameters;
  const auto match =
      routes_.match(method_of(method), target.substr(0, target.find('?')), parameters);
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  if (match.route != Router::no_route) {
    const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
    const auto& document = target.starts_with("/v0.1")     ? document_
                           : target.starts_with("/orrery") ? native_document_
                                                           : crusoe_document_;
    CHECK(document.problem_with(route, answer.status, answer.header("Content-Type"), answer.body) ==
          "");
  }
  return answer;
}

namespace {

boost::json::value body_of(const WireAnswer& answer, unsigned status) {
  INFO(answer.head << "\n" << answer.body);
  REQUIRE(answer.status == status);
  return boost::json::parse(boost::json::string_view(answer.body));
}

}  // namespace

boost::json::value MkinfServer::get(std::string_view target, unsigned status) {
  return body_of(ask("GET", target, {{}, tenant.access_key, {}}), status);
}

boost::json::value MkinfServer::post(std::string_view target, std::string body, unsigned status) {
  return body_of(ask("POST", target, {std::move(body), tenant.access_key, {}}), status);
}

boost::json::value MkinfServer::patch(std::string_view target, std::string body, unsigned status) {
  return body_of(ask("PATCH", target, {std::move(body), tenant.access_key, {}}), status);
}

boost::json::value MkinfServer::delete_(std::string_view target, unsigned status) {
  return body_of(ask("DELETE", target, {{}, tenant.access_key, {}}), status);
}

std::string MkinfServer::in_project(std::string_view rest) const {
  return fmt::format("/v0.1/projects/{}{}", tenant.project_id, rest);
}

MkinfServer::Created MkinfServer::create_vm(std::string_view name, std::string_view type) {
  const auto answer = post(in_project("/vms"),
                           fmt::format(R"({{"name":"{}","type":"{}","location":"{}","image":"{}",)"
                                       R"("ssh_public_key":"ssh-rsa AAAAB..."}})",
                                       name, type, east, "ubuntu22.04-nvidia-pcie-docker"));
  const auto& operation = answer.at("operation");
  return {operation.at("metadata").at("id").as_string().c_str(),
          operation.at("operation_id").as_string().c_str()};
}

void MkinfServer::set_quota(const ProjectLimits& limits) {
  command<Quota>(tenant.project_id, Quota::Set{limits});
}

void MkinfServer::set_price(const PriceChanged& price) {
  command<Price>(price_id(price.metric, price.product), Price::Change{price});
}

void MkinfServer::await_default_network() {
  wait_until("the project has its network",
             [&] { return networks.list_subnets(tenant.project_id, {}, {}).items.size() == 3; });
}

void MkinfServer::add_node(const std::string& id, std::uint32_t gpu_count,
                           const std::string& gpu_model) {
  const auto free_before = availability.free_gpu_count(east, gpu_model);
  command<Node>(id, Node::Register{{std::string(east), gpu_model, gpu_count}});
  command<Node>(id, Node::ReportReady{});
  wait_until("the node's GPUs are free", [&] {
    return availability.free_gpu_count(east, gpu_model) == free_before + gpu_count;
  });
}

void MkinfServer::await_placed(const std::string& vm_id) {
  wait_until("the VM is placed", [&] {
    const auto vm = vms.find_with_deleted(vm_id);
    const bool waits = vm && (vm->state == VmState::provisioning || vm->state == VmState::starting);
    return waits && vm->placement && vm->placement->fence > started_fences_[vm_id];
  });
}

void MkinfServer::finish_start(const std::string& vm_id) {
  await_placed(vm_id);
  clock.advance(std::chrono::seconds(12));
  const auto placement = *vms.find_with_deleted(vm_id)->placement;
  started_fences_[vm_id] = placement.fence;
  const bool has_addresses = !placement.private_ipv4.empty();
  command<Vm>(vm_id, Vm::ReportStarted{has_addresses ? placement.private_ipv4 : "172.27.23.237",
                                       has_addresses ? placement.public_ipv4 : "204.52.24.84",
                                       placement.fence});
}

VmState MkinfServer::await_state(const std::string& vm_id, VmState state) {
  wait_until("the VM has the state", [&] { return vms.find_with_deleted(vm_id)->state == state; });
  return state;
}

void MkinfServer::finish_power_off(const std::string& vm_id) {
  await_state(vm_id, VmState::stopping);
  clock.advance(std::chrono::seconds(5));
  command<Vm>(vm_id, Vm::ReportStopped{~std::uint64_t{0}});
}

void MkinfServer::finish_reset(const std::string& vm_id, std::uint64_t number) {
  await_state(vm_id, VmState::resetting);
  clock.advance(std::chrono::seconds(5));
  command<Vm>(vm_id, Vm::ReportReset{number});
}

void MkinfServer::finish_stop(const std::string& vm_id) {
  wait_until("the VM is being deleted",
             [&] { return vms.find_with_deleted(vm_id)->state == VmState::deleting; });
  clock.advance(std::chrono::seconds(5));
  command<Vm>(vm_id, Vm::ReportStopped{~std::uint64_t{0}});
}

void MkinfServer::lose_node(const std::string& id) {
  command<Node>(id, Node::ReportLost{"its power failed"});
}

boost::json::value MkinfServer::end_of(const boost::json::value& started,
                                       std::string_view collection) {
  return ended(started.at_pointer("/operation/operation_id").as_string().c_str(), collection);
}

boost::json::value MkinfServer::ended(const std::string& operation_id,
                                      std::string_view collection) {
  wait_until("the operation has ended", [&] {
    const auto operation = operations.find(tenant.project_id, operation_id);
    return operation && operation->state != OperationState::in_progress;
  });
  return get(in_project(fmt::format("{}/operations/{}", collection, operation_id)));
}

}  // namespace orrery
