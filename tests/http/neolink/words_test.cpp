#include <catch2/catch.hpp>

#include "http/neolink/cost_time.hpp"
#include "http/neolink/decimals.hpp"
#include "http/neolink/image_name.hpp"
#include "http/neolink/instance_access.hpp"
#include "http/neolink/times.hpp"

using namespace orrery;
using namespace orrery::neolink;

TEST_CASE("a CostTime is a number and a unit, with a plus where it extends") {
  CHECK(read_cost_time("3D") == CostTime{3, SellingType::daily, false});
  CHECK(read_cost_time("+3D") == CostTime{3, SellingType::daily, true});
  CHECK(read_cost_time("12M") == CostTime{12, SellingType::monthly, false});
  CHECK(read_cost_time("+1000W") == CostTime{1'000, SellingType::weekly, true});
  for (const auto* text : {"", "+", "D", "3", "0D", "-3D", "+-3D", "++3D", "3d", "3Y", "3.5D",
                           " 3D", "3D ", "3 D", "1001D", "99999999999999D", "0x3D", "D3"}) {
    INFO(text);
    CHECK_FALSE(read_cost_time(text));
  }
}

TEST_CASE("times are those of Beijing") {
  const auto time = Time(std::chrono::microseconds(1'721'016'023'227'900));
  CHECK(beijing_seconds(time) == "2024-07-15T12:00:23+08:00");
  CHECK(beijing_milliseconds(time) == "2024-07-15T12:00:23.227+08:00");
  CHECK(beijing_seconds(std::int64_t{0}) == "0001-01-01T00:00:00Z");
  CHECK(beijing_seconds(std::int64_t{1'735'660'800}) == "2025-01-01T00:00:00+08:00");
  CHECK(beijing_milliseconds(Time(std::chrono::microseconds(1))) ==
        "1970-01-01T08:00:00.000+08:00");
}

TEST_CASE("decimals are plain") {
  CHECK(decimal(4'800, 4) == "0.48");
  CHECK(decimal(10'000, 4) == "1");
  CHECK(decimal(0, 4) == "0");
  CHECK(decimal(1, 4) == "0.0001");
  CHECK(decimal(1'000, 2) == "10");
  CHECK(decimal(250, 2) == "2.5");
  CHECK(decimal(1'005, 2) == "10.05");
  CHECK(decimal(100'000'000'000, 2) == "1000000000");
}

TEST_CASE("names of images are those of registries") {
  for (const auto* name : {"a", "image1", "my-image", "a.b_c__d--e", "0"}) {
    INFO(name);
    CHECK(is_image_name(name));
  }
  for (const auto* name :
       {"", "-a", "a-", "A", "a..b", "a___b", "a._b", "a/b", "a b", "a:b", "ä"}) {
    INFO(name);
    CHECK_FALSE(is_image_name(name));
  }
  CHECK(is_image_name(std::string(128, 'a')));
  CHECK_FALSE(is_image_name(std::string(129, 'a')));
  for (const auto* tag : {"v1.1.0", "_", "A-b_c.d", "0"}) {
    INFO(tag);
    CHECK(is_image_tag(tag));
  }
  for (const auto* tag : {"", ".a", "-a", "a b", "a/b", "a:b", "ä"}) {
    INFO(tag);
    CHECK_FALSE(is_image_tag(tag));
  }
  CHECK_FALSE(is_image_tag(std::string(129, 'a')));
}

TEST_CASE("what opens an instance follows from its uid and the edge's secret alone") {
  EdgeSecret secret;
  EdgeSecret other;
  other.bytes[0] = 1;
  CHECK(jupyter_token(secret, "a").size() == 32);
  CHECK(jupyter_token(secret, "a") == jupyter_token(secret, "a"));
  CHECK(jupyter_token(secret, "a") != jupyter_token(secret, "b"));
  CHECK(jupyter_token(secret, "a") != jupyter_token(other, "a"));
  CHECK(ssh_password(secret, "a").size() == 12);
  CHECK(ssh_password(secret, "a") != ssh_password(other, "a"));
  CHECK(pod_suffix(secret, "a", 1).size() == 5);
  CHECK(pod_suffix(secret, "a", 1) != pod_suffix(secret, "a", 2));
}
