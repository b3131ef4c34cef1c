// The server alone: GETs of one prepared answer of 1.2 KB over loopback, keep-alive. With --serve
// it serves until it is ended, for wrk and perf; without, it measures itself with one client a
// thread and prints the rate and a hash.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "http/server/server.hpp"

namespace {

using namespace orrery;
namespace asio = boost::asio;

constexpr std::size_t body_bytes = 1200;
constexpr std::string_view request =
    "GET /v0.1/projects/p/vms/v HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: bench\r\n\r\n";

Router make_router() {
  const auto prepared = std::make_shared<const std::string>(body_bytes, 'x');
  Router router;
  router.add(Method::get, "/v0.1/projects/{project_id}/vms/{vm_id}",
             [prepared](const Request&, Responder answer) {
               Response response;
               response.prepared_body = prepared;
               answer(std::move(response));
             });
  return router;
}

/// Sends requests one after the other, and folds the sizes of the answers into a hash.
std::size_t ask(std::uint16_t port, int count) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  std::string answer(64 * 1024, '\0');
  std::size_t hash = 0;
  for (int i = 0; i < count; ++i) {
    asio::write(socket, asio::buffer(request));
    std::size_t size = socket.read_some(asio::buffer(answer));
    const auto head = std::string_view(answer).find("\r\n\r\n") + 4;
    while (size < head + body_bytes)
      size += socket.read_some(asio::buffer(answer.data() + size, answer.size() - size));
    hash = hash * 31 + std::hash<std::string_view>()({answer.data() + head, body_bytes});
  }
  return hash;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const auto has = [&](const char* flag) {
    return argument_count > 1 && std::strcmp(arguments[1], flag) == 0;
  };
  ServerConfiguration configuration;
  configuration.port = 0;
  configuration.threads = 2;
  HttpServer server(configuration, make_router());
  server.start();
  if (has("--serve")) {
    std::printf("%u\n", unsigned{server.port()});
    std::fflush(stdout);
    return ::pause();
  }
  const int count = has("--tiny") ? 200 : 200'000;
  std::vector<std::thread> clients;
  std::vector<std::size_t> hashes(2);
  const auto start = std::chrono::steady_clock::now();
  for (auto& hash : hashes) clients.emplace_back([&] { hash = ask(server.port(), count); });
  for (auto& client : clients) client.join();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  const auto rate = static_cast<double>(count) * static_cast<double>(hashes.size()) / taken.count();
  std::printf(R"({"bench": "http-get", "unit": "requests/s", "measured": %.0f, "hash": "%zx"})"
              "\n",
              rate, hashes[0] ^ (hashes[1] * 31));
}
