#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

/// A server with one running VM and what can be done to it.
struct OneVm : MkinfServer {
  OneVm() {
    add_node("node-1", 8);
    await_default_network();
    const auto created = create_vm("one");
    vm_id = created.vm_id;
    finish_start(vm_id);
    ended(created.operation_id);
  }

  std::string path(std::string_view rest = {}) const {
    return in_project(fmt::format("/vms/{}{}", vm_id, rest));
  }
  json::value act(const json::object& body, unsigned status = 200) {
    return patch(path(), json::serialize(body), status);
  }
  json::value act(std::string_view action, unsigned status = 200) {
    return act({{"action", action}}, status);
  }
  std::string sentence(const json::object& body, unsigned status) {
    return act(body, status).at("message").as_string().c_str();
  }
  std::string state() { return get(path()).at("state").as_string().c_str(); }
  std::string address(std::string_view kind) {
    const auto vm = get(path());
    const auto& pair = vm.at_pointer("/network_interfaces/0/ips/0").as_object();
    if (!pair.contains(kind)) return {};
    return pair.at(kind).at("address").as_string().c_str();
  }
  void power_off() {
    const auto stop = act("STOP");
    finish_power_off(vm_id);
    CHECK(end_of(stop).at("state") == "SUCCEEDED");
  }

  std::string vm_id;
};

}  // namespace

TEST_CASE("a VM stops, and starts again with the same private address") {
  OneVm server;
  const auto private_address = server.address("private_ipv4");
  const auto stop = server.act("STOP");
  CHECK(stop.at_pointer("/operation/metadata/operation_name") == "STOP");
  CHECK(stop.at_pointer("/operation/metadata/request") == json::object{{"action", "STOP"}});
  server.await_state(server.vm_id, VmState::stopping);
  CHECK(server.state() == "STATE_SHUTDOWN");
  server.finish_power_off(server.vm_id);
  const auto stopped = server.end_of(stop);
  CHECK(stopped.at("state") == "SUCCEEDED");
  CHECK(stopped.at_pointer("/result/state") == "STATE_SHUTOFF");
  CHECK(server.state() == "STATE_SHUTOFF");
  CHECK(server.address("public_ipv4").empty());
  CHECK(server.address("private_ipv4") == private_address);

  const auto start = server.act("START");
  server.await_placed(server.vm_id);
  CHECK(server.state() == "STATE_PROVISIONING");
  server.finish_start(server.vm_id);
  CHECK(server.end_of(start).at_pointer("/result/state") == "STATE_RUNNING");
  CHECK(server.address("private_ipv4") == private_address);
  CHECK_FALSE(server.address("public_ipv4").empty());
  // What the stop came to is still told as it was.
  CHECK(server.end_of(stop) == stopped);
}

TEST_CASE("a start that finds no GPU fails, and the VM is stopped still") {
  OneVm server;
  server.power_off();
  for (int i = 0; i < 4; ++i) {
    const auto other = server.create_vm(fmt::format("other-{}", i));
    server.finish_start(other.vm_id);
    server.ended(other.operation_id);
  }
  const auto end = server.end_of(server.act("START"));
  CHECK(end.at("state") == "FAILED");
  CHECK(end.at_pointer("/result/code") == "out_of_stock");
  CHECK(server.state() == "STATE_SHUTOFF");
}

TEST_CASE("a VM is reset while it runs") {
  OneVm server;
  const auto reset = server.act("RESET");
  server.finish_reset(server.vm_id, 1);
  CHECK(server.end_of(reset).at("state") == "SUCCEEDED");
  CHECK(server.state() == "STATE_RUNNING");
  server.power_off();
  CHECK(server.sentence({{"action", "RESET"}}, 409) ==
        "RESET needs a running VM, and this one is stopped");
}

TEST_CASE("a stopped VM takes another type of its family") {
  OneVm server;
  const json::object larger{{"action", "UPDATE"}, {"type", "l40s-48gb.4x"}};
  CHECK(server.sentence(larger, 409) ==
        "The type of a VM can be changed while it is stopped: it is STATE_RUNNING");
  server.power_off();
  CHECK(server.sentence({{"action", "UPDATE"}, {"type", "a100.1x"}}, 400) ==
        "type must be of the same family as l40s-48gb.2x, such as l40s-48gb.1x");
  CHECK(server.sentence({{"action", "UPDATE"}, {"type", "h100.8x"}}, 400) ==
        "type \"h100.8x\" is unknown, see specs");
  const auto end = server.end_of(server.act(larger));
  CHECK(end.at("state") == "SUCCEEDED");
  CHECK(end.at_pointer("/result/type") == "l40s-48gb.4x");
  const auto start = server.act("START");
  server.finish_start(server.vm_id);
  CHECK(server.end_of(start).at("state") == "SUCCEEDED");
  CHECK(server.availability.free_gpu_count("us-east1-a", "L40S-48GB") == 4);
}

TEST_CASE("a running VM gives up its public address and gets a static one") {
  OneVm server;
  const auto wish = [](json::array ips) {
    return json::object{{"action", "UPDATE"},
                        {"network_interfaces", json::array{json::object{{"ips", std::move(ips)}}}}};
  };
  const json::object fixed{{"public_ipv4", json::object{{"type", "static"}}}};
  CHECK(server.end_of(server.act(wish({}))).at("state") == "SUCCEEDED");
  CHECK(server.address("public_ipv4").empty());
  CHECK(server.end_of(server.act(wish({fixed}))).at("state") == "SUCCEEDED");
  const auto address = server.address("public_ipv4");
  CHECK_FALSE(address.empty());
  server.power_off();
  CHECK(server.address("public_ipv4") == address);
  CHECK(server.sentence(wish({}), 409) ==
        "The network of a VM can be changed while it is running: it is STATE_SHUTOFF");
}

TEST_CASE("a PATCH that makes no sense names its field") {
  OneVm server;
  CHECK(server.sentence({}, 400) == "action is required");
  CHECK(server.sentence({{"action", "DANCE"}}, 400) ==
        "action must be START, STOP, RESET, UPDATE, RESERVE or UNRESERVE");
  CHECK(server.sentence({{"action", "STOP"}, {"type", "l40s-48gb.1x"}}, 400) ==
        "type goes with the action UPDATE only");
  CHECK(server.sentence({{"action", "UPDATE"}}, 400) ==
        "action UPDATE needs a type or network_interfaces");
  CHECK(server.sentence({{"action", "UPDATE"},
                         {"type", "l40s-48gb.1x"},
                         {"network_interfaces", json::array{json::object()}}},
                        400) ==
        "type can't be changed together with network_interfaces: a VM must be stopped for the "
        "one, and run for the other");
  CHECK(server.sentence({{"action", "RESERVE"}}, 400) == "reservation_id is required by RESERVE");
  CHECK(server.sentence({{"action", "RESERVE"}, {"reservation_id", "x"}}, 400) ==
        "reservation_id \"x\" is unknown in this organization");
  const json::array adapter{json::object{{"ib_partition_id", "x"}}};
  CHECK(server.sentence({{"action", "UPDATE"}, {"host_channel_adapters", adapter}}, 400) ==
        "host_channel_adapters must be empty: this server has no InfiniBand adapters");
  server.patch(server.in_project("/vms/e91bb876-3358-466d-a49a-4fb524629906"),
               R"({"action":"STOP"})", 404);
}

TEST_CASE("a VM that is being deleted can't be changed") {
  OneVm server;
  const auto deletion = server.delete_(server.path());
  server.await_state(server.vm_id, VmState::deleting);
  CHECK(server.sentence({{"action", "STOP"}}, 409) == "The VM is being deleted");
  server.finish_stop(server.vm_id);
  CHECK(server.end_of(deletion).at_pointer("/result/state") == "STATE_DELETED");
}

TEST_CASE("a PATCH sent again under its key is answered as the first time") {
  OneVm server;
  const auto stop = [&](const std::string& body) {
    return server.ask("PATCH", server.path(),
                      {body, server.tenant.access_key, {"Idempotency-Key: k"}});
  };
  const auto first = stop(R"({"action":"STOP"})");
  server.finish_power_off(server.vm_id);
  server.ended(json::parse(json::string_view(first.body))
                   .at_pointer("/operation/operation_id")
                   .as_string()
                   .c_str());
  CHECK(stop(R"({"action":"STOP"})").body == first.body);
  CHECK(stop(R"({"action":"START"})").status == 422);
}
