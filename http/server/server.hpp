#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/server/edge_metrics.hpp"
#include "http/server/limits.hpp"
#include "http/server/router.hpp"

namespace orrery {

/// PEM files of the server's certificate chain and private key.
struct TlsFiles {
  std::string certificate_file;
  std::string key_file;
};

struct ServerConfiguration {
  std::string address = "127.0.0.1";
  /// 0 lets the system choose: see `HttpServer::port`.
  std::uint16_t port = 8080;
  /// Each thread has its own event loop, listening socket and sessions.
  unsigned threads = 2;
  Limits limits;
  /// Absent: plain HTTP.
  std::optional<TlsFiles> tls;
  /// Where to count; the same object is given to whoever shows the figures. Null: the server's own.
  std::shared_ptr<EdgeMetrics> metrics;
};

/// The HTTP/1.1 edge: frames requests strictly, routes them, sends answers in order. Sessions never
/// leave the thread that accepted them.
class HttpServer {
 public:
  HttpServer(ServerConfiguration configuration, Router router);
  /// Drains.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens and returns. Raises the process's limit of descriptors to what the connections need,
  /// as far as the system lets it. Throws `boost::system::system_error` where the address is taken,
  /// or the certificate doesn't load.
  void start();

  /// The port it listens on; valid after `start`.
  std::uint16_t port() const;

  /// Takes no more connections, closes idle ones, finishes what is in flight (each last answer says
  /// `Connection: close`), ends streams, and returns when all is done or `Limits::drain_timeout`
  /// has passed. Responders that still exist become harmless. Any thread, any number of times.
  void drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery
