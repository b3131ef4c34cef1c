#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/neolink/neolink_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;
using Change = std::function<void(json::object&)>;

Change cost(std::string_view key, json::value value) {
  return [key, value](json::object& body) { body["Cost"].as_object()[key] = value; };
}

Change field(std::string_view key, json::value value) {
  return [key, value](json::object& body) { body[key] = value; };
}

Change paid(const char* type, const char* sku, const char* time) {
  return [=](json::object& body) {
    body["Cost"] = {{"CostType", type}, {"DiskSKUID", "1"}, {"GPUSKUID", sku}, {"CostTime", time}};
  };
}

/// With room and money.
struct Shop : NeolinkServer {
  Shop() {
    add_node("gpu-4090-03", 4);
    top_up(100'000);
  }
  std::string refusal(unsigned status, const Change& change) {
    const auto answer = post(instances(), create_body(change), status);
    CHECK(get(instances()).at("totalCount") == 0);
    CHECK(balance_fen() == 100'000);
    return answer.at("code").as_string().c_str();
  }
};

}  // namespace

TEST_CASE("what can't be ordered is refused, costs nothing and leaves nothing") {
  Shop shop;
  CHECK(shop.refusal(400, field("image", "registry/unknown:1")) == "unknown_image");
  CHECK(shop.refusal(400, field("Region", "nowhere")) == "unknown_region");
  CHECK(shop.refusal(400, cost("GPUSKUID", "999")) == "unknown_sku");
  CHECK(shop.refusal(400, cost("CostType", "9")) == "bad_request");
  CHECK(shop.refusal(400, cost("CouponID", "unknown")) == "unknown_coupon");
  CHECK(shop.refusal(400, paid("4", "66", "3D")) == "bad_request");
  CHECK(shop.refusal(400, paid("1", "67", "")) == "bad_request");
  CHECK(shop.refusal(400, paid("4", "67", "")) == "bad_request");
  CHECK(shop.refusal(400, paid("4", "67", "3W")) == "bad_request");
  CHECK(shop.refusal(404, field("namespace", "yyy")) == "namespace_not_found");
  CHECK(shop.refusal(409, cost("GPUSKUID", "2")) == "out_of_stock");
  const auto volume = [](json::value wish) {
    return field("VolumeMount", json::array{std::move(wish)});
  };
  CHECK(shop.refusal(400, volume({{"Size", 49}})) == "bad_request");
  CHECK(shop.refusal(400, volume({{"PVCName", "volume-00000000"}})) == "unknown_volume");
  CHECK(shop.refusal(402, paid("2", "68", "2M")) == "balance_is_too_low");
  CHECK(shop.post("/clusters/elsewhere/instances", shop.create_body(), 404).at("code") ==
        "cluster_not_found");
  CHECK(shop.post(shop.instances(), "{\"Cost\":", 400).at("code") == "bad_request");
  CHECK(shop.post(shop.instances(), "", 400).at("code") == "bad_request");
}

TEST_CASE("the region of the cluster has several names") {
  Shop shop;
  for (const auto* region :
       {"", "14c5a9e3-0d09-4aa0-99d3-c096b80cceaa", "北京一区", "host-cluster"})
    shop.create(field("Region", region));
  CHECK(shop.get(shop.instances()).at("totalCount") == 4);
}

TEST_CASE("pay as you go needs an hour's price, in balance or coupons") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 4);
  server.top_up(249);
  const auto refused = server.post(server.instances(), server.create_body(), 402);
  CHECK(refused.at("code") == "balance_is_too_low");
  CHECK(refused.at("message") == "Balance and coupons must cover the price of an hour, 2.50 CNY");
  server.top_up(1);
  server.create();
  server.charge_hours(server.create(), 2);
  CHECK(server.balance_fen() == -250);
  CHECK(server.post(server.instances(), server.create_body(), 402).at("code") ==
        "wallet_is_in_debt");
}

TEST_CASE("a coupon that can't pay is refused") {
  Shop shop;
  shop.grant_coupon("old", 1'000, shop.now_s() + 60);
  shop.grant_coupon("spent", 250, shop.now_s() + 1'000'000);
  const auto name = shop.create(cost("CouponID", "spent"));
  CHECK(shop.get(shop.instances("/" + name)).at_pointer("/cost/CouponID") == "spent");
  shop.charge_hours(name, 1);
  shop.clock.advance(std::chrono::seconds(60));
  const auto code = [&](const char* coupon) {
    return shop.post(shop.instances(), shop.create_body(cost("CouponID", coupon)), 402).at("code");
  };
  CHECK(code("spent") == "coupon_is_spent");
  CHECK(code("old") == "coupon_has_expired");
}

TEST_CASE("what is paid in advance is paid at once, and lasts from the first start on") {
  Shop shop;
  const auto name = shop.create(paid("4", "67", "3D"));
  CHECK(shop.balance_fen() == 85'000);
  const auto instance = [&] { return shop.get(shop.instances("/" + name)); };
  CHECK(instance().at_pointer("/annotations/neolink.ai~1cost-time") == "3D");
  CHECK(instance().at("ScheduleStopTimestamp") == "0001-01-01T00:00:00Z");
  shop.finish_start(name);
  CHECK(instance().at("ScheduleStopTimestamp") == "2024-09-05T18:34:33+08:00");
  // Longer, by the name that the customer gave.
  const auto renewed = shop.post(shop.instances(), shop.create_body(paid("4", "67", "+2D")));
  CHECK(renewed.at("name").as_string() == name);
  CHECK(renewed.at("ScheduleStopTimestamp") == "2024-09-07T18:34:33+08:00");
  CHECK(shop.balance_fen() == 75'000);
}

TEST_CASE("a renewal that can't be is refused") {
  Shop shop;
  const auto code = [&](unsigned status, const Change& change) -> std::string {
    return shop.post(shop.instances(), shop.create_body(change), status)
        .at("code")
        .as_string()
        .c_str();
  };
  CHECK(code(404, paid("4", "67", "+1D")) == "instance_not_found");
  const auto metered = shop.create();
  CHECK(code(404, paid("4", "67", "+1D")) == "instance_not_found");
  const auto named = [](const Change& change, const std::string& name) {
    return [=](json::object& body) {
      change(body);
      body["name"] = name;
    };
  };
  CHECK(code(400, named(paid("4", "67", "+1D"), metered)) == "bad_request");
  CHECK(code(404, named(paid("4", "67", "+1D"), "instance-00000000")) == "instance_not_found");
  const auto first = shop.create(paid("4", "67", "1D"));
  shop.create(paid("4", "67", "1D"));
  CHECK(code(409, paid("4", "67", "+1D")) == "display_name_is_ambiguous");
  CHECK(shop.post(shop.instances(), shop.create_body(named(paid("4", "67", "+1D"), first)))
            .at("name")
            .as_string() == first);
  CHECK(code(402, named(paid("4", "67", "+100D"), first)) == "balance_is_too_low");
  shop.withdraw_sku("67");
  CHECK(code(400, named(paid("4", "67", "+1D"), first)) == "unknown_sku");
}

TEST_CASE("a full cluster refuses at once, or lets creates wait and be deleted meanwhile") {
  NeolinkServer server;
  server.add_node("gpu-4090-03", 1);
  server.top_up(100'000);
  server.create();
  const auto refused = server.post(server.instances(), server.create_body(), 409);
  CHECK(refused.at("code") == "out_of_stock");
  CHECK(refused.at("message") == "No node of cluster host-cluster has 1 free GPU 4090 now");
  server.let_creates_wait();
  const auto waiting = server.create();
  server.await_requested(waiting);
  CHECK(server.get(server.instances("/" + waiting)).at("status") == "Creating");
  CHECK(server.delete_(server.instances("?name=" + waiting)) == "ok");
  server.await_status(waiting, "");
}

TEST_CASE("a volume outlives its instance and is mounted again") {
  Shop shop;
  const auto first = shop.create_running();
  const std::string volume = shop.get(shop.instances("/" + first))
                                 .at_pointer("/volumeMounts/1/PVCName")
                                 .as_string()
                                 .c_str();
  CHECK(shop.delete_(shop.instances("?name=" + first)) == "ok");
  shop.finish_stop(first);
  shop.await_status(first, "");
  const auto mount = [&](json::object wish) {
    wish["PVCName"] = volume;
    return field("VolumeMount", json::array{std::move(wish)});
  };
  CHECK(shop.post(shop.instances(), shop.create_body(mount({{"Size", 60}})), 400).at("code") ==
        "bad_request");
  const auto again = shop.create(mount({{"PathInContainer", "/data"}}));
  shop.finish_start(again);
  CHECK(
      shop.get(shop.instances("/" + again)).at_pointer("/volumeMounts/1") ==
      json::parse(R"({"PathInContainer":"/data","Type":"shared-filesystem","Size":50,"PVCName":")" +
                  volume + R"(","displayName":"磁盘-)" + volume + R"(","filesystemType":"data"})"));
  CHECK(shop.volumes.find("xxx", volume)->instance_ids == std::vector<std::string>{again});
}

TEST_CASE("a create sent again under its key gets the first answer, whatever became of it") {
  Shop shop;
  const auto create = [&](const Change& change, const std::string& key) {
    return shop.ask_as(shop.customer, "POST", shop.instances(), shop.create_body(change),
                       {"Idempotency-Key: " + key});
  };
  const auto plain = [](json::object&) {};
  const auto first = create(plain, "key-1");
  REQUIRE(first.status == 200);
  CHECK(create(plain, "key-1").body == first.body);
  const auto other = create(field("displayName", "other"), "key-1");
  CHECK(other.status == 422);
  CHECK(other.body == R"({"code":"idempotency_key_reused",)"
                      R"("message":"Idempotency-Key was used for another request before"})");
  const std::string name =
      json::parse(json::string_view(first.body)).at("name").as_string().c_str();
  shop.finish_start(name);
  CHECK(create(plain, "key-1").body == first.body);
  shop.delete_(shop.instances("?name=" + name));
  shop.finish_stop(name);
  shop.await_status(name, "");
  CHECK(create(plain, "key-1").body == first.body);
  CHECK(shop.get(shop.instances()).at("totalCount") == 0);
  CHECK(create(plain, "key-2").body != first.body);
}

TEST_CASE("a renewal sent again under its key is paid once") {
  Shop shop;
  const auto name = shop.create(paid("4", "67", "1D"));
  const auto renew = [&](const char* time) {
    return shop.ask_as(shop.customer, "POST", shop.instances(),
                       shop.create_body(paid("4", "67", time)), {"Idempotency-Key: more"});
  };
  const auto first = renew("+1D");
  CHECK(first.status == 200);
  CHECK(shop.balance_fen() == 90'000);
  CHECK(renew("+1D").body == first.body);
  CHECK(shop.balance_fen() == 90'000);
  CHECK(renew("+2D").status == 422);
}
