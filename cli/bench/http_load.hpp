#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace orrery {

/// What clients saw of a server.
struct HttpLoad {
  double requests_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  /// Answers with another status than 2xx.
  std::uint64_t refused_count = 0;
  /// Of all bodies together.
  std::uint64_t body_bytes = 0;
};

struct HttpLoadSettings {
  std::uint16_t port = 0;
  std::uint64_t request_count = 0;
  std::uint32_t connection_count = 64;
  /// The whole request with this number, head and body; on the caller's thread.
  std::function<std::string(std::uint64_t)> request;
};

/// Sends the requests to a server on the loopback over kept connections, each with one request on
/// its way at a time, all on the calling thread. Throws where a connection breaks.
HttpLoad load_server(const HttpLoadSettings& settings);

/// One request, and the body of its answer. Throws where the status isn't 2xx.
std::string ask_server(std::uint16_t port, const std::string& request);

}  // namespace orrery
