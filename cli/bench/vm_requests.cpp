#include "cli/bench/vm_requests.hpp"

#include <array>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/bench/http_load.hpp"
#include "cli/bench/served_orrery.hpp"

namespace orrery {
namespace {

constexpr std::array<std::string_view, 4> types{"l40s-48gb.1x", "a100-80gb.1x", "a100.1x",
                                                "a40.1x"};
constexpr std::array<std::string_view, 3> locations{"us-east1-a", "us-northcentral1-a",
                                                    "us-southcentral1-a"};

std::string to_text(const boost::json::value& value) {
  return {value.as_string().data(), value.as_string().size()};
}

}  // namespace

std::string create_vm_request(const ServedOrrery& server, std::uint64_t number) {
  const auto body = boost::json::serialize(boost::json::object{
      {"name", fmt::format("node-{}", number)},
      {"type", types[number % types.size()]},
      {"location", locations[number / types.size() % locations.size()]},
      {"image", "ubuntu22.04-nvidia-pcie-docker"},
      {"ssh_public_key",
       "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"}});
  return fmt::format("{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                     server.head_of_request("POST", "/vms"), body.size(), body);
}

std::string create_vm(const ServedOrrery& server) {
  const auto answer = boost::json::parse(ask_server(server.port(), create_vm_request(server, 0)));
  const auto& operation = answer.at("operation");
  const auto look =
      server.head_of_request("GET", "/vms/operations/" + to_text(operation.at("operation_id"))) +
      "\r\n";
  for (;;) {
    const auto state = to_text(boost::json::parse(ask_server(server.port(), look)).at("state"));
    if (state == "SUCCEEDED") return to_text(operation.at("metadata").at("id"));
    if (state != "IN_PROGRESS") throw std::runtime_error("the VM's creation is " + state);
  }
}

}  // namespace orrery
