#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/http/neolink/neolink_server.hpp"

using namespace orrery;

namespace {

/// With room and money.
struct Shop : NeolinkServer {
  Shop() {
    add_node("gpu-4090-03", 4);
    top_up(100'000);
  }
  boost::json::value off(const std::string& name, std::string body = {}, unsigned status = 200) {
    return post(instances("/" + name + "/power_off"), std::move(body), status);
  }
  boost::json::value on(const std::string& name, unsigned status = 200) {
    return post(instances("/" + name + "/power_on"), {}, status);
  }
  boost::json::value status(const std::string& name) {
    return get(instances("/" + name)).at("status");
  }
  std::string create_stopped() {
    auto name = create_running();
    CHECK(off(name) == "ok");
    finish_stop(name);
    return name;
  }
};

}  // namespace

TEST_CASE("an instance is switched off and on again") {
  Shop shop;
  const auto name = shop.create_running();
  CHECK(shop.off(name, R"({"gracePeriodSeconds": 30})") == "ok");
  CHECK(shop.status(name) == "Shutting Down");
  CHECK_FALSE(shop.get(shop.instances("/" + name)).as_object().contains("Pods"));
  CHECK(shop.off(name, {}, 409).at("code") == "instance_is_off_already");
  CHECK(shop.on(name, 409).at("code") == "instance_is_shutting_down");
  shop.finish_stop(name);
  CHECK(shop.status(name) == "Shutdown");
  CHECK(shop.off(name, {}, 409).at("code") == "instance_is_off_already");
  CHECK(shop.on(name) == "ok");
  CHECK(shop.status(name) == "Starting");
  CHECK(shop.on(name, 409).at("code") == "instance_is_on_already");
  shop.finish_start(name);
  CHECK(shop.status(name) == "Running");
  CHECK(shop.on(name, 409).at("code") == "instance_is_on_already");
}

TEST_CASE("an instance that is being created can be neither switched nor deleted") {
  Shop shop;
  const auto name = shop.create();
  CHECK(shop.off(name, {}, 409).at("code") == "instance_is_being_created");
  CHECK(shop.on(name, 409).at("code") == "instance_is_being_created");
  CHECK(shop.delete_(shop.instances("?name=" + name), 409).at("code") ==
        "instance_is_being_created");
  shop.finish_start(name);
  CHECK(shop.status(name) == "Running");
}

TEST_CASE("a deleted instance goes, and a second delete means the same") {
  Shop shop;
  const auto name = shop.create_running();
  CHECK(shop.delete_(shop.instances("?name=" + name)) == "ok");
  CHECK(shop.status(name) == "Deleting");
  CHECK(shop.delete_(shop.instances("?name=" + name)) == "ok");
  CHECK(shop.off(name, {}, 409).at("code") == "instance_has_ended");
  shop.finish_stop(name);
  shop.await_status(name, "");
  CHECK(shop.get(shop.instances("/" + name), 404).at("code") == "instance_not_found");
  CHECK(shop.delete_(shop.instances("?name=" + name), 404).at("code") == "instance_not_found");
  CHECK(shop.delete_(shop.instances(), 400).at("message") == "name is required");
}

TEST_CASE("a snapshot needs a running instance, names of a registry, and a free name") {
  Shop shop;
  const auto wish = R"({"needSnapshot": true, "imageName": "image1", "tag": "v1.1.0"})";
  const auto name = shop.create_stopped();
  CHECK(shop.off(name, wish, 409).at("code") == "instance_is_off_already");
  shop.on(name);
  CHECK(shop.off(name, wish, 409).at("code") == "snapshot_needs_a_running_instance");
  shop.finish_start(name);
  CHECK(shop.off(name, R"({"needSnapshot": true})", 400).at("code") == "bad_request");
  CHECK(shop.off(name, wish) == "ok");
  CHECK(shop.status(name) == "Shutting Down");
  CHECK(shop.off(shop.create_running(), wish, 409).at("code") == "image_exists_already");
}

TEST_CASE("nobody in debt switches on what is metered, nor what is paid for no longer") {
  Shop shop;
  const auto metered = shop.create_stopped();
  const auto daily = shop.create([](boost::json::object& body) {
    body["Cost"] = {{"CostType", "4"}, {"DiskSKUID", "1"}, {"GPUSKUID", "67"}, {"CostTime", "1D"}};
  });
  shop.finish_start(daily);
  shop.off(daily);
  shop.finish_stop(daily);
  shop.charge_hours(metered, 400);
  CHECK(shop.on(metered, 402).at("code") == "wallet_is_in_debt");
  CHECK(shop.on(daily) == "ok");
  shop.finish_start(daily);
  shop.off(daily);
  shop.finish_stop(daily);
  shop.clock.advance(std::chrono::hours(24));
  const auto refused = shop.on(daily, 402);
  CHECK(refused.at("code") == "term_is_over");
  CHECK(refused.at("message") ==
        "What was paid for ended at 2024-09-03T18:34:33+08:00: renew it with a CostTime such as "
        "\"+1D\"");
}

TEST_CASE("what switches is answered again under its key, whatever happened since") {
  Shop shop;
  const auto name = shop.create_running();
  const auto ask = [&](std::string_view method, const std::string& rest, std::string body,
                       const std::string& key) {
    return shop.ask_as(shop.customer, method, shop.instances(rest), std::move(body),
                       {"Idempotency-Key: " + key});
  };
  const auto off = "/" + name + "/power_off";
  CHECK(ask("POST", off, "", "k").body == R"("ok")");
  CHECK(ask("POST", off, "", "k").body == R"("ok")");
  shop.finish_stop(name);
  CHECK(ask("POST", off, "", "k").body == R"("ok")");
  CHECK(ask("POST", off, R"({"gracePeriodSeconds": 1})", "k").status == 422);
  CHECK(ask("POST", off, "", "other").status == 409);
  // Another kind of request has other keys.
  CHECK(ask("POST", "/" + name + "/power_on", "", "k").body == R"("ok")");
  shop.finish_start(name);
  CHECK(ask("POST", "/" + name + "/power_on", "", "k").body == R"("ok")");
  CHECK(shop.status(name) == "Running");
  CHECK(ask("DELETE", "?name=" + name, "", "k").body == R"("ok")");
  shop.finish_stop(name);
  shop.await_status(name, "");
  CHECK(ask("DELETE", "?name=" + name, "", "k").body == R"("ok")");
  CHECK(ask("DELETE", "?name=" + name, "", "other").status == 404);
}
