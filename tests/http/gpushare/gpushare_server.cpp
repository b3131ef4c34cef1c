#include "tests/http/gpushare/gpushare_server.hpp"

#include <initializer_list>
#include <thread>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json/parse.hpp>

#include "http/server/router.hpp"
#include "tests/support/project_folders.hpp"

namespace orrery {

namespace {

Method method_of(std::string_view name) {
  for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_})
    if (to_string(method) == name) return method;
  return Method::other;
}

}  // namespace

GpushareServer::GpushareServer(const std::function<void(GpushareContext&)>& adjust) {
  for (View* view : std::initializer_list<View*>{&clients, &sharing, &inferences})
    views_.add(*view);
  REQUIRE(views_.catch_up(log).has_value());
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views_, &settlements, &erasures};
  control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
  gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());

  context_.gateway = gateway.get();
  context_.clients = &clients;
  context_.sharing = &sharing;
  context_.inferences = &inferences;
  context_.settlements = &settlements;
  context_.subject_keys = subject_keys.get();
  context_.passwords = &passwords;
  context_.credentials = &credentials;
  context_.clock = &clock;
  context_.ids = &ids_;
  context_.public_url = "https://gpu.example";
  if (adjust) adjust(context_);

  if (std::filesystem::exists(source_folder() / "http/gpushare/openapi.json"))
    document_.emplace("http/gpushare/openapi.json");
  Router router;
  for (auto* table : {&routes_, &router}) add_gpushare_routes(*table, context_);
  ServerConfiguration server;
  server.port = 0;
  server.threads = 2;
  server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
  server_->start();
}

GpushareServer::~GpushareServer() {
  server_->drain();
  if (on_drained) on_drained();
  control_plane_->stop();
  gateway.reset();  // The actors end when nobody knows them any more.
}

std::string GpushareServer::Person::basic() const {
  const auto plain = fmt::format("{}:{}", username, password);
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(plain.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                    plain.size(), variant);
  text.pop_back();  // The terminating zero.
  return "Authorization: Basic " + text;
}

GpushareServer::Person GpushareServer::register_person(const std::string& username) {
  Person person;
  person.username = username;
  person.email = username + "@example.com";
  person.password = username + "'s own password";
  const auto body =
      post("/client/register/",
           fmt::format(R"({{"username":"{}","email":"{}","password":"{}","confirm_password":"{}",)"
                       R"("terms_accepted":true}})",
                       person.username, person.email, person.password, person.password));
  person.id = std::to_string(body.at("user_id").to_number<std::uint64_t>());
  person.token = body.at("token").as_string();
  person.device_token = body.at("device_token").as_string();
  return person;
}

void GpushareServer::give_role(const Person& person, ClientRole role) {
  command<Client>(person.id, Client::ChangeRole{role});
}

void GpushareServer::approve(const Person& person) {
  command<Client>(person.id, Client::ApproveProvider{});
}

WireAnswer GpushareServer::ask(std::string_view method, std::string_view target,
                               const Asking& asking) {
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: gpu.example\r\nX-Request-Id: test\r\n", method, target);
  bool has_type = false;
  for (const auto& line : asking.headers) {
    has_type |= boost::beast::iequals(line.substr(0, 13), "Content-Type:");
    request += line + "\r\n";
  }
  if (!asking.body.empty() && !has_type) request += "Content-Type: application/json\r\n";
  if (!asking.body.empty() || (method != "GET" && method != "DELETE"))
    request += fmt::format("Content-Length: {}\r\n", asking.body.size());
  RawClient client(server_->port());
  auto answer = client.ask(request + "\r\n" + asking.body);
  check(method, target, answer);
  return answer;
}

void GpushareServer::check(std::string_view method, std::string_view target,
                           const WireAnswer& answer) const {
  std::vector<std::string_view> parameters;
  const auto match =
      routes_.match(method_of(method), target.substr(0, target.find('?')), parameters);
  if (!document_ || match.route == Router::no_route) return;
  INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
  const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
  CHECK(document_->problem_with(route, answer.status, answer.header("Content-Type"), answer.body) ==
        "");
}

WireAnswer GpushareServer::ask_as(const Person& person, std::string_view method,
                                  std::string_view target, std::string body,
                                  std::vector<std::string> headers) {
  headers.push_back(person.authorization());
  return ask(method, target, {std::move(body), std::move(headers)});
}

boost::json::value GpushareServer::get(const Person& person, std::string_view target,
                                       unsigned status) {
  return json_of(ask_as(person, "GET", target), status);
}

boost::json::value GpushareServer::post(const Person& person, std::string_view target,
                                        std::string body, unsigned status) {
  return json_of(ask_as(person, "POST", target, std::move(body)), status);
}

boost::json::value GpushareServer::post(std::string_view target, std::string body,
                                        unsigned status) {
  return json_of(ask("POST", target, {std::move(body), {}}), status);
}

boost::json::value json_of(const WireAnswer& answer, unsigned status) {
  INFO(answer.head << "\n" << answer.body);
  REQUIRE(answer.status == status);
  return boost::json::parse(boost::json::string_view(answer.body));
}

void wait_until(const std::string& what, const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain until " << what);
    std::this_thread::yield();
  }
}

}  // namespace orrery
