#include "http/server/server.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include "http/server/worker.hpp"

namespace orrery {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Workers share their port, and so would a second server by mistake. A socket that doesn't share
/// finds out whether anybody listens there.
void refuse_taken_port(const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return;
  asio::io_context context;
  tcp::acceptor probe(context);
  probe.open(endpoint.protocol());
  probe.set_option(tcp::acceptor::reuse_address(true));
  probe.bind(endpoint);
  probe.listen();
}

/// Each connection is a descriptor, and shells mostly allow 1,024 unless asked for more.
void allow_descriptors(const Limits& limits) {
  constexpr rlim_t others = 1024;  // The log's files, listening sockets, event loops.
  rlimit allowed{};
  if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0) return;
  const auto wanted = std::min(allowed.rlim_max, rlim_t{limits.connection_count_max} + others);
  if (allowed.rlim_cur >= wanted) return;
  allowed.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &allowed);  // Else accept fails beyond, and is tried again later.
}

std::unique_ptr<asio::ssl::context> make_tls(const std::optional<TlsFiles>& files) {
  if (!files) return nullptr;
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                   asio::ssl::context::no_tlsv1_1);
  tls->use_certificate_chain_file(files->certificate_file);
  tls->use_private_key_file(files->key_file, asio::ssl::context::pem);
  return tls;
}

}  // namespace

struct HttpServer::Impl {
  ServerConfiguration configuration;
  Router router;
  std::unique_ptr<asio::ssl::context> tls;
  WorkerSharing sharing{router, configuration.limits};
  std::deque<Worker> workers;
  std::mutex threads_mutex;
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
};

HttpServer::HttpServer(ServerConfiguration configuration, Router router)
    : impl_(new Impl{.configuration = std::move(configuration),
                     .router = std::move(router),
                     .tls = {},
                     .workers = {},
                     .threads_mutex = {},
                     .threads = {}}) {
  if (!impl_->configuration.metrics) impl_->configuration.metrics = std::make_shared<EdgeMetrics>();
}

HttpServer::~HttpServer() { drain(); }

void HttpServer::start() {
  auto& configuration = impl_->configuration;
  impl_->tls = make_tls(configuration.tls);
  impl_->sharing.tls = impl_->tls.get();
  tcp::endpoint endpoint(asio::ip::make_address(configuration.address), configuration.port);
  refuse_taken_port(endpoint);
  allow_descriptors(configuration.limits);
  const auto route_count = impl_->router.routes().size();
  for (unsigned i = 0; i < std::max(1u, configuration.threads); ++i) {
    auto& metrics = configuration.metrics->add_worker(route_count);
    endpoint = impl_->workers.emplace_back(impl_->sharing, metrics, endpoint).endpoint();
  }
  impl_->port = endpoint.port();
  for (auto& worker : impl_->workers) impl_->threads.emplace_back([&worker] { worker.run(); });
}

std::uint16_t HttpServer::port() const { return impl_->port; }

void HttpServer::drain() {
  const std::scoped_lock lock(impl_->threads_mutex);
  if (impl_->threads.empty()) return;
  for (auto& worker : impl_->workers) worker.drain();
  for (auto& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace orrery
