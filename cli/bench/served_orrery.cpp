#include "cli/bench/served_orrery.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

namespace orrery {
namespace {

std::filesystem::path log_file(const std::filesystem::path& folder) { return folder / "serve.log"; }

std::vector<std::string> arguments(const std::filesystem::path& folder, std::uint32_t node_count) {
  return {"serve", "--dev", "--data", (folder / "data").string(), "--listen", "127.0.0.1:0",
          "--dev-nodes", std::to_string(node_count),
          // Instances live a thousand times as fast: the bench measures the server, not the demo.
          "--time-scale", "1000"};
}

/// The port in "Orrery serves at http://127.0.0.1:41234"; 0 for another line.
std::uint16_t port_in(const std::string& line) {
  std::uint16_t port = 0;
  if (!line.starts_with("Orrery serves at ")) return port;
  const auto at = line.rfind(':') + 1;
  std::from_chars(line.data() + at, line.data() + line.size(), port);
  return port;
}

boost::json::value credentials(const std::filesystem::path& folder) {
  std::ifstream file(folder / "data" / "dev-credentials.json");
  return boost::json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
}

}  // namespace

ServedOrrery::ServedOrrery(const std::filesystem::path& folder, std::uint32_t node_count)
    : process_(arguments(folder, node_count), log_file(folder)) {
  while (port_ == 0) {
    const auto line = process_.read_line();
    if (!line) {
      std::ifstream log(log_file(folder));
      const std::string said{std::istreambuf_iterator<char>(log), {}};
      throw std::runtime_error("the server does not start; it said:\n" + said);
    }
    port_ = port_in(*line);
  }
  const auto known = credentials(folder);
  operator_key_ = known.at("orrery").at("operator_key").as_string();
  access_key_ = known.at("mkinf").at("access_key").as_string();
  project_id_ = known.at("mkinf").at("project_id").as_string();
}

void ServedOrrery::stop() {
  if (const auto code = process_.stop(); code != 0)
    throw std::runtime_error(fmt::format("the server ended with exit code {}", code));
}

std::string ServedOrrery::head_of_request(std::string_view method, std::string_view path) const {
  return fmt::format(
      "{} /v0.1/projects/{}{} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n", method,
      project_id_, path, access_key_);
}

}  // namespace orrery
