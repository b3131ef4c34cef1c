#include <catch2/catch.hpp>

#include "http/auth/request_signature.hpp"
#include "http/json/timestamp.hpp"

using namespace orrery;

namespace {

// The secret is the bytes 0 to 31; the signatures were made by another implementation (Python's
// hmac).
constexpr std::string_view secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
constexpr std::string_view path = "/v1alpha5/projects/p/compute/vms/instances";
constexpr std::string_view get_signature = "hLzfZf_AaOY0KHHunF4bkpDC3LUFPXNE3OMyMD8Xt_Y";
constexpr std::string_view post_signature = "oTzAjfhi8qUk7PvW9LN9axzUSgSzO8ml9OGTe9bl6Zw";

Request signed_get(std::string_view query = "names=a%2Cb+c&limit=2") {
  Request request;
  request.method = Method::get;
  request.path = path;
  request.query = query;
  request.headers = {{"X-Crusoe-Timestamp", "2024-06-16T15:52:41+00:00"}};
  return request;
}

Time at(std::string_view text) { return *read_rfc3339(text); }

bool is_good(const Request& request, std::string_view signature = get_signature,
             std::string_view now = "2024-06-16T15:52:41Z") {
  return is_signed(request, {"key", signature}, secret, at(now));
}

}  // namespace

TEST_CASE("a credential of version 1.0 names its key and its signature") {
  const auto signature = read_signature("1.0:b5821b92:c2ln");
  REQUIRE(signature);
  CHECK(signature->key_id == "b5821b92");
  CHECK(signature->signature == "c2ln");
  CHECK_FALSE(read_signature("1.0:b5821b92"));
  CHECK_FALSE(read_signature("2.0:b5821b92:c2ln"));
  CHECK_FALSE(read_signature("mkk_x"));
}

TEST_CASE("a signature over path, sorted query, verb and time is good") {
  CHECK(is_good(signed_get()));
  auto post = signed_get("");
  post.method = Method::post;
  post.headers = {{"x-crusoe-timestamp", "2024-06-16T15:52:41Z"}};
  CHECK(is_good(post, post_signature));
}

TEST_CASE("the order of the query's parameters and their encoding don't matter") {
  CHECK(is_good(signed_get("limit=2&names=a%2Cb+c")));
  CHECK(is_good(signed_get("names=a%2cb%20c&limit=2")));
  CHECK(sorted_query("b=2&a=%20&b=1") == "a=%20&b=1&b=2");
  CHECK(canonical_query("b=2&a=%20&b=1&c") == "a=+&b=2&b=1&c=");
  CHECK(canonical_query("").empty());
}

TEST_CASE("a signature is over the query as it was sent, whatever was taken out since") {
  auto taken_out = signed_get("limit=2");
  CHECK_FALSE(is_good(taken_out));
  taken_out.headers.emplace_back(query_as_sent, "names=a%2Cb+c&limit=2");
  CHECK(is_good(taken_out));
  auto added = signed_get();
  added.headers.emplace_back(query_as_sent, "names=a%2Cb+c&limit=2&as_of=7");
  CHECK_FALSE(is_good(added));
}

TEST_CASE("a signature is good for its request alone") {
  auto other = signed_get();
  other.path = "/v1alpha5/projects/q/compute/vms/instances";
  CHECK_FALSE(is_good(other));
  other = signed_get();
  other.method = Method::delete_;
  CHECK_FALSE(is_good(other));
  CHECK_FALSE(is_good(signed_get("limit=3&names=a%2Cb+c")));
  other = signed_get();
  other.headers = {{"X-Crusoe-Timestamp", "2024-06-16T15:52:42+00:00"}};
  CHECK_FALSE(is_good(other));
  CHECK_FALSE(is_good(signed_get(), post_signature));
  CHECK_FALSE(is_good(signed_get(), "c2ln"));
  CHECK_FALSE(is_good(signed_get(), "no base64!"));
}

TEST_CASE("a signature is good within five minutes of its time") {
  CHECK(is_good(signed_get(), get_signature, "2024-06-16T15:57:41Z"));
  CHECK(is_good(signed_get(), get_signature, "2024-06-16T15:47:41Z"));
  CHECK_FALSE(is_good(signed_get(), get_signature, "2024-06-16T15:57:42Z"));
  CHECK_FALSE(is_good(signed_get(), get_signature, "2024-06-16T15:47:40Z"));
  auto timeless = signed_get();
  timeless.headers.clear();
  CHECK_FALSE(is_good(timeless));
}
