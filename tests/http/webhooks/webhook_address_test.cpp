#include "http/webhooks/webhook_address.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("an address comes back as it was stored") {
  for (const auto batch_count : {0u, 1u, 1000u}) {
    const auto address = WebhookAddress::read("https://example.org:8443/a?b=%23c", batch_count);
    REQUIRE(address.has_value());
    CHECK(WebhookAddress::of_stored(address->stored()) == *address);
  }
  CHECK(WebhookAddress{"https://example.org/", 0}.stored() == "https://example.org/");
  CHECK(WebhookAddress{"https://example.org/", 5}.stored() == "https://example.org/#batch=5");
}

TEST_CASE("only an http or https URL with a host and without secrets is an address") {
  for (const auto* url : {"http://10.0.0.1/", "https://example.org", "https://[2001:db8::1]:1/x"})
    CHECK(WebhookAddress::read(url, 0).has_value());
  for (const auto* url :
       {"", "example.org", "/hook", "file:///etc/passwd", "https:///x", "https://u@example.org/",
        "https://u:p@example.org/", "https://example.org/#x", "https://example.org/\r\nX: y",
        "https://example.org/ ", "http://example.org:0/", "HTTPS//x"})
    CHECK_FALSE(WebhookAddress::read(url, 0).has_value());
  CHECK_FALSE(WebhookAddress::read("https://" + std::string(3000, 'a'), 0).has_value());
}
