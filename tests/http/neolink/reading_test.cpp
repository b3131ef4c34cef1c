#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/neolink/neolink_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

std::string code_of(const WireAnswer& answer) {
  return json::parse(json::string_view(answer.body)).at("code").as_string().c_str();
}

std::vector<std::string> names_in(const json::value& list) {
  std::vector<std::string> names;
  for (const auto& node : list.at("nodes").as_array())
    names.emplace_back(node.at("displayName").as_string().c_str());
  return names;
}

std::vector<std::string> keys_of(const json::value& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.as_object()) keys.emplace_back(key);
  return keys;
}

}  // namespace

TEST_CASE("a request needs a token, in any case of its scheme, and its namespace") {
  NeolinkServer server;
  const auto ask = [&](std::vector<std::string> headers) {
    return server.ask("GET", "/regions", {{}, std::move(headers)});
  };
  CHECK(ask({"namespace: xxx", "Authorization: bearer nlk_first"}).status == 200);
  CHECK(ask({"Namespace: xxx", "authorization: Bearer nlk_first"}).status == 200);
  CHECK(ask({"namespace: xxx", "Authorization: BEARER nlk_first"}).status == 200);
  for (const auto* wrong : {"Authorization: bearer nlk_wrong", "Authorization: nlk_first",
                            "Authorization: basic nlk_first", "X-None: 1"}) {
    const auto answer = ask({"namespace: xxx", wrong});
    CHECK(answer.status == 401);
    CHECK(code_of(answer) == "bad_token");
    CHECK(answer.header("WWW-Authenticate") == "Bearer");
  }
  const auto nameless = ask({"Authorization: bearer nlk_first"});
  CHECK(nameless.status == 400);
  CHECK(code_of(nameless) == "namespace_header_missing");
  // One that exists and one that doesn't are the same.
  for (const auto* foreign : {"yyy", "zzz"}) {
    const auto answer =
        ask({std::string("namespace: ") + foreign, "Authorization: bearer nlk_first"});
    CHECK(answer.status == 404);
    CHECK(code_of(answer) == "namespace_not_found");
  }
}

TEST_CASE("regions are the document's, key for key") {
  NeolinkServer server;
  CHECK(
      server.ask_as(server.customer, "GET", "/regions").body ==
      R"([{"id":"14c5a9e3-0d09-4aa0-99d3-c096b80cceaa","region":"北京一区",)"
      R"("clusterName":"host-cluster","harborAddr":"images.neolink-ai.com",)"
      R"("howlerID":"69e377a7-99d1-cca0-ef58-cfce14a336b2",)"
      R"("createdAt":"2024-09-02T18:34:33.000+08:00","updatedAt":"2024-09-02T18:34:33.000+08:00"}])");
}

TEST_CASE("the first SKU is the document's, byte for byte but for what is free") {
  NeolinkServer server;
  const auto body = server
                        .ask_as(server.customer, "GET",
                                "/skus/computings?region_id=14c5a9e3-0d09-4aa0-99d3-c096b80cceaa")
                        .body;
  CHECK(body.starts_with(
      R"([{"name":"H20","regionID":"14c5a9e3-0d09-4aa0-99d3-c096b80cceaa","cpuArch":"x86-64",)"
      R"("cpuSeries":"Inter Xeon","cpucores":24,"memoryCount":192,"cpuVendor":"Inter",)"
      R"("gpuSeries":"H20","gpuProduct":"H20","gpuResourceKey":"nvidia.com/gpu-h20","gpuCounts":1,)"
      R"("gpuMemory":96,"systemstorage":30,"datastorage":50,"skusID":"2","regionName":"北京一区",)"
      R"("clusterName":"host-cluster","sellingType":"1","ratio":0.48,"discountID":"10000",)"
      R"("discountStartTime":"2024-08-15T15:26:38+08:00","discountEndTime":"2024-10-01T00:05:00+08:00",)"
      R"("price":10,"remainGPUCount":0})"));
  CHECK(server.get("/skus/computings") == json::parse(json::string_view(body)));
  CHECK(server.get("/skus/computings?region_id=nowhere", 400).at("code") == "unknown_region");
}

TEST_CASE("remainGPUCount is what creates would find, for each shape") {
  NeolinkServer server;
  server.add_node("gpu-4090-01", 3);
  server.add_node("gpu-4090-02", 2);
  server.top_up(100'000);
  const auto remaining = [&](std::string_view sku) -> std::int64_t {
    const auto skus = server.get("/skus/computings");
    for (const auto& each : skus.as_array())
      if (each.at("skusID").as_string() == sku) return each.at("remainGPUCount").as_int64();
    return -1;
  };
  CHECK(remaining("66") == 5);
  CHECK(remaining("70") == 4);
  CHECK(remaining("2") == 0);
  server.create();
  CHECK(remaining("66") == 4);
  server.withdraw_sku("66");
  CHECK(remaining("66") == -1);
}

TEST_CASE("one instance, as it is created and as it runs") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 1);
  server.top_up(100'000);
  const auto name = server.create();
  const auto created = server.get(server.instances("/" + name));
  CHECK(keys_of(created) == std::vector<std::string>{"name", "namespace", "Region", "displayName",
                                                     "description", "annotations", "uid", "image",
                                                     "replicas", "resources", "volumeMounts",
                                                     "creationTimestamp", "updateTimestamp",
                                                     "ScheduleStopTimestamp", "status", "cost"});
  CHECK(created.at("status") == "Creating");
  CHECK(created.at_pointer("/volumeMounts/0/Size") == 30);
  CHECK(created.at_pointer("/volumeMounts/1/Size") == 0);
  CHECK(created.at("creationTimestamp") == "2024-09-02T18:34:33+08:00");
  CHECK(created.at("updateTimestamp") == "0001-01-01T00:00:00Z");
  server.finish_start(name);
  const auto running = server.get(server.instances("/" + name));
  CHECK(running.at("status") == "Running");
  CHECK(running.at_pointer("/volumeMounts/1/Size") == 50);
  CHECK(keys_of(running).back() == "Pods");
  CHECK(keys_of(running)[7] == "servers");
  CHECK(running.at_pointer("/Pods/0/nodeScheduled") == "gpu-4090-03");
  CHECK(running.at_pointer("/Pods/0/ip") == "172.31.213.79");
  const std::string uid = running.at("uid").as_string().c_str();
  CHECK(running.at_pointer("/servers/SSH/sshAddr").as_string() ==
        "ssh -p30099 root@" + uid + ".gws.neolink-ai.com");
  // Lists say more.
  CHECK_FALSE(running.at("annotations").as_object().contains("neolink.ai/saveDataEnabled"));
  auto listed = server.get(server.instances()).at_pointer("/nodes/0");
  CHECK(listed.at("annotations").as_object().erase("neolink.ai/saveDataEnabled") == 1);
  CHECK(listed == running);
}

TEST_CASE("instances are listed page by page, in the order of their creation") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 8);
  server.top_up(100'000);
  CHECK(server.ask_as(server.customer, "GET", server.instances()).body ==
        R"({"hasNextPage":false,"nodes":[],"totalCount":0})");
  for (const auto* name : {"a", "b", "c", "d", "e"})
    server.create([&](json::object& body) { body["displayName"] = name; });
  const auto page = [&](std::string_view query) { return server.get(server.instances(query)); };
  CHECK(names_in(page("")) == std::vector<std::string>{"a", "b", "c", "d", "e"});
  CHECK(names_in(page("?page=2&pageSize=2")) == std::vector<std::string>{"c", "d"});
  CHECK(page("?page=2&pageSize=2").at("hasNextPage") == true);
  CHECK(page("?page=2&pageSize=2").at("totalCount") == 5);
  CHECK(names_in(page("?page=3&pageSize=2")) == std::vector<std::string>{"e"});
  CHECK(page("?page=3&pageSize=2").at("hasNextPage") == false);
  CHECK(names_in(page("?page=4&pageSize=2")).empty());
  CHECK(page("?page=1000000000&pageSize=1000").at("hasNextPage") == false);
  for (const auto* wrong : {"?page=0", "?page=-1", "?page=x", "?page=1.5", "?pageSize=0",
                            "?pageSize=1001", "?pageSize=99999999999999999999"}) {
    INFO(wrong);
    CHECK(server.get(server.instances(wrong), 400).at("code") == "bad_request");
  }
}

TEST_CASE("another customer's instance is an absent one") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 1);
  server.top_up(100'000);
  const auto name = server.create_running();
  const auto as_stranger = [&](std::string_view method, const std::string& rest) {
    return server.ask_as(server.stranger, method, server.instances(rest));
  };
  const auto absent = [](const WireAnswer& answer, std::string instance) {
    return answer.status == 404 &&
           answer.body == fmt::format(R"({{"code":"instance_not_found","message":)"
                                      R"("There is no instance \"{}\""}})",
                                      instance);
  };
  for (const auto& each : {name, std::string("instance-00000000")}) {
    CHECK(absent(as_stranger("GET", "/" + each), each));
    CHECK(absent(as_stranger("POST", "/" + each + "/power_off"), each));
    CHECK(absent(as_stranger("POST", "/" + each + "/power_on"), each));
    CHECK(absent(as_stranger("DELETE", "?name=" + each), each));
  }
  CHECK(names_in(json::parse(json::string_view(as_stranger("GET", "").body))).empty());
  server.await_status(name, "Running");
  CHECK(server.get("/clusters/elsewhere/instances/" + name, 404).at("code") == "cluster_not_found");
  CHECK(server.get("/clusters/elsewhere/instances", 404).at("code") == "cluster_not_found");
}

TEST_CASE("messages repeat what they are asked for, as far as it is text and short") {
  NeolinkServer server;
  const auto message = [&](const std::string& name) -> std::string {
    return server.get(server.instances("/" + name), 404).at("message").as_string().c_str();
  };
  CHECK(message("%E5%AE%9E") == "There is no instance \"实\"");
  CHECK(message("%FF") == "There is no instance \"\"");
  CHECK(message("a%22b") == "There is no instance \"a\"b\"");
  const std::string letters =
      "%E5%AE%9E%E5%AE%9E%E5%AE%9E%E5%AE%9E%E5%AE%9E%E5%AE%9E%E5%AE%9E%E5%AE%9E";
  const auto cut = message(letters + letters + letters + letters + letters + letters);
  CHECK(cut.size() == std::string("There is no instance \"\"").size() + 126);
}

TEST_CASE("paths that lead nowhere, and wrong methods, have the form of all refusals") {
  NeolinkServer server;
  const auto answer = server.ask_as(server.customer, "GET", "/clusters");
  CHECK(answer.status == 404);
  CHECK(code_of(answer) == "route_not_found");
  const auto method = server.ask_as(server.customer, "PUT", "/regions");
  CHECK(method.status == 405);
  CHECK_FALSE(method.header("Allow").empty());
  CHECK(code_of(method) == "method_not_allowed");
  CHECK(server.ask_as(server.customer, "POST", server.instances("/x/power_off%2Fy")).status == 400);
}
