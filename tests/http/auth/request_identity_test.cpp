#include <catch2/catch.hpp>

#include "http/auth/request_identity.hpp"

using namespace orrery;

namespace {

struct Edge {
  EdgeSecret secret;
  std::shared_ptr<KeysInFlight> keys = std::make_shared<KeysInFlight>();
  SystemIdSource ids;

  boost::system::result<RequestIdentity, KeyProblem> identify(std::string_view principal,
                                                              std::string_view key,
                                                              std::string_view body = "{}") {
    Request request;
    request.method = Method::post;
    request.path = "/things";
    request.body = body;
    if (!key.empty()) request.headers = {{"Idempotency-Key", key}};
    return orrery::identify({secret, keys, ids}, "things", principal, request);
  }
};

}  // namespace

TEST_CASE("a request that comes again under its key draws the same, for its principal alone") {
  Edge edge;
  const auto drawn = [&](std::string_view principal, std::string_view key) {
    return edge.identify(principal, key)->ids->uuid();
  };
  CHECK(drawn("token/a", "k") == drawn("token/a", "k"));
  CHECK(drawn("token/a", "k") != drawn("token/b", "k"));
  CHECK(drawn("token/a", "k") != drawn("token/a", "l"));
  CHECK(drawn("token/a", "") != drawn("token/a", ""));
}

TEST_CASE("the digest tells requests under one key apart, and is empty without a key") {
  Edge edge;
  const auto digest = [&](std::string_view body) {
    return edge.identify("token/a", "k", body)->digest;
  };
  CHECK(digest("{}").size() == 32);
  CHECK(digest("{}") == digest("{}"));
  CHECK(digest("{}") != digest("{ }"));
  CHECK(edge.identify("token/a", "")->digest.empty());
}

TEST_CASE("from a digest alone nobody learns what was in a request") {
  Edge edge;
  Edge other;
  other.secret.bytes.fill(1);
  CHECK(edge.identify("token/a", "k")->digest != other.identify("token/a", "k")->digest);
}

TEST_CASE("a key is in use until its claim is released or gone") {
  Edge edge;
  auto first = edge.identify("token/a", "k");
  REQUIRE(first.has_value());
  CHECK(edge.identify("token/a", "k").error() == KeyProblem::in_use);
  CHECK(edge.identify("token/b", "k").has_value());
  first->claim->release();
  auto second = edge.identify("token/a", "k");
  REQUIRE(second.has_value());
  first->claim->release();  // Once released, it is no longer the first's to release.
  CHECK(edge.identify("token/a", "k").error() == KeyProblem::in_use);
  second->claim.reset();
  CHECK(edge.identify("token/a", "k").has_value());
}

TEST_CASE("a key that can't be one is malformed") {
  Edge edge;
  CHECK(edge.identify("token/a", std::string(256, 'k')).error() == KeyProblem::malformed);
  CHECK(edge.identify("token/a", "\xc3\xa4").error() == KeyProblem::malformed);
  CHECK(edge.identify("token/a", std::string(255, 'k')).has_value());
}
