#include "http/gpushare/endpoint_url.hpp"

#include <catch2/catch.hpp>

using namespace orrery;
using gpushare::read_endpoint;

namespace {

UpstreamTarget target_of(std::string_view url) {
  INFO(url);
  const auto target = read_endpoint(url, UpstreamReach::network);
  REQUIRE(target.has_value());
  return *target;
}

bool is_refused(std::string_view url, UpstreamReach reach = UpstreamReach::network) {
  return !read_endpoint(url, reach);
}

}  // namespace

TEST_CASE("an endpoint has a host, a port and a path before /v1") {
  const auto plain = target_of("http://gpu.example:8000");
  CHECK(plain.host == "gpu.example");
  CHECK(plain.port == 8000);
  CHECK(plain.base_path.empty());
  CHECK(plain.reach == UpstreamReach::network);
  CHECK(target_of("http://gpu.example").port == 80);
  CHECK(target_of("HTTP://gpu.example/").base_path.empty());
  CHECK(target_of("http://gpu.example/v1").base_path.empty());
  CHECK(target_of("http://gpu.example/v1/").base_path.empty());
  CHECK(target_of("http://gpu.example/models/a/v1").base_path == "/models/a");
  CHECK(target_of("http://gpu.example/v10/").base_path == "/v10");
  CHECK(target_of("http://10.1.2.3:8000").host == "10.1.2.3");
  CHECK(target_of("http://[2001:db8::7]:8000").host == "2001:db8::7");
}

TEST_CASE("what is no URL of a server is refused") {
  for (const auto* url : {"",
                          "gpu.example:8000",
                          "/v1",
                          "ftp://gpu.example",
                          "file:///etc/passwd",
                          "http://",
                          "http:///v1",
                          "http://:8000",
                          "http://gpu.example:0",
                          "http://gpu.example:99999",
                          "https://gpu.example",
                          "http://user:secret@gpu.example",
                          "http://gpu.example/?a=b",
                          "http://gpu.example/#x",
                          "http://gpu example/",
                          "http://gpu.example\r\nX: y/",
                          "http://%0d%0a.example/",
                          "http://a%2fb/",
                          "unix:/var/run/docker.sock",
                          "gopher://gpu.example:70/"}) {
    INFO(url);
    CHECK(is_refused(url));
  }
  CHECK(is_refused("http://gpu.example/" + std::string(2000, 'x')));
}

TEST_CASE("an endpoint may not lead back here") {
  for (const auto* url :
       {"http://127.0.0.1:8000", "http://127.1.2.3", "http://[::1]:8000", "http://0.0.0.0",
        "http://[::]", "http://169.254.169.254/latest", "http://[fe80::1]",
        "http://[::ffff:127.0.0.1]", "http://[::ffff:169.254.169.254]", "http://[64:ff9b::7f00:1]",
        "http://224.0.0.1", "http://255.255.255.255", "http://[fd00:ec2::254]",
        "http://100.100.100.200"}) {
    INFO(url);
    CHECK(is_refused(url));
  }
  CHECK_FALSE(is_refused("http://127.0.0.1:8000", UpstreamReach::anywhere));
  CHECK(is_refused("http://169.254.169.254", UpstreamReach::anywhere));
}

TEST_CASE("other notations of addresses are names, which are judged when they are resolved") {
  for (const auto* url : {"http://2130706433/", "http://0x7f.1/", "http://127.1/",
                          "http://localhost:8000", "http://0177.0.0.1/"}) {
    INFO(url);
    CHECK_FALSE(is_refused(url));
  }
}
