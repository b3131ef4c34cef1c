// What it costs a prompt to go through Orrery: the same question to a model server directly, by the
// pass-through and as a prompt, in turns, over kept connections on loopback. The model server is
// the simulated one, which answers at once, so that what is left is ours. Then the same with many
// clients at once.
#include <array>
#include <cstdio>
#include <functional>
#include <numeric>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "bench/bench_report.hpp"
#include "http/aifactory/routes.hpp"
#include "http/aifactory/service_targets.hpp"
#include "http/server/server.hpp"
#include "http/upstream/upstream_client.hpp"
#include "projections/services/service_view.hpp"
#include "sim/simulated_model_server.hpp"
#include "storage/system_clock.hpp"

using namespace orrery;
namespace asio = boost::asio;

namespace {

constexpr std::string_view model = "Qwen/Qwen2.5-0.5B-Instruct";

/// One client on one connection.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(context_) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    socket_.set_option(asio::ip::tcp::no_delay(true));
  }

  /// Milliseconds until the answer is there; its size goes into the hash.
  double ask(const std::string& request, std::size_t& hash) {
    const Stopwatch watch;
    asio::write(socket_, asio::buffer(request));
    received_.clear();
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) receive();
    const auto length = std::stoul(received_.substr(received_.find("Content-Length: ") + 16));
    while (received_.size() < end + 4 + length) receive();
    const auto taken_ms = watch.seconds() * 1000;
    hash = hash * 31 + length;
    return taken_ms;
  }

 private:
  void receive() {
    std::array<char, 16 * 1024> bytes;
    received_.append(bytes.data(), socket_.read_some(asio::buffer(bytes)));
  }

  asio::io_context context_;
  asio::ip::tcp::socket socket_;
  std::string received_;
};

std::string request_to(std::string_view path, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "X-Request-Id: bench\r\nContent-Length: {}\r\n\r\n{}",
      path, body.size(), body);
}

class OneTarget : public ServiceTargets {
 public:
  explicit OneTarget(UpstreamTarget target) : target_(std::move(target)) {}
  std::optional<UpstreamTarget> target_of(const ServiceDetails&) const override { return target_; }

 private:
  UpstreamTarget target_;
};

/// Service 7, running.
void fill(ServiceView& services) {
  ServiceRequested requested;
  requested.specification.name = "vllm-7";
  requested.specification.recipe_name = requested.specification.recipe = "inference/vllm";
  Position position = 0;
  const auto apply = [&](Event event) {
    ++position;
    services.apply({position, "service/7", position, Time{}, {}, std::move(event)});
  };
  apply(requested);
  apply(ServicePlaced{"service-7", "mel2001", {0}, 1});
  apply(ServiceLaunched{"mel2001", 8001});
  apply(ServiceBecameReady{});
}

struct Way {
  const char* name;
  std::uint16_t port;
  std::string request;
};

/// Milliseconds of each of so many questions by each way, one after the other in turns.
std::vector<std::vector<double>> measure(const std::vector<Way>& ways, int count,
                                         std::size_t& hash) {
  std::vector<std::unique_ptr<Client>> clients;
  for (const auto& way : ways) clients.push_back(std::make_unique<Client>(way.port));
  std::vector<std::vector<double>> taken(ways.size());
  const int warm_up = count / 10;
  for (int i = 0; i < count + warm_up; ++i)
    for (std::size_t way = 0; way < ways.size(); ++way) {
      const auto ms = clients[way]->ask(ways[way].request, hash);
      if (i >= warm_up) taken[way].push_back(ms);
    }
  return taken;
}

/// Answers a second with so many clients at once.
double rate(const Way& way, std::size_t client_count, int count) {
  std::vector<std::thread> clients;
  const Stopwatch watch;
  for (std::size_t i = 0; i < client_count; ++i)
    clients.emplace_back([&] {
      Client client(way.port);
      std::size_t hash = 0;
      for (int n = 0; n < count; ++n) client.ask(way.request, hash);
    });
  for (auto& client : clients) client.join();
  return static_cast<double>(client_count) * count / watch.seconds();
}

void report(const std::vector<Way>& ways, std::vector<std::vector<double>> taken,
            std::size_t hash) {
  const auto direct_p50 = percentile(taken[0], 0.5);
  const auto direct_p99 = percentile(taken[0], 0.99);
  for (std::size_t way = 1; way < ways.size(); ++way)
    std::puts(
        fmt::format(R"({{"bench": "{}-overhead", "unit": "ms added at p50", "measured": {:.3f},)"
                    R"( "p50_ms": {:.3f}, "p99_ms": {:.3f}, "direct_p50_ms": {:.3f},)"
                    R"( "direct_p99_ms": {:.3f}, "hash": "{:x}"}})",
                    ways[way].name, percentile(taken[way], 0.5) - direct_p50,
                    percentile(taken[way], 0.5), percentile(taken[way], 0.99), direct_p50,
                    direct_p99, hash)
            .c_str());
}

void report_rates(const std::vector<Way>& ways, std::size_t client_count, int count) {
  const auto direct = rate(ways[0], client_count, count);
  for (std::size_t way = 1; way < ways.size(); ++way) {
    const auto ours = rate(ways[way], client_count, count);
    std::puts(fmt::format(R"({{"bench": "{}-rate", "unit": "answers/s", "measured": {:.0f},)"
                          R"( "clients": {}, "direct_per_s": {:.0f}}})",
                          ways[way].name, ours, client_count, direct)
                  .c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_tiny = wants_tiny(argc, argv);
  SimulatedModelServer models([](std::string_view) { return std::string(model); });
  models.start();
  const OneTarget targets(models.target_of("7"));
  UpstreamClient upstream;
  ServiceView services;
  fill(services);
  const SystemClock clock;
  AifactoryContext context;
  context.services = &services;
  context.targets = &targets;
  context.upstream = &upstream;
  context.clock = &clock;
  Router router;
  add_aifactory_routes(router, context);
  ServerConfiguration configuration;
  configuration.port = 0;
  configuration.threads = 1;
  HttpServer server(configuration, std::move(router));
  server.start();

  const auto chat = fmt::format(
      R"({{"model":"{}","messages":[{{"role":"user","content":"Tell me a joke"}}],"max_tokens":150}})",
      model);
  const std::vector<Way> ways{
      {"direct", models.port(), request_to("/services/7/v1/chat/completions", chat)},
      {"pass-through", server.port(), request_to("/api/v1/vllm/7/v1/chat/completions", chat)},
      {"prompt", server.port(),
       request_to("/api/v1/vllm/7/prompt", R"({"prompt":"Tell me a joke"})")}};
  std::size_t hash = 0;
  auto taken = measure(ways, is_tiny ? 50 : 10'000, hash);
  report(ways, std::move(taken), hash);
  report_rates(ways, is_tiny ? 4 : 64, is_tiny ? 10 : 1'000);
}
