#include "cli/server_urls.hpp"

#include <fmt/format.h>

namespace orrery {

std::string base_url_of(const Configuration& configuration, std::uint16_t port) {
  if (!configuration.base_url.empty()) return configuration.base_url;
  return local_url_of(configuration, port);
}

std::string local_url_of(const Configuration& configuration, std::uint16_t port) {
  auto reached = configuration;
  reached.listen_port = port;
  if (reached.listen_address == "0.0.0.0") reached.listen_address = "127.0.0.1";
  if (reached.listen_address == "::") reached.listen_address = "::1";
  return fmt::format("{}://{}", configuration.http_tls_certificate.empty() ? "http" : "https",
                     find_setting("listen")->get(reached));
}

}  // namespace orrery
