// The marketplace's clients ask for themselves with Basic at every request, as its document has it:
// 50 users over keep-alive connections, their passwords hashed at the usual cost. Prints the rate,
// how many passwords were verified for it, and a hash of the answers' sizes.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "bench/bench_report.hpp"
#include "http/auth/credential_cache.hpp"
#include "http/auth/password_pool.hpp"
#include "http/gpushare/registration.hpp"
#include "http/gpushare/routes.hpp"
#include "http/server/server.hpp"
#include "projections/clients/client_view.hpp"
#include "storage/subject_keys.hpp"
#include "storage/system_clock.hpp"

namespace {

using namespace orrery;
namespace asio = boost::asio;

struct Marketplace {
  SystemClock clock;
  SystemIdSource ids;
  ClientView clients;
  std::unique_ptr<SubjectKeys> keys = SubjectKeys::in_memory();
  PasswordPool passwords{{.thread_count = 2}};
  CredentialCache credentials;
  GpushareContext context;
  std::vector<std::string> requests;

  explicit Marketplace(unsigned user_count) {
    context.clients = &clients;
    context.subject_keys = keys.get();
    context.passwords = &passwords;
    context.credentials = &credentials;
    context.clock = &clock;
    context.ids = &ids;
    for (unsigned number = 1; number <= user_count; ++number) add(number);
  }

  void add(unsigned number) {
    const auto id = std::to_string(number);
    const auto name = fmt::format("user{}", number);
    const auto password = fmt::format("password of {}", name);
    (void)keys->seal(client_subject(id), name);
    ClientRegistered registered;
    registered.names = *gpushare::names_of(context, id, name, name + "@example.com");
    registered.password_hash = passwords.hash(password);
    const auto stream = "client/" + id;
    clients.apply({2 * number - 1, stream, 1, clock.now(), {}, registered});
    clients.apply({2 * number, stream, 2, clock.now(), {}, ClientNamesGranted{}});
    requests.push_back(fmt::format(
        "GET /client/list/{}/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {}\r\n\r\n", id,
        in_base64(name + ":" + password)));
  }

  static std::string in_base64(const std::string& plain) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_ENCODED_LEN(plain.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(plain.data()), plain.size(), variant);
    text.pop_back();  // The terminating zero.
    return text;
  }
};

/// Sends the requests round robin, one after the other; the sum of the answers' body sizes, or 0
/// where one was refused.
std::size_t ask(std::uint16_t port, const std::vector<std::string>& requests, int count) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  socket.set_option(asio::ip::tcp::no_delay(true));
  std::string answer(64 * 1024, '\0');
  std::size_t sum = 0;
  for (int i = 0; i < count; ++i) {
    asio::write(socket, asio::buffer(requests[static_cast<std::size_t>(i) % requests.size()]));
    const auto size = socket.read_some(asio::buffer(answer));
    const std::string_view received(answer.data(), size);
    if (!received.starts_with("HTTP/1.1 200")) return 0;
    sum += size - received.find("\r\n\r\n");
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_tiny = wants_tiny(argc, argv);
  Marketplace marketplace(is_tiny ? 3 : 50);
  Router router;
  add_gpushare_routes(router, marketplace.context);
  ServerConfiguration configuration;
  configuration.port = 0;
  configuration.threads = 2;
  HttpServer server(configuration, std::move(router));
  server.start();
  const int count = is_tiny ? 50 : 50'000;
  std::vector<std::size_t> sums(4);
  std::vector<std::thread> clients;
  const Stopwatch watch;
  for (auto& sum : sums)
    clients.emplace_back([&] { sum = ask(server.port(), marketplace.requests, count); });
  for (auto& client : clients) client.join();
  const auto rate = static_cast<double>(count) * static_cast<double>(sums.size()) / watch.seconds();
  for (const auto sum : sums)
    if (sum != sums[0] || sum == 0) return std::fprintf(stderr, "an answer was refused\n"), 1;
  std::printf(R"({"bench": "basic-auth", "unit": "requests/s", "measured": %.0f, )"
              R"("verified_count": %llu, "hash": "%zx"})"
              "\n",
              rate, static_cast<unsigned long long>(marketplace.passwords.verified_count()),
              sums[0]);
}
