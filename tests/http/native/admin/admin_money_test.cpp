#include <thread>

#include <catch2/catch.hpp>

#include "tests/http/native/admin/namespace_people.hpp"

using namespace orrery;

namespace {

/// 2024-06-16T15:52:41Z, where the clock of the tests stands.
constexpr std::int64_t now_s = 1'718'553'161;

/// For an instance that waits for GPUs as long as it takes: none is ready.
OrderPlaced order_of(std::string id, SellingType selling_type = SellingType::pay_as_you_go) {
  OrderPlaced order;
  order.order_id = std::move(id);
  order.instance_id = "instance-" + order.order_id;
  order.specification.namespace_id = "own";
  order.specification.cluster = "host-cluster";
  order.specification.display_name = "test1";
  order.specification.sku_id = "66";
  order.specification.gpu_model = "4090";
  order.specification.gpu_count = 1;
  order.specification.when_full = WhenFull::queue;
  order.terms = {selling_type, 250, {}};
  order.period_count = selling_type == SellingType::pay_as_you_go ? 0 : 3;
  order.request_digest = "digest";
  return order;
}

struct Customer : NamespacePeople {
  /// With a node that never becomes ready: what is ordered waits for it.
  Customer() {
    order("PUT", "/orrery/v1/clusters/host-cluster", R"({"when_full":"queue"})");
    order("POST", "/orrery/v1/nodes",
          R"({"id":"gpu-1","cluster":"host-cluster","gpu_model":"4090","gpu_count":8})");
  }

  WireAnswer pay(std::string_view amount, std::string_view id = "",
                 std::vector<std::string> headers = {}) {
    auto body = fmt::format(R"({{"amount":"{}"}})", amount);
    if (!id.empty()) body = fmt::format(R"({{"amount":"{}","id":"{}"}})", amount, id);
    return ask("POST", own + "/top-ups", server.tenant.operator_key, body, std::move(headers));
  }
  std::string balance() { return text(order("GET", own), "balance"); }
};

}  // namespace

TEST_CASE("money is paid in exactly, in CNY as a string") {
  Customer customer;
  const auto paid = boost::json::parse(customer.pay("0.29").body);
  CHECK(text(paid, "amount") == "0.29");
  CHECK(text(paid, "balance") == "0.29");
  CHECK(customer.pay("100").status == 201);
  CHECK(customer.balance() == "100.29");
  for (const auto* wrong : {"0", "0.001", "-5", "1e3", "abc", "10000000.01", ""})
    CHECK(customer.pay(wrong).status == 400);
  CHECK(customer
            .ask("POST", customer.own + "/top-ups", customer.server.tenant.operator_key,
                 R"({"amount":100})")
            .status == 400);
  CHECK(customer.balance() == "100.29");
}

TEST_CASE("the same payment counts once, by its id or by its idempotency key") {
  Customer customer;
  CHECK(customer.pay("10", "invoice-7").status == 201);
  CHECK(customer.pay("10", "invoice-7").status == 201);
  CHECK(customer.balance() == "10.00");
  CHECK(code_of(customer.pay("11", "invoice-7")) == "top_up_was_another");

  const std::vector<std::string> key{"Idempotency-Key: pay-1"};
  const auto first = customer.pay("5", "", key);
  CHECK(first.status == 201);
  CHECK(text(boost::json::parse(customer.pay("5", "", key).body), "id") ==
        text(boost::json::parse(first.body), "id"));
  CHECK(customer.balance() == "15.00");
  CHECK(code_of(customer.pay("6", "", key)) == "idempotency_key_reused");
  CHECK(customer.balance() == "15.00");
}

TEST_CASE("coupons are granted once, and are usable until they are spent or expired") {
  Customer customer;
  const auto grant = [&](std::string body) {
    return customer.ask("POST", customer.own + "/coupons", customer.server.tenant.operator_key,
                        std::move(body));
  };
  const auto june = R"({"id":"june","amount":"20","expires_at":"2024-06-30T00:00:00Z"})";
  CHECK(grant(june).status == 201);
  CHECK(grant(june).status == 201);
  CHECK(code_of(grant(R"({"id":"june","amount":"21","expires_at":"2024-06-30T00:00:00Z"})")) ==
        "coupon_was_another");
  CHECK(grant(R"({"amount":"20","expires_at":"2024-06-01T00:00:00Z"})").status == 400);
  CHECK(grant(R"({"amount":"20"})").status == 400);
  const auto listed = customer.order("GET", customer.own + "/coupons").at("items");
  REQUIRE(listed.as_array().size() == 1);
  CHECK(text(listed.at(0), "left") == "20.00");
  CHECK(listed.at(0).at("usable").as_bool());
  CHECK(text(customer.order("GET", customer.own), "usable_coupons") == "20.00");
  customer.server.clock.advance(std::chrono::days(15));
  CHECK_FALSE(
      customer.order("GET", customer.own + "/coupons").at("items").at(0).at("usable").as_bool());
  CHECK(text(customer.order("GET", customer.own), "usable_coupons") == "0.00");
}

TEST_CASE("every line of the bill names the events behind it, and the lines make the balance") {
  Customer customer;
  customer.pay("10", "first");
  customer.server.command<Wallet>("own", Wallet::PlaceOrder{order_of("o1"), now_s});
  customer.server.command<Wallet>("own", Wallet::ChargeUsage{"o1", now_s, now_s + 439, {11, 12}});
  const auto read = [&](const std::string& query, const std::string& key) {
    return boost::json::parse(customer.ask("GET", customer.own + "/bill" + query, key).body);
  };
  const auto lines = read("", customer.token).at("items");
  REQUIRE(lines.as_array().size() == 2);
  CHECK(text(lines.at(0), "kind") == "top_up");
  CHECK(text(lines.at(0), "balance_change") == "10.00");
  CHECK(text(lines.at(1), "kind") == "usage");
  CHECK(text(lines.at(1), "amount") == "0.30");  // 439 s of 2.50 an hour.
  CHECK(text(lines.at(1), "balance_after") == "9.70");
  CHECK(text(lines.at(1), "instance_id") == "instance-o1");
  CHECK(text(lines.at(1), "from") == "2024-06-16T15:52:41Z");
  CHECK_FALSE(lines.at(1).at("causes").as_array().empty());
  CHECK(customer.balance() == "9.70");

  const auto first = read("?limit=1", customer.owner);
  REQUIRE(first.at("items").as_array().size() == 1);
  const auto second = read("?limit=1&after=" + text(first, "next"), customer.owner);
  CHECK(second.at("items").at(0) == lines.at(1));
  CHECK_FALSE(second.as_object().contains("next"));
  CHECK(read("?to=2024-06-16T00:00:00Z", customer.owner).at("items").as_array().empty());
  CHECK(read("?from=2024-06-16T00:00:00Z", customer.owner).at("items").as_array().size() == 2);
  for (const auto* wrong : {"?from=yesterday", "?to=1", "?limit=0", "?limit=1001", "?after=x"})
    CHECK(customer.ask("GET", customer.own + "/bill" + wrong, customer.owner).status == 400);
}

TEST_CASE("orders show their terms and what became of them, newest first") {
  Customer customer;
  customer.pay("100");
  customer.server.command<Wallet>("own", Wallet::PlaceOrder{order_of("o1"), now_s});
  customer.server.command<Wallet>("own",
                                  Wallet::PlaceOrder{order_of("o2", SellingType::daily), now_s});
  const auto orders = customer.order("GET", customer.own + "/orders").at("items");
  REQUIRE(orders.as_array().size() == 2);
  CHECK(text(orders.at(0), "id") == "o2");
  CHECK(text(orders.at(0), "selling_type") == "daily");
  CHECK(text(orders.at(0), "paid") == "7.50");
  CHECK(text(orders.at(1), "price") == "2.50");
  CHECK(text(orders.at(1), "paid") == "0.00");
  CHECK(orders.at(1).at("discount").is_null());
  const auto page = customer.order("GET", customer.own + "/orders?limit=1");
  CHECK(text(page.at("items").at(0), "id") == "o2");
  const auto rest = customer.order("GET", customer.own + "/orders?after=" + text(page, "next"));
  CHECK(rest.at("items").as_array().size() == 1);
  CHECK(rest.at("items").at(0) == orders.at(1));
  CHECK(orders.at(1).at("paid_until").is_null());
}

TEST_CASE("volumes and saved images are listed and deleted by who owns them") {
  Customer customer;
  auto& server = customer.server;
  server.command<Volume>("volume-1", Volume::Create{{"own", "host-cluster", 50}});
  server.command<Volume>("volume-3", Volume::Create{{"other", "host-cluster", 70}});
  server.command<Volume>("volume-2", Volume::Create{{"own", "host-cluster", 60}});
  // What is ordered has its volume while it waits for GPUs.
  customer.pay("10");
  auto order = order_of("o1");
  order.specification.volumes = {{"volume-2", "/root/data", 60, false}};
  server.command<Wallet>("own", Wallet::PlaceOrder{order, now_s});
  const auto is_mounted = [&] {
    const auto volume = server.volumes.find("own", "volume-2");
    return volume && !volume->instance_ids.empty();
  };
  while (!is_mounted()) std::this_thread::yield();
  server.command<ContainerImage>(
      "image-1", ContainerImage::Save{{"own", "images.example/own/mine:1", "instance-1", 7}});
  const auto volumes = customer.order("GET", customer.own + "/volumes").at("items");
  REQUIRE(volumes.as_array().size() == 2);
  CHECK(volumes.at(0).at("size_gb") == 50);
  CHECK(volumes.at(1).at("instance_ids") == boost::json::array{"instance-o1"});
  const auto page = customer.order("GET", customer.own + "/volumes?limit=1");
  CHECK(text(customer.order("GET", customer.own + "/volumes?limit=1&after=" + text(page, "next"))
                 .at("items")
                 .at(0),
             "id") == "volume-2");

  const auto remove = [&](const std::string& what) {
    return customer.ask("DELETE", customer.own + what, customer.owner);
  };
  CHECK(remove("/volumes/volume-1").status == 204);
  CHECK(remove("/volumes/volume-1").status == 404);
  CHECK(code_of(remove("/volumes/volume-2")) == "volume_is_mounted");
  CHECK(remove("/volumes/volume-3").status == 404);
  CHECK(text(customer.order("GET", customer.own + "/images").at("items").at(0), "image") ==
        "images.example/own/mine:1");
  CHECK(remove("/images/image-1").status == 204);
  CHECK(remove("/images/image-1").status == 404);
}
